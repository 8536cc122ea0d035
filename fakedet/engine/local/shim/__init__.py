"""The folder that stands first on the PYTHONPATH of local tasks."""

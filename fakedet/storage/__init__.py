"""Checkpoint files: where they live (shared_fs, directory, s3, memory), how they are listed, deleted and packed into archives.

Ask `select.Storages` for the backend of a checkpoint_storage config; `base.CheckpointStorage` says what it can do.
"""

"""The model registry: models and their versions (master: api_model.go)."""

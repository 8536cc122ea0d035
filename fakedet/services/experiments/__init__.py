"""Experiments: creating, reading, changing and searching them (master: api_experiment.go, internal/experiment.go)."""

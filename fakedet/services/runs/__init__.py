"""Runs: trials as the run table sees them. Searching, acting on many at once, metadata (master: api_runs.go)."""

"""Checkpoints: reporting, reading, listing, changing and removing them, and garbage collection (master: api_checkpoint.go, checkpoint_gc.go)."""

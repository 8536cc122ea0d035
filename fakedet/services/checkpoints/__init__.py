"""Checkpoints: reporting, reading, listing, changing and removing them, and their garbage collection.

Mirrors api_checkpoint.go and checkpoint_gc.go of the master.
"""

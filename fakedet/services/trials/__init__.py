"""Trials: making them, their states, reading them and what belongs to them (master: api_trials.go, internal/trials)."""

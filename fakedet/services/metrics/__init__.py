"""Metrics: reporting them, reading them back in streams and series (master: db/postgres_trial_metrics.go, api_trials.go)."""

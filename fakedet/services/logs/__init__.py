"""Task and trial logs: posting, reading with filters, following, fields (master: api_tasks.go, api_trials.go, postgres_task_logs.go)."""

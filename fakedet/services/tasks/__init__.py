"""Tasks and their allocations: what there is to read of them, and what tasks themselves report (master: api_tasks.go, internal/task)."""

"""The job queue: who waits for slots and who has them (master: api_job.go, internal/job, rm/tasklist)."""

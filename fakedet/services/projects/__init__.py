"""Projects (master: api_project.go, project/postgres_project.go)."""

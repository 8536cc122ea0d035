"""Who used how many slots for how long (master: api_master.go, resource_allocation.go, core.go)."""

"""The master about itself: who it is, its configuration, its logs, the message it shows to everyone (master: api_master.go)."""

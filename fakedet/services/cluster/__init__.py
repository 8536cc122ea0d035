"""The machines: agents with their slots, and the one pool that they form (master: internal/rm/agentrm)."""

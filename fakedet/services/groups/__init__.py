"""Groups of users; each user has one of his own besides, which nobody sees (master: internal/usergroup)."""

"""Proof against the real master: golden recordings and how they are replayed, on a world in this process or on any URL."""

"""Webhooks, kept as records: fakedet sends nothing to anyone (master: internal/webhooks)."""

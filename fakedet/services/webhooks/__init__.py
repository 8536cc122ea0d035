"""Webhooks: records, what sets them off, what they are sent (master: internal/webhooks). The engine's shipper sends it."""

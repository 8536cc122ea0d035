"""Roles and who has them: assigned to groups, on a workspace or the whole cluster (master: internal/rbac)."""

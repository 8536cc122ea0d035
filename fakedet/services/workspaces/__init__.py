"""Workspaces (master: api_workspace.go, workspace/authz_basic_impl.go)."""

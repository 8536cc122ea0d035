"""Users: reading, creating, changing them, their settings and what they looked at (master: api_user.go, internal/user)."""
from __future__ import annotations

from fakedet.services.users.messages import agent_user_group, user_message

__all__ = ["agent_user_group", "user_message"]

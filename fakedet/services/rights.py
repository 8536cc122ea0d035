"""Who may do what under the basic authorization of the open-source master (master: */authz_basic_impl.go)."""
from __future__ import annotations

from typing import Any, Mapping

from fakedet.domain.errors import PermissionDenied
from fakedet.services.call import Call

NO_PERMISSION = "user does not have permission"


def require_admin(call: Call, refusal: str = NO_PERMISSION) -> None:
    """Only administrators go on; all others read `refusal`."""
    if not call.is_admin:
        raise PermissionDenied(refusal)


def require_self_or_admin(call: Call, user: Mapping[str, Any], refusal: str) -> None:
    """Only administrators and the user himself go on."""
    if user["id"] != call.user["id"]:
        require_admin(call, refusal)

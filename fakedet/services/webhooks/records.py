"""Listing, creating, changing and removing webhooks (master: webhooks/api_webhook.go)."""
from __future__ import annotations

from typing import Any, Mapping

from fakedet.domain.errors import Internal, InvalidArgument
from fakedet.domain.go_url import is_request_uri
from fakedet.services.call import Call
from fakedet.services.registry import rpc
from fakedet.services.webhooks.triggers import check_trigger, compile_trigger, stored_trigger_type, trigger_message, triggers_of

Row = Mapping[str, Any]
NO_ROWS = "sql: no rows in result set"
NOT_FOR_OTHERS = "non admin users can't edit global webhooks"
TYPES = {"WEBHOOK_TYPE_DEFAULT": "DEFAULT", "WEBHOOK_TYPE_SLACK": "SLACK"}
NO_SUCH_WORKSPACE = ('ERROR: insert or update on table "webhooks" violates foreign key constraint "webhooks_workspace_id_fkey" '
                     "(SQLSTATE 23503)")


@rpc("GetWebhooks")
def get_webhooks(call: Call, request: Any) -> dict[str, Any]:
    """The global ones and those of the caller's own workspaces; administrators see all."""
    return {"webhooks": [webhook_message(call, row) for row in call.db.webhooks.rows() if _may_see(call, row)]}


@rpc("PostWebhook")
def post_webhook(call: Call, request: Any) -> dict[str, Any]:
    """A webhook with its triggers. One whose expression does not compile uses up ids all the same."""
    sent = request.webhook
    require_right(call, sent.workspace_id if sent else 0)
    if sent is None or not sent.triggers:
        raise InvalidArgument("at least one trigger required")
    if not is_request_uri(sent.url):
        raise InvalidArgument("valid url required")
    for trigger in sent.triggers:
        check_trigger(trigger, sent.mode)
    kinds = [stored_trigger_type(trigger) for trigger in sent.triggers]
    number = _insert(call, sent)
    for trigger, kind in zip(sent.triggers, kinds):
        call.db.webhook_triggers.insert({"webhook_id": number, "trigger_type": kind, "condition": trigger.condition or {}})
    for row in triggers_of(call, number):
        compile_trigger(row)
    return {"webhook": webhook_message(call, call.db.webhooks.row(number))}


@rpc("PatchWebhook")
def patch_webhook(call: Call, request: Any) -> dict[str, Any]:
    """Change the URL, unlooked at; one that is not sent is blank from now on."""
    webhook = editable_webhook(call, request.id)
    call.db.webhooks.change(webhook["id"], url=request.webhook.url if request.webhook else "")
    return {}


@rpc("DeleteWebhook")
def delete_webhook(call: Call, request: Any) -> dict[str, Any]:
    """A webhook goes with its triggers."""
    webhook = editable_webhook(call, request.id)
    for trigger in triggers_of(call, webhook["id"]):
        for line in call.db.webhook_lines.rows(trigger_id=trigger["id"]):
            call.db.webhook_lines.delete(line["id"])
        call.db.webhook_triggers.delete(trigger["id"])
    call.db.webhooks.delete(webhook["id"])
    return {}


def editable_webhook(call: Call, number: int) -> Row:
    """A webhook that the caller may change."""
    webhook: Row | None = call.db.webhooks.row(number)
    if webhook is None:
        raise Internal(NO_ROWS)
    require_right(call, webhook["workspace_id"] or 0)
    return webhook


def require_right(call: Call, workspace_id: int) -> None:
    """Webhooks are for administrators, those of a workspace for its owner too."""
    workspace = call.db.workspaces.row(workspace_id) if workspace_id > 0 else None
    if workspace_id > 0 and workspace is None:
        raise Internal(NO_ROWS)
    if not call.is_admin and (workspace is None or workspace["user_id"] != call.user["id"]):
        raise Internal(NOT_FOR_OTHERS)


def webhook_message(call: Call, webhook: Row) -> dict[str, Any]:
    """The Webhook message."""
    return {"id": webhook["id"], "url": webhook["url"], "name": webhook["name"], "workspace_id": webhook["workspace_id"] or 0,
            "webhook_type": f"WEBHOOK_TYPE_{webhook['webhook_type']}", "mode": f"WEBHOOK_MODE_{webhook['mode']}",
            "triggers": list(map(trigger_message, triggers_of(call, webhook["id"])))}


def _insert(call: Call, sent: Any) -> int:
    if sent.webhook_type not in TYPES:
        raise Internal(f"missing mapping for webhook type {sent.webhook_type} to SQL")
    mode = "SPECIFIC" if sent.mode == "WEBHOOK_MODE_SPECIFIC" else "WORKSPACE"
    number = call.db.webhooks.insert({"url": sent.url, "webhook_type": TYPES[sent.webhook_type], "name": sent.name, "mode": mode,
                                      "workspace_id": sent.workspace_id or None})
    if sent.workspace_id and call.db.workspaces.row(sent.workspace_id) is None:
        raise Internal(NO_SUCH_WORKSPACE)
    return number


def _may_see(call: Call, webhook: Row) -> bool:
    if call.is_admin or webhook["workspace_id"] is None:
        return True
    owner: int = call.db.workspaces.row(webhook["workspace_id"])["user_id"]
    return owner == call.user["id"]

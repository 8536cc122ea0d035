"""What sets a webhook off: a state, a line of a log, an alert (master: webhooks/webhook.go)."""
from __future__ import annotations

from typing import Any, Mapping

from fakedet.domain.errors import Internal, InvalidArgument
from fakedet.domain.go_print import printed
from fakedet.domain.go_regexp import GoRegexpError, check_regexp
from fakedet.services.call import Call

Row = Mapping[str, Any]
TYPES = {f"TRIGGER_TYPE_{kind}": kind for kind in ("EXPERIMENT_STATE_CHANGE", "METRIC_THRESHOLD_EXCEEDED", "TASK_LOG", "CUSTOM")}


def check_trigger(sent: Any, mode: str) -> None:
    """A trigger of log lines has one expression; one of alerts is for webhooks that experiments name."""
    if sent.trigger_type == "TRIGGER_TYPE_TASK_LOG":
        _check_condition(sent.condition or {})
    if sent.trigger_type == "TRIGGER_TYPE_CUSTOM" and mode != "WEBHOOK_MODE_SPECIFIC":
        raise InvalidArgument(f"custom trigger only works on webhook with mode 'SPECIFIC'. Got {mode}")


def stored_trigger_type(sent: Any) -> str:
    """The type as it is stored."""
    if sent.trigger_type not in TYPES:
        raise Internal(f"missing mapping for trigger {sent.trigger_type} to SQL")
    return TYPES[sent.trigger_type]


def compile_trigger(trigger: Row) -> None:
    """The expression of a trigger must be one."""
    if trigger["trigger_type"] != "TASK_LOG":
        return
    expression = trigger["condition"]["regex"]
    try:
        check_regexp(expression)
    except GoRegexpError as error:
        raise Internal(f"compiling regex {expression}: {error}") from None


def triggers_of(call: Call, webhook_id: int) -> list[Row]:
    """The triggers of a webhook in the order in which they were sent."""
    return list(call.db.webhook_triggers.rows(webhook_id=webhook_id))


def trigger_message(trigger: Row) -> dict[str, Any]:
    """The Trigger message."""
    return {"id": trigger["id"], "trigger_type": f"TRIGGER_TYPE_{trigger['trigger_type']}", "condition": trigger["condition"],
            "webhook_id": trigger["webhook_id"]}


def _check_condition(condition: Mapping[str, Any]) -> None:
    if len(condition) != 1:
        raise InvalidArgument(f"webhook task log condition must have one key got {printed(condition)}")
    if "regex" not in condition:
        raise InvalidArgument(f"webhook task log condition must have key 'regex' got {printed(condition)}")
    if not isinstance(condition["regex"], str):
        raise InvalidArgument(f"webhook task log condition must have key 'regex' as string got {printed(condition)}")

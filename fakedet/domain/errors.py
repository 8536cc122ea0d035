"""The errors a master answers with: one class per gRPC code.

Services and domain rules raise them with the text that clients see; only the gateway knows HTTP statuses and body shapes.
Mirrors gRPC's status codes and the rewriting of plain Go errors to code 13 (master: grpcutil/errors.go).
"""
from __future__ import annotations


class MasterError(Exception):
    """An error reply: `code` is the gRPC number, `reason` its name, `message` the text for the client."""

    code = 2
    reason = "Unknown"
    #: Whether what the request has changed before stays: the master saves some changes step by step.
    keeps_changes = False

    def __init__(self, message: str):
        super().__init__(message)
        self.message = message
        self._is_status = True

    def wrapped(self, context: str) -> "MasterError":
        """The same code behind `context: `, as Go wraps a status error into a plain one."""
        error = type(self)(f"{context}: {self.as_go_text()}")
        error._is_status = False
        return error

    def after_saving(self) -> "MasterError":
        """The same error; what the request has changed so far stays."""
        self.keeps_changes = True
        return self

    def as_go_text(self) -> str:
        """How the error prints inside another error's text."""
        return f"rpc error: code = {self.reason} desc = {self.message}" if self._is_status else self.message


class Canceled(MasterError):
    code, reason = 1, "Canceled"


class InvalidArgument(MasterError):
    code, reason = 3, "InvalidArgument"


class DeadlineExceeded(MasterError):
    code, reason = 4, "DeadlineExceeded"


class NotFound(MasterError):
    code, reason = 5, "NotFound"


class AlreadyExists(MasterError):
    code, reason = 6, "AlreadyExists"


class PermissionDenied(MasterError):
    code, reason = 7, "PermissionDenied"


class ResourceExhausted(MasterError):
    code, reason = 8, "ResourceExhausted"


class FailedPrecondition(MasterError):
    code, reason = 9, "FailedPrecondition"


class Aborted(MasterError):
    code, reason = 10, "Aborted"


class OutOfRange(MasterError):
    code, reason = 11, "OutOfRange"


class Unimplemented(MasterError):
    code, reason = 12, "Unimplemented"


class Internal(MasterError):
    """A plain Go error or a panic: code 13, HTTP 500. Its text carries no gRPC prefix when it is wrapped."""

    code, reason = 13, "Internal"

    def as_go_text(self) -> str:
        return self.message


class Panic(Internal):
    """A panic of a handler: its text reaches the client as it is, whatever would have been written around an error."""

    def wrapped(self, context: str) -> "Panic":
        """The same."""
        return self


class Unavailable(MasterError):
    code, reason = 14, "Unavailable"


class DataLoss(MasterError):
    code, reason = 15, "DataLoss"


class Unauthenticated(MasterError):
    code, reason = 16, "Unauthenticated"


def missing(kind: str, identity: object) -> NotFound:
    """The master's uniform not-found text: `trial '7' not found`, or `task not found` for a blank id (master: api/errors.go)."""
    return NotFound(f"{kind} '{identity}' not found" if str(identity) != "" else f"{kind} not found")


def nil_pointer() -> Panic:
    """A handler reads a message that the request does not have."""
    return Panic("runtime error: invalid memory address or nil pointer dereference")

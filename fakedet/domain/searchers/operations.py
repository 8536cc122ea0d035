"""What a searcher asks for, and why a trial left early.

Mirrors actions.go of the master. Operations are values: the engine decides what carrying them out means.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any, Union


@dataclass(frozen=True)
class Create:
    """Make a trial with these hyperparameters."""

    request_id: str
    trial_seed: int
    hparams: dict[str, Any]


@dataclass(frozen=True)
class Stop:
    """Let this trial end; it has seen enough."""

    request_id: str


@dataclass(frozen=True)
class Shutdown:
    """The search is over: ERROR if it failed, else CANCELED if it was cancelled, else COMPLETED."""

    cancelled: bool = False
    failed: bool = False


Operation = Union[Create, Stop, Shutdown]


class ExitedReason(str, Enum):
    """Why a trial ended before its time, by the name that the master stores."""

    ERRORED = "ERRORED"
    USER_REQUESTED_STOP = "USER_REQUESTED_STOP"
    USER_CANCELED = "USER_CANCELED"
    INVALID_HP = "INVALID_HP"
    INIT_INVALID_HP = "INIT_INVALID_HP"

    @property
    def blames_hyperparameters(self) -> bool:
        """Such a trial does not count: the search draws another in its place."""
        return self in (ExitedReason.INVALID_HP, ExitedReason.INIT_INVALID_HP)


class SearcherError(Exception):
    """A validation that the searcher cannot read; the experiment ends in error."""

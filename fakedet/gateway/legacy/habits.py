"""What the earlier requests of a client tell of its age: where a request alone does not, the way it went about things may.

From 0.26.2 on an experiment is fetched before anything is asked of it, and lists of checkpoints are sorted by other parameters.
"""
from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from fakedet.gateway.http import HttpRequest
from fakedet.gateway.legacy.caller import Caller

if TYPE_CHECKING:
    from fakedet.world import World

_BEFORE_FETCHING = (0, 26, 1)
_EXPERIMENTS = "/api/v1/experiments"
_TRIALS, _CHECKPOINTS = re.compile(_EXPERIMENTS + r"/\d+/trials"), re.compile(r"/api/v1/(experiments|trials)/\d+/checkpoints")
#: How the SDK lists the trials of an experiment, in all releases since 0.19.3.
_OF_SDK = {"offset": "0", "orderBy": "ORDER_BY_ASC", "sortBy": "SORT_BY_ID"}


class Habits:
    """Of each token: whether its client has asked about experiments, and whether it did so as clients before 0.26.2 do."""

    def __init__(self, _: "World"):
        self._is_old: dict[str, bool] = {}

    def narrowed(self, caller: Caller, request: HttpRequest) -> Caller:
        """The caller as far as its requests up to this one tell it."""
        token = request.headers.get("authorization", "")
        if token and request.path.startswith((_EXPERIMENTS, "/api/v1/trials")):
            self._is_old[token] = self._is_old.get(token, False) or _sorts_as_before(request) or token not in self._is_old and _lists(request)
        is_old = self._is_old.get(token, False)
        return dataclasses.replace(caller, newest=min(caller.newest, _BEFORE_FETCHING)) if is_old else caller


def _lists(request: HttpRequest) -> bool:
    """Whether it lists trials, which newer clients never do first."""
    return bool(_TRIALS.fullmatch(request.path)) and dict(parse_qsl(request.query)) == _OF_SDK


def _sorts_as_before(request: HttpRequest) -> bool:
    return bool(_CHECKPOINTS.fullmatch(request.path)) and "sortBy" in dict(parse_qsl(request.query))

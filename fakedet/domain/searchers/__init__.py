"""The searchers of the master: single, random, grid, adaptive_asha and async_halving.

`Searcher` is the door: it is told what happens to trials and answers with operations (create, stop, shutdown). For one
experiment seed it gives the very trials that the real master gives. Mirrors master/pkg/searcher.
"""

from __future__ import annotations

from fakedet.domain.searchers.operations import Create, ExitedReason, Operation, SearcherError, Shutdown, Stop
from fakedet.domain.searchers.searcher import Searcher

__all__ = ["Create", "ExitedReason", "Operation", "Searcher", "SearcherError", "Shutdown", "Stop"]

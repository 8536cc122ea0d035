"""Who runs on which agents: what a pool's scheduler decides, from what waits, what runs and what is free.

Mirrors internal/rm/agentrm of the master: fitting, the priority scheduler and the fair-share scheduler.
"""
from __future__ import annotations

from fakedet.domain.scheduling.fair_share import by_fair_share
from fakedet.domain.scheduling.fitting import Agent, Ask, Placement, Pool
from fakedet.domain.scheduling.priority import Decision, by_priority

__all__ = ["Agent", "Ask", "Decision", "Placement", "Pool", "by_fair_share", "by_priority"]

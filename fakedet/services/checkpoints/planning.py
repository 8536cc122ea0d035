"""What an experiment's policy keeps and what it would delete, with the reason for each checkpoint.

Mirrors ExperimentCheckpointsToGCRaw (master: experiment/postgres_experiments.go).
"""
from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, Mapping

from fakedet.domain import gc
from fakedet.domain.errors import Internal
from fakedet.domain.gc import Candidate, Policy, Verdict
from fakedet.domain.semantics import DOCUMENTED, UPSTREAM, Difference
from fakedet.services.checkpoints.registered import is_registered
from fakedet.services.checkpoints.view import CheckpointView, of_experiment

if TYPE_CHECKING:
    from fakedet.store import Database

Row = Mapping[str, Any]
NOTHING = Policy(0, 0, 0)


def policy_of(config: Mapping[str, Any]) -> Policy:
    """The policy in an experiment's config."""
    storage = config["checkpoint_storage"]
    return Policy(*(storage[f"save_{name}"] for name in Policy._fields))


def verdicts(db: "Database", experiment: Row, policy: Policy, semantics: str) -> list[Verdict]:
    """What happens to each checkpoint; `Verdict.checkpoint` is a view. Raises Internal as views do."""
    smaller_is_better = experiment["config"]["searcher"].get("smaller_is_better") is not False
    candidates = [_candidate(db, view) for view in of_experiment(db, experiment)]
    return gc.plan(candidates, policy, smaller_is_better=smaller_is_better, semantics=semantics)


def victims(db: "Database", experiment: Row, policy: Policy, semantics: str) -> list[CheckpointView]:
    """The checkpoints that the policy would delete, deleted ones among them."""
    return gc.collected(verdicts(db, experiment, policy, semantics))


def differences(db: "Database", experiment: Row, upstream: Policy, documented: Policy) -> list[str]:
    """Notices where 0.38.1, with the policy that it takes, deletes others than what is documented."""
    with contextlib.suppress(Internal):
        expected = _uuids(victims(db, experiment, documented, DOCUMENTED))
        across_trials = _uuids(victims(db, experiment, documented, UPSTREAM)) != expected
        too_late = upstream != documented and _uuids(victims(db, experiment, upstream, DOCUMENTED)) != expected
        met = {Difference.GC_LATEST_WITHIN_TRIAL: across_trials, Difference.GC_POLICY_APPLIES_AT_ONCE: too_late}
        return [difference.notice for difference, holds in met.items() if holds]
    return []


def _uuids(views: list[CheckpointView]) -> set[str]:
    return {view.uuid for view in views}


def _candidate(db: "Database", view: CheckpointView) -> Candidate:
    validation = view.validation
    return Candidate(
        view, view.row["trial_id"], view.steps_completed, validation["id"] if validation else None,
        view.searcher_metric,
        is_registered=is_registered(db, view.uuid),
        is_warm_start_source=db.trials.one(warm_start_checkpoint_uuid=view.uuid) is not None)

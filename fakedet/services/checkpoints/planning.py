"""What an experiment's policy keeps and what it would delete, with the reason for each checkpoint.

Mirrors ExperimentCheckpointsToGCRaw (master: experiment/postgres_experiments.go).
"""
from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, Mapping

from fakedet.domain.errors import Internal
from fakedet.domain.gc import Candidate, Policy, Ranking, Verdict
from fakedet.domain.semantics import DOCUMENTED, UPSTREAM, Difference
from fakedet.services.checkpoints.view import CheckpointView, of_experiment

if TYPE_CHECKING:
    from fakedet.store import Database

Row = Mapping[str, Any]
NOTHING = Policy(0, 0, 0)
QUERY = "querying for checkpoints that can be deleted according to the GC policy"


def policy_of(config: Mapping[str, Any]) -> Policy:
    """The policy in an experiment's config."""
    storage = config["checkpoint_storage"]
    return Policy(*(storage[f"save_{name}"] for name in Policy._fields))


def candidates_of(db: "Database", experiment: Row) -> list[Candidate]:
    """All checkpoints of the experiment with what their ranking needs; each `checkpoint` is a view. Raises Internal as views do."""
    registered, sources = db.model_versions.distinct("checkpoint_uuid"), db.trials.distinct("warm_start_checkpoint_uuid")
    return [
        Candidate(view, view.row["trial_id"], view.steps_completed, view.validation["id"] if view.validation else None,
                  view.searcher_metric, view.uuid in registered, view.uuid in sources)
        for view in of_experiment(db, experiment)]


def ranking(experiment: Row, candidates: list[Candidate], semantics: str) -> Ranking:
    """The places of the experiment's checkpoints, for any policy."""
    smaller_is_better = experiment["config"]["searcher"].get("smaller_is_better") is not False
    return Ranking(candidates, smaller_is_better=smaller_is_better, semantics=semantics)


def verdicts(db: "Database", experiment: Row, policy: Policy, semantics: str) -> list[Verdict]:
    """What happens to each checkpoint."""
    return ranking(experiment, candidates_of(db, experiment), semantics).verdicts(policy)


def victims(db: "Database", experiment: Row, policy: Policy, semantics: str) -> list[CheckpointView]:
    """The checkpoints that the policy would delete, deleted ones among them; raises Internal where values are no numbers."""
    try:
        candidates = candidates_of(db, experiment)
    except Internal as error:
        raise Internal(f"{QUERY}: {error.message}") from None
    return ranking(experiment, candidates, semantics).collected(policy)


def differences(db: "Database", experiment: Row, upstream: Policy, documented: Policy) -> list[str]:
    """Notices where 0.38.1, with the policy that it takes, deletes others than what is documented."""
    with contextlib.suppress(Internal):
        candidates = candidates_of(db, experiment)
        as_documented, as_upstream = (ranking(experiment, candidates, semantics) for semantics in (DOCUMENTED, UPSTREAM))
        expected = _uuids(as_documented.collected(documented))
        across_trials = _uuids(as_upstream.collected(documented)) != expected
        too_late = upstream != documented and _uuids(as_documented.collected(upstream)) != expected
        met = {Difference.GC_LATEST_WITHIN_TRIAL: across_trials, Difference.GC_POLICY_APPLIES_AT_ONCE: too_late}
        return [difference.notice for difference, holds in met.items() if holds]
    return []


def _uuids(views: list[CheckpointView]) -> set[str]:
    return {view.uuid for view in views}

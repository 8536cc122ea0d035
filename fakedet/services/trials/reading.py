"""One trial, by its id or by the ids that its creator gave it (master: api_trials.go)."""
from __future__ import annotations

from typing import Any, Mapping

from fakedet.domain.errors import Internal
from fakedet.services import finding
from fakedet.services.call import Call
from fakedet.services.registry import rpc
from fakedet.services.trials.messages import QUERY, reading, shown_trial

Row = Mapping[str, Any]


@rpc("GetTrial")
def get_trial(call: Call, request: Any) -> dict[str, Any]:
    """The trial."""
    return _reply(call, finding.trial(call.db, request.trial_id))


@rpc("GetTrialByExternalID")
def get_trial_by_external_id(call: Call, request: Any) -> dict[str, Any]:
    """The trial with this external id in the experiment with that one."""
    for experiment in call.db.experiments.rows(external_experiment_id=request.external_experiment_id):
        trial = call.db.trials.one(external_trial_id=request.external_trial_id, experiment_id=experiment["id"])
        if trial is not None:
            return _reply(call, trial)
    raise Internal("not found")


def _reply(call: Call, trial: Row) -> dict[str, Any]:
    with reading(f"failed to get trial {trial['id']}: {QUERY}"):
        return {"trial": shown_trial(call.world, trial)}

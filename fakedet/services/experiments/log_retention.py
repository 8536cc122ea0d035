"""How long the logs of ended experiments are kept (master: api_experiment.go, PutExperimentRetainLogs)."""
from __future__ import annotations

from typing import Any, Mapping

from fakedet.domain.errors import FailedPrecondition, Internal, missing
from fakedet.services import finding
from fakedet.services.call import Call
from fakedet.services.experiments.bulk import Bulk, results_of
from fakedet.services.experiments.states import TERMINAL
from fakedet.services.registry import rpc

Row = Mapping[str, Any]
FOR_EVER = -1


@rpc("PutExperimentRetainLogs")
def put_experiment_retain_logs(call: Call, request: Any) -> dict[str, Any]:
    """For all trials of one experiment."""
    retain(call, finding.experiment(call.db, request.experiment_id), request.num_days)
    return {}


@rpc("PutExperimentsRetainLogs")
def put_experiments_retain_logs(call: Call, request: Any) -> dict[str, Any]:
    """For many experiments."""
    return {"results": results_of(call, request, Bulk(lambda call, row: retain(call, row, request.num_days)))}


def retain(call: Call, experiment: Row, days: int) -> None:
    """Keep the logs of the experiment's trials for so many days."""
    if experiment["archived"]:
        raise missing("experiment", experiment["id"])
    if experiment["state"] not in TERMINAL:
        raise FailedPrecondition(f"experiment in non terminal state '{experiment['state']}', try again later")
    days = _as_int16(days)
    if days < FOR_EVER:
        raise Internal(f"patching experiment {experiment['id']}: refusing to save invalid experiment config: config is invalid or "
                       f"incomplete: <config>.retention_policy.log_retention_days: must be >= -1 but found {days}")
    policy = {**(experiment["config"].get("retention_policy") or {}), "log_retention_days": days}
    call.db.experiments.change(experiment["id"], config={**experiment["config"], "retention_policy": policy})
    for trial in call.db.trials.rows(experiment_id=experiment["id"]):
        call.db.trials.change(trial["id"], log_retention_days=days)


def _as_int16(number: int) -> int:
    """What is left of the number in the 16 bits that the master keeps of it."""
    return (number + 2**15) % 2**16 - 2**15

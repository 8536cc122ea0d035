"""What a running trial or its user tells: kill it, it exits early, how far it is, what it does (master: api_trials.go)."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping

from fakedet.domain.errors import Internal, missing
from fakedet.services import finding
from fakedet.services.call import Call
from fakedet.services.deadlines import set_deadline
from fakedet.services.experiments import searching
from fakedet.services.registry import rpc
from fakedet.services.trials.states import TERMINAL, is_running, request_state

if TYPE_CHECKING:
    from fakedet.world import World

Row = Mapping[str, Any]
#: How long, in microseconds, a trial that has told of its exit may take to exit.
KILL_DELAY = 10 * 1_000_000


@rpc("KillTrial")
def kill_trial(call: Call, request: Any) -> dict[str, Any]:
    """End the trial without giving it time."""
    kill(call, finding.trial(call.db, request.id))
    return {}


def kill(call: Call, trial: Row) -> None:
    """As KillTrial; only running trials of running experiments can be killed."""
    request_state(call.world, _running_trial(call, trial), "STOPPING_KILLED")


@rpc("ReportTrialSearcherEarlyExit")
def report_trial_searcher_early_exit(call: Call, request: Any) -> dict[str, Any]:
    """The trial will exit before its time, for a reason of its own."""
    trial = _running_trial(call, finding.trial(call.db, request.trial_id))
    reason = request.early_exit.reason if request.early_exit else "EXITED_REASON_UNSPECIFIED"
    if reason == "EXITED_REASON_UNSPECIFIED":
        raise Internal("should not report special exit reason ERRORED to the master")
    call.db.trials.change(trial["id"], exited_reason=str(reason).removeprefix("EXITED_REASON_"))
    set_deadline(call.db, call.now + KILL_DELAY, "early_exit", trial["id"])
    return {}


def kill_if_alive(world: "World", trial_id: int) -> None:
    """The trial has had its time to exit by itself."""
    trial = world.db.trials.row(trial_id)
    if trial is not None and trial["state"] not in TERMINAL:
        request_state(world, trial, "STOPPING_KILLED")


@rpc("ReportTrialProgress")
def report_trial_progress(call: Call, request: Any) -> dict[str, Any]:
    """How far the trial is; of an experiment that does not run it is taken for the experiment's own progress."""
    trial = finding.trial(call.db, request.trial_id)
    experiment = finding.experiment(call.db, trial["experiment_id"])
    if is_running(experiment):
        searching.trial_progressed(call.world, trial, request.progress)
        return {}
    if request.progress < 0 or request.progress > 1:
        raise Internal(f"invalid progress value: {request.progress:f}. Progress value should be between 0 and 1")
    call.db.experiments.change(experiment["id"], progress=request.progress)
    return {}


@rpc("PostTrialRunnerMetadata")
def post_trial_runner_metadata(call: Call, request: Any) -> dict[str, Any]:
    """What the trial's process is doing."""
    trial = finding.trial(call.db, request.trial_id)
    call.db.trials.change(trial["id"], runner_state=request.metadata.state if request.metadata else "")
    return {}


def _running_trial(call: Call, trial: Row) -> Row:
    experiment = finding.experiment(call.db, trial["experiment_id"])
    if not is_running(experiment):
        raise missing("experiment", experiment["id"])
    if not searching.runs(call.world, trial):
        raise Internal("trial not found: not found")
    return trial

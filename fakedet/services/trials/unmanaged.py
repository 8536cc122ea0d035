"""Unmanaged trials start themselves, send heartbeats and say their state; their experiment follows (master: internal/trials)."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping

from fakedet.domain.errors import Internal
from fakedet.domain.semantics import UPSTREAM, Difference
from fakedet.services.call import Call
from fakedet.services.deadlines import set_deadline
from fakedet.services.registry import rpc
from fakedet.services.trials.checkpoints import latest_checkpoint
from fakedet.services.trials.messages import QUERY, reading, trial_message
from fakedet.services.trials.states import ENDS, TERMINAL

if TYPE_CHECKING:
    from fakedet.store import Database
    from fakedet.world import World

Row = Mapping[str, Any]
#: The states that the database knows.
STORED = frozenset({"ACTIVE", "PAUSED", "RUNNING", *ENDS, *TERMINAL})
#: The states of trials that count for their experiment; the last that any trial has is the experiment's.
PROGRESS = ("PAUSED", "ERROR", "COMPLETED", "RUNNING")
#: Without a heartbeat for so long, in microseconds, a running trial is lost.
PATIENCE = 5 * 60 * 1_000_000


@rpc("StartTrial")
def start_trial(call: Call, request: Any) -> dict[str, Any]:
    """A run of the trial begins."""
    trial = _unmanaged(call.db, request.trial_id, "failed to find experiment by trial id: not found")
    if not request.resume:
        _check_fresh(call, trial, told=request.has("resume"))
    trial = call.db.trials.change(trial["id"], run_id=trial["run_id"] + 1, state="RUNNING", last_activity=call.now)
    _expect_heartbeat(call.db, trial)
    update_experiment(call.world, trial["experiment_id"])
    reply = {"trial_run_id": trial["run_id"]}
    with reading("failed to find checkpoint for trial"):
        checkpoint = latest_checkpoint(call.db, trial["id"]) if trial["run_id"] > 1 else None
    if checkpoint is not None:
        reply.update(latest_checkpoint=checkpoint.uuid, steps_completed=checkpoint.steps_completed or 0)
    return reply


@rpc("PatchTrial")
def patch_trial(call: Call, request: Any) -> dict[str, Any]:
    """A heartbeat, and a new state if there is one: any stored state may follow any other."""
    trial = _unmanaged(call.db, request.trial_id, "not found")
    changes: dict[str, Any] = {"last_activity": call.now}
    if request.state is not None:
        changes["state"] = _stored_state(request.state)
        if changes["state"] in TERMINAL:
            changes["end_time"] = call.now
    trial = call.db.trials.change(trial["id"], **changes)
    _expect_heartbeat(call.db, trial)
    update_experiment(call.world, trial["experiment_id"])
    with reading(f"failed to get trial {trial['id']}: {QUERY}"):
        return {"trial": trial_message(call.world, trial)}


def update_experiment(world: "World", experiment_id: int) -> None:
    """The experiment takes the state of its most progressed trial."""
    db = world.db
    experiment = db.experiments.row(experiment_id)
    found = [state for state in PROGRESS if db.trials.one(experiment_id=experiment_id, state=state) is not None]
    state = found[-1] if found else "PAUSED"
    if experiment is None or experiment["state"] == state:
        return
    changes: dict[str, Any] = {"state": state}
    if state in TERMINAL:
        ends = [trial["end_time"] for trial in db.trials.rows(experiment_id=experiment_id) if trial["end_time"] is not None]
        changes["end_time"] = max(ends, default=world.now())
    if state == "COMPLETED":
        changes["progress"] = 1.0
    db.experiments.change(experiment_id, **changes)


def end_if_silent(world: "World", trial_id: int) -> None:
    """A running trial that has been silent for too long ends in error, at its last sign of life; any other is looked at later."""
    trial = world.db.trials.row(trial_id)
    if trial is None or trial["state"] != "RUNNING":
        return
    if world.now() < trial["last_activity"] + PATIENCE:
        _expect_heartbeat(world.db, trial)
    else:
        world.db.trials.change(trial_id, state="ERROR", end_time=trial["last_activity"])
        update_experiment(world, trial["experiment_id"])


def _expect_heartbeat(db: "Database", trial: Row) -> None:
    if trial["state"] == "RUNNING":
        set_deadline(db, trial["last_activity"] + PATIENCE, "heartbeat", trial["id"])


def _unmanaged(db: "Database", trial_id: int, missing: str) -> Row:
    trial = db.trials.row(trial_id)
    experiment = db.experiments.row(trial["experiment_id"]) if trial is not None else None
    if trial is None or experiment is None:
        raise Internal(missing)
    if not experiment["unmanaged"]:
        raise Internal("only unmanaged trials are supported")
    return trial


def _check_fresh(call: Call, trial: Row, *, told: bool) -> None:
    """Without `resume` only a trial that has never run may start; 0.38.1 cannot even ask.

    Who sends `resume: false` (`told`) knows 0.38.1 and gets its error in both readings.
    """
    if told or call.settings.semantics == UPSTREAM:
        raise Internal("failed to start trial: ERROR: FOR UPDATE cannot be applied to the nullable side of an outer join (SQLSTATE 0A000)")
    call.notices.append(Difference.TRIAL_START_WITHOUT_RESUME.notice)
    if trial["run_id"] != 0:
        raise Internal("failed to start trial: trial has already been started")


def _stored_state(sent: str | int) -> str:
    state = str(sent).removeprefix("STATE_")
    if state not in STORED:
        raise Internal(f'failed to update state: failed to update trial state: ERROR: invalid input value for enum trial_state: "{state}" '
                       "(SQLSTATE 22P02)")
    return state

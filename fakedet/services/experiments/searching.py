"""A managed experiment and its searcher: what happens to trials goes in, what the searcher asks for is carried out.

In a stopping experiment only a shutdown counts; in a paused one new trials begin paused (master: internal/experiment.go,
processOperations).
"""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping

from fakedet.domain.searchers import Create, ExitedReason, Operation, SearcherError, Shutdown, Stop
from fakedet.services.experiments.live_searchers import LiveSearchers
from fakedet.services.experiments.search_progress import SearchProgress
from fakedet.services.experiments.states import ENDS, set_state
from fakedet.services.trials.continuing import continue_trial
from fakedet.services.trials.creating import create_trial
from fakedet.services.trials.states import TERMINAL, set_trial_state

if TYPE_CHECKING:
    from fakedet.world import World

Row = Mapping[str, Any]
EARLY_EXITS = {"ERROR": ExitedReason.ERRORED, "CANCELED": ExitedReason.USER_CANCELED}
STOPPING = "STOPPING_"


def begin(world: "World", experiment: Row) -> None:
    """Make the trials that the search begins with."""
    _carry_out(world, experiment["id"], world.the(LiveSearchers).begin(experiment))


def trial_progressed(world: "World", trial: Row, fraction: float) -> None:
    """A trial is this far, 0 to 1."""
    progress = SearchProgress(world)
    progress.note(trial, fraction)
    progress.tell()


def validation_completed(world: "World", trial: Row, metrics: Mapping[str, Any]) -> None:
    """A trial reported validation metrics; metrics that the searcher cannot read end the experiment in error."""
    if not _has_searcher(world, trial):
        return
    try:
        operations = _tell(world, trial["experiment_id"], "validated", trial["request_id"], metrics)
        _carry_out(world, trial["experiment_id"], operations)
    except SearcherError:
        set_state(world, world.db.experiments.row(trial["experiment_id"]), "STOPPING_ERROR")


def trial_ended(world: "World", trial: Row) -> None:
    """A trial has reached the terminal state that its row shows."""
    if _has_searcher(world, trial):
        _carry_out(world, trial["experiment_id"], _exit(world, trial))


def running_trials(world: "World", experiment: Row) -> list[Row]:
    """The trials that have not ended and that the search knows: a search from another seed leaves those before it as they are."""
    return [trial for trial in world.db.trials.rows(experiment_id=experiment["id"]) if runs(world, trial)]


def runs(world: "World", trial: Row) -> bool:
    """Whether the trial is one of its experiment's running ones."""
    if trial["state"] in TERMINAL or not _has_searcher(world, trial):
        return False
    return world.the(LiveSearchers).of(world.db.experiments.row(trial["experiment_id"])).is_created(trial["request_id"])


def _has_searcher(world: "World", trial: Row) -> bool:
    return trial["request_id"] is not None and world.db.experiments.row(trial["experiment_id"])["searcher"] is not None


def _tell(world: "World", experiment_id: int, event: str, request_id: str, *value: Any) -> list[Operation]:
    return world.the(LiveSearchers).tell(world.db.experiments.row(experiment_id), event, request_id, *value)


def _carry_out(world: "World", experiment_id: int, operations: list[Operation]) -> None:
    """Carry out `operations` and what follows from them."""
    pending = list(operations)
    while pending:
        operation = pending.pop(0)
        experiment = world.db.experiments.row(experiment_id)
        if isinstance(operation, Shutdown):
            _shut_down(world, experiment, operation)
        elif not experiment["state"].startswith(STOPPING):
            pending += _done(world, experiment, operation)


def _done(world: "World", experiment: Row, operation: Create | Stop) -> list[Operation]:
    if isinstance(operation, Create):
        return _create(world, experiment, operation)
    return _stop(world, experiment, operation)


def _create(world: "World", experiment: Row, operation: Create) -> list[Operation]:
    """A new trial; in a continued experiment it may be there and go on, or be completed already."""
    known = world.db.trials.one(request_id=operation.request_id, experiment_id=experiment["id"])
    if known is not None and known["state"] == "COMPLETED":
        return _tell(world, experiment["id"], "exited", operation.request_id)
    if known is not None:
        continue_trial(world, experiment, known)
        return _tell(world, experiment["id"], "created", operation.request_id)
    create_trial(world, experiment=experiment, hparams=operation.hparams, seed=operation.trial_seed,
                 request_id=operation.request_id, warm_start_checkpoint_uuid=experiment.get("warm_start_checkpoint_uuid"))
    return _tell(world, experiment["id"], "created", operation.request_id)


def _stop(world: "World", experiment: Row, operation: Stop) -> list[Operation]:
    """Stop the trial; one that has nothing running ends at once."""
    trial = world.db.trials.one(request_id=operation.request_id, experiment_id=experiment["id"])
    if trial is None or trial["state"] not in ("ACTIVE", "PAUSED"):
        return []
    stopped = set_trial_state(world, trial, "STOPPING_COMPLETED")
    return _exit(world, stopped) if stopped["state"] in ENDS.values() else []


def _exit(world: "World", trial: Row) -> list[Operation]:
    experiment_id, early = trial["experiment_id"], EARLY_EXITS.get(trial["state"])
    before = _tell(world, experiment_id, "exited_early", trial["request_id"], early.value) if early else []
    return before + _tell(world, experiment_id, "exited", trial["request_id"])


def _shut_down(world: "World", experiment: Row, operation: Shutdown) -> None:
    outcome = "ERROR" if operation.failed else "CANCELED" if operation.cancelled else "COMPLETED"
    if not experiment["state"].startswith(STOPPING):
        experiment = set_state(world, experiment, STOPPING + outcome)
    set_state(world, experiment, ENDS.get(experiment["state"], experiment["state"]))


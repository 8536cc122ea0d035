"""A managed experiment and its searcher: what happens to trials goes in, what the searcher asks for is carried out.

The searcher's state is kept in the experiment's row, so it survives restarts and snapshots. In a stopping experiment only a
shutdown counts; in a paused one new trials begin paused (master: internal/experiment.go, processOperations).
"""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Mapping

from fakedet.domain.searchers import Create, ExitedReason, Operation, Searcher, SearcherError, Shutdown, Stop
from fakedet.services.experiments.states import ENDS, set_state
from fakedet.services.trials.continuing import continue_trial
from fakedet.services.trials.creating import create_trial
from fakedet.services.trials.states import set_trial_state

if TYPE_CHECKING:
    from fakedet.world import World

Row = Mapping[str, Any]
EARLY_EXITS = {"ERROR": ExitedReason.ERRORED, "CANCELED": ExitedReason.USER_CANCELED}
STOPPING = "STOPPING_"


def begin(world: "World", experiment: Row) -> None:
    """Make the trials that the search begins with."""
    searcher = Searcher(experiment["config"])
    _carry_out(world, experiment["id"], searcher, searcher.initial_trials())


def trial_progressed(world: "World", trial: Row, fraction: float) -> None:
    """A trial is this far, 0 to 1."""
    def tell(searcher: Searcher) -> list[Operation]:
        searcher.trial_progressed(trial["request_id"], fraction)
        world.db.experiments.change(trial["experiment_id"], progress=searcher.progress())
        return []
    _told(world, trial, tell)


def validation_completed(world: "World", trial: Row, metrics: Mapping[str, Any]) -> None:
    """A trial reported validation metrics; metrics that the searcher cannot read end the experiment in error."""
    try:
        _told(world, trial, lambda searcher: searcher.validation_completed(trial["request_id"], metrics))
    except SearcherError:
        set_state(world, world.db.experiments.row(trial["experiment_id"]), "STOPPING_ERROR")


def trial_ended(world: "World", trial: Row) -> None:
    """A trial has reached the terminal state that its row shows."""
    _told(world, trial, lambda searcher: _exit(searcher, trial))


def _told(world: "World", trial: Row, tell: Callable[[Searcher], list[Operation]]) -> None:
    experiment = world.db.experiments.row(trial["experiment_id"])
    if experiment["searcher"] is None or trial["request_id"] is None:
        return
    searcher = Searcher.load(experiment["config"], experiment["searcher"])
    _carry_out(world, experiment["id"], searcher, tell(searcher))


def _carry_out(world: "World", experiment_id: int, searcher: Searcher, operations: list[Operation]) -> None:
    """Carry out `operations` and what follows from them; the searcher's state is stored before each, since they may ask it again."""
    pending = list(operations)
    while pending:
        operation = pending.pop(0)
        experiment = _stored(world, experiment_id, searcher)
        if isinstance(operation, Shutdown):
            _shut_down(world, experiment, operation)
        elif not experiment["state"].startswith(STOPPING):
            pending += _done(world, experiment, searcher, operation)
    _stored(world, experiment_id, searcher)


def _done(world: "World", experiment: Row, searcher: Searcher, operation: Create | Stop) -> list[Operation]:
    if isinstance(operation, Create):
        return _create(world, experiment, searcher, operation)
    return _stop(world, experiment, searcher, operation)


def _stored(world: "World", experiment_id: int, searcher: Searcher) -> Row:
    return world.db.experiments.change(experiment_id, searcher=searcher.save())


def _create(world: "World", experiment: Row, searcher: Searcher, operation: Create) -> list[Operation]:
    """A new trial; in a continued experiment it may be there and go on, or be completed already."""
    known = world.db.trials.one(request_id=operation.request_id, experiment_id=experiment["id"])
    if known is not None and known["state"] == "COMPLETED":
        return searcher.trial_exited(operation.request_id)
    if known is not None:
        continue_trial(world, experiment, known)
        return searcher.trial_created(operation.request_id)
    create_trial(world, experiment=experiment, hparams=operation.hparams, seed=operation.trial_seed,
                 request_id=operation.request_id, warm_start_checkpoint_uuid=experiment.get("warm_start_checkpoint_uuid"))
    return searcher.trial_created(operation.request_id)


def _stop(world: "World", experiment: Row, searcher: Searcher, operation: Stop) -> list[Operation]:
    """Stop the trial; one that has nothing running ends at once."""
    trial = world.db.trials.one(request_id=operation.request_id, experiment_id=experiment["id"])
    if trial is None or trial["state"] not in ("ACTIVE", "PAUSED"):
        return []
    stopped = set_trial_state(world, trial, "STOPPING_COMPLETED")
    return _exit(searcher, stopped) if stopped["state"] in ENDS.values() else []


def _exit(searcher: Searcher, trial: Row) -> list[Operation]:
    early = EARLY_EXITS.get(trial["state"])
    before = searcher.trial_exited_early(trial["request_id"], early) if early else []
    return before + searcher.trial_exited(trial["request_id"])


def _shut_down(world: "World", experiment: Row, operation: Shutdown) -> None:
    outcome = "ERROR" if operation.failed else "CANCELED" if operation.cancelled else "COMPLETED"
    if not experiment["state"].startswith(STOPPING):
        experiment = set_state(world, experiment, STOPPING + outcome)
    set_state(world, experiment, ENDS.get(experiment["state"], experiment["state"]))


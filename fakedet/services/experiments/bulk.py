"""What can be done to many experiments at once, named by ids or by filters; each has its result (master: internal/experiment/bulk_action.go)."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Iterable, Iterator, Mapping

from fakedet.domain.errors import FailedPrecondition, Internal, MasterError, NotFound, missing
from fakedet.services import finding
from fakedet.services.call import Call
from fakedet.services.experiments import acts, moving
from fakedet.services.experiments.acts import Act
from fakedet.services.experiments.conditions import filtered
from fakedet.services.experiments.states import ENDS, TERMINAL
from fakedet.services.matching import Condition
from fakedet.services.projects.rules import is_archived
from fakedet.services.registry import rpc

Row = Mapping[str, Any]
ALL_PROJECTS = -1
_NOT_ENDED = frozenset({"ACTIVE", "PAUSED", *ENDS})


def _is_open(row: Row) -> bool:
    return not row["archived"]


def _has_ended(row: Row) -> bool:
    return row["state"] in TERMINAL


@dataclass(frozen=True)
class Bulk:
    """An act for many. Of what filters find it takes only its candidates, silently; `states` count where the filters name none."""

    act: Act
    is_candidate: Callable[[Row], bool] = _is_open
    states: frozenset[str] | None = None


BULK: Mapping[str, Bulk] = {
    "ActivateExperiments": Bulk(acts.activate, states=frozenset({"PAUSED"})),
    "PauseExperiments": Bulk(acts.pause, states=frozenset({"ACTIVE"})),
    "CancelExperiments": Bulk(acts.cancel, states=_NOT_ENDED),
    "KillExperiments": Bulk(acts.kill, states=_NOT_ENDED),
    "ArchiveExperiments": Bulk(acts.archive, lambda row: _is_open(row) and _has_ended(row)),
    "UnarchiveExperiments": Bulk(acts.unarchive, lambda row: not _is_open(row) and _has_ended(row)),
    "DeleteExperiments": Bulk(acts.delete, _has_ended),
}


def _service(bulk: Bulk) -> Callable[[Call, Any], dict[str, Any]]:
    def service(call: Call, request: Any) -> dict[str, Any]:
        return {"results": results_of(call, request, bulk)}
    return service


for _name, _bulk in BULK.items():
    rpc(_name)(_service(_bulk))


@rpc("MoveExperiments")
def move_experiments(call: Call, request: Any) -> dict[str, Any]:
    """Many into another project; from and into archived ones nothing moves."""
    target = acts.open_project(call, request.destination_project_id)
    moved: list[Row] = []

    def is_put_away(experiment: Row) -> bool:
        return experiment["archived"] or is_archived(call.db, call.db.projects.row(experiment["project_id"]))

    def move(call: Call, experiment: Row) -> None:
        if is_put_away(experiment):
            raise FailedPrecondition("Experiment is archived.")
        moved.append(experiment)

    results = results_of(call, request, Bulk(move, lambda row: not is_put_away(row)))
    moving.move_experiments(call.db, moved, target["id"])
    return {"results": results}


def results_of(call: Call, request: Any, bulk: Bulk) -> list[dict[str, Any]]:
    """Failures first. Who names an experiment twice reads twice that it is not there."""
    numbers = list(request.experiment_ids if request.filters is None else _found(call, request, bulk))
    errors = {number: _error(call, request, number, bulk.act) for number in dict.fromkeys(numbers)}
    absent = [number for number in numbers if isinstance(errors[number], NotFound)]
    present = [number for number, error in errors.items() if not isinstance(error, NotFound)]
    found = [{"id": number, "error": "" if (error := errors[number]) is None else error.as_go_text()} for number in absent + present]
    return sorted(found, key=lambda result: not result["error"])


def _error(call: Call, request: Any, number: int, act: Act) -> MasterError | None:
    try:
        experiment = finding.experiment(call.db, number)
        if request.project_id not in (ALL_PROJECTS, experiment["project_id"]):
            raise missing("experiment", number)
        act(call, experiment)
    except MasterError as error:
        return error
    return None


def _found(call: Call, request: Any, bulk: Bulk) -> Iterable[int]:
    if bulk.act is acts.unarchive and (request.filters.archived is None or call.settings.upstream):
        raise Internal('ERROR: column reference "archived" is ambiguous (SQLSTATE 42702)')
    conditions = [bulk.is_candidate, *_conditions(request, bulk)]
    return [row["id"] for row in call.db.experiments.rows() if all(condition(row) for condition in conditions)]


def _conditions(request: Any, bulk: Bulk) -> Iterator[Condition]:
    yield from filtered(request.filters, bulk.states)
    if request.project_id != ALL_PROJECTS:
        yield lambda row: row["project_id"] == request.project_id

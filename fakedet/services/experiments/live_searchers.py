"""The searchers of a world's experiments, kept between the events that they are told.

An experiment's row holds its searcher's state at some moment, the table `search_events` what it was told since; that state and those
events make the searcher again after a restart, a rollback or a snapshot. So an event costs the same however many trials there are.
"""
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Callable, Mapping

from fakedet.domain.searchers import Operation, Searcher

if TYPE_CHECKING:
    from fakedet.world import World

Row = Mapping[str, Any]
#: What a searcher can be told.
EVENTS: Mapping[str, Callable[..., "list[Operation] | None"]] = {
    "created": Searcher.trial_created, "progressed": Searcher.trial_progressed, "validated": Searcher.validation_completed,
    "exited_early": Searcher.trial_exited_early, "exited": Searcher.trial_exited}
#: Events after which the state is stored anew: so many at least, and so many for each trial in it.
FEWEST, OF_A_TRIAL = 200, 4


@dataclass
class _Live:
    """A searcher, and by what it is known to be up to date: the stored state it began with, how many events it was told, the last one."""

    searcher: Searcher
    base: Mapping[str, Any]
    told: int = 0
    last: Row | None = None


class LiveSearchers:
    """The searchers of one world by experiment."""

    def __init__(self, world: "World"):
        self._db = world.db
        self._live: dict[int, _Live] = {}

    def begin(self, experiment: Row) -> list[Operation]:
        """A search begins, perhaps once more: the trials to begin with."""
        searcher = Searcher(experiment["config"])
        operations = searcher.initial_trials()
        self._store(experiment["id"], searcher)
        return operations

    def tell(self, experiment: Row, event: str, request_id: str, *value: Any) -> list[Operation]:
        """Tell the searcher; what it wants done. Raises SearcherError for metrics that it cannot read, and then nothing was told."""
        if event == "validated" and not self.hear_validations(experiment):
            return []
        live = self._up_to_date(experiment)
        try:
            operations = EVENTS[event](live.searcher, request_id, *value)
        except BaseException:
            del self._live[experiment["id"]]
            raise
        live.last = self._db.search_events.row(self._db.search_events.insert(
            {"experiment_id": experiment["id"], "event": event, "request_id": request_id, "value": list(value)}))
        live.told += 1
        if live.told >= max(FEWEST, OF_A_TRIAL * len(live.base["trials_created"])):
            self._store(experiment["id"], live.searcher)
        return operations or []

    def hear_validations(self, experiment: Row) -> bool:
        """Whether validations can make a difference to the search: its config alone says so."""
        live = self._live.get(experiment["id"]) or self._up_to_date(experiment)
        return live.searcher.hears_validations

    def of(self, experiment: Row) -> Searcher:
        """The searcher of the experiment, to be asked and not to be told."""
        return self._up_to_date(experiment).searcher

    def _up_to_date(self, experiment: Row) -> _Live:
        live = self._live.get(experiment["id"])
        if live is None or not self._knows_all(live, experiment):
            live = self._live[experiment["id"]] = self._made_again(experiment)
        return live

    def _knows_all(self, live: _Live, experiment: Row) -> bool:
        events = self._db.search_events
        return (live.base is experiment["searcher"] and events.tally(experiment_id=experiment["id"]) == live.told
                and (live.last is None or events.row(live.last["id"]) is live.last))

    def _made_again(self, experiment: Row) -> _Live:
        searcher = Searcher.load(experiment["config"], experiment["searcher"])
        events = self._db.search_events.rows(experiment_id=experiment["id"])
        for row in events:
            EVENTS[row["event"]](searcher, row["request_id"], *row["value"])
        return _Live(searcher, experiment["searcher"], len(events), events[-1] if events else None)

    def _store(self, experiment_id: int, searcher: Searcher) -> None:
        """Keep the state as it is now in place of all events."""
        state = searcher.save()
        for row in self._db.search_events.rows(experiment_id=experiment_id):
            self._db.search_events.delete(row["id"])
        self._db.experiments.change(experiment_id, searcher=state)
        self._live[experiment_id] = _Live(searcher, state)

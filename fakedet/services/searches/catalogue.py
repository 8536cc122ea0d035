"""The subjects of searches with what was computed about them, kept between requests: a page costs what is on it, a change what it touches.

A sort needs a key of every subject, a filter its verdict on every one. Both are computed once and forgotten for those subjects
that a commit touches; in the lists made of them only these subjects find their place anew.
"""
from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, Callable, Collection, Hashable, Mapping, NamedTuple, Sequence, TypeVar

from fakedet.domain.filters import Filter
from fakedet.services.searches import subjects
from fakedet.services.searches.facts import Fact
from fakedet.services.searches.filtering import verdict_on
from fakedet.services.searches.listings import Listings, contains, kept, renew_members, renew_places
from fakedet.services.searches.sorting import Order, place, sorted_ids
from fakedet.services.searches.subjects import Subject

if TYPE_CHECKING:
    from fakedet.store.state import Change
    from fakedet.world import World

T = TypeVar("T")
#: The fields of rows that subjects share, as far as filters and sorts read them.
SHARED = {"users": ("username", "display_name"), "projects": ("key", "archived", "workspace_id"), "workspaces": ("archived",)}


class Found(NamedTuple):
    """What a filter found, ascending, and what stands for it in memory."""

    key: Hashable
    ids: list[int]


class Catalogue(ABC):
    """The subjects of one kind. It follows the commits; nothing that is not committed may be read through it."""

    def __init__(self, world: "World"):
        self._db = world.db
        self._values: dict[Hashable, dict[int, Any]] = {}
        self._lists = Listings()
        self._answers: dict[Hashable, Any] = {}
        world.db.follow(self._follow)

    @abstractmethod
    def subject(self, number: int) -> Subject:
        """The subject with this id."""

    @abstractmethod
    def is_archived(self, subject: Subject) -> bool:
        """Whether a search leaves the subject out unless it is asked for archived ones."""

    @abstractmethod
    def _ids(self, project_id: int | None) -> list[int]:
        """The ids of the project, of all projects for None, ascending."""

    @abstractmethod
    def _has(self, project_id: int | None, number: int) -> bool:
        """Whether the id is one of them."""

    @abstractmethod
    def _touched(self, change: "Change") -> Collection[int]:
        """The subjects that a change of an experiment or a trial may make different."""

    def found(self, project_id: int | None, wanted: Filter, text: str | None, now: int) -> Found:
        """The project's subjects that pass the filter, which was read from `text`."""
        key = (project_id, *self._moment(text, wanted, now))

        def passing(ids: list[int]) -> list[int]:
            return self._passing(ids, wanted, ("verdict", *key[1:]), now)

        def belongs(number: int) -> bool:
            return self._has(project_id, number) and bool(passing([number]))

        def renew(ids: list[int], touched: set[int]) -> None:
            renew_members(ids, touched, belongs)
        return Found(key, self._lists.current(key, lambda: passing(self._ids(project_id)), renew))

    def ordered(self, found: Found, orders: Sequence[Order], now: int) -> list[int]:
        """What was found, in this order."""
        columns = [("key", order.name, now if order.follows_time else None) for order in orders]
        directions = [order.descends for order in orders]

        def make() -> list[int]:
            keys = [self.known(found.ids, column, order.key) for column, order in zip(columns, orders)]
            return sorted_ids(found.ids, list(zip(keys, directions)))

        def place_of(number: int) -> Any:
            keys = [self.known([number], column, order.key)[number] for column, order in zip(columns, orders)]
            return place(list(zip(keys, directions)), number)

        def renew(ids: list[int], touched: set[int]) -> None:
            renew_places(ids, touched, lambda number: contains(found.ids, number), place_of)
        return self._lists.current((found.key, *columns, *directions), make, renew)

    def _passing(self, ids: list[int], wanted: Filter, what: Hashable, now: int) -> list[int]:
        if not wanted.shows_archived:
            archived = self.known(ids, "archived", self.is_archived)
            ids = [number for number in ids if not archived[number]]
        if wanted.test is None:
            return ids
        verdicts = self.known(ids, what, verdict_on(self._db, now, wanted))
        return [number for number in ids if verdicts[number]]

    def _moment(self, text: str | None, wanted: Filter, now: int) -> tuple[Hashable, ...]:
        """What stands for the verdicts of a filter: its text, and when they were given where that matters."""
        return (text, now if wanted.follows_time else None, self._lists.touches if wanted.follows_others else None)

    def unchanged(self, what: Hashable, make: Callable[[], T]) -> T:
        """What `make` made when `what` was last asked for, if nothing has changed since."""
        answer: T = kept(self._answers, (what, self._lists.touches), make)
        return answer

    def known(self, ids: Sequence[int], what: Hashable, fact: Fact) -> Mapping[int, Any]:
        """The values of the fact that `what` stands for, computed for those of these subjects whose value is not known."""
        known = kept(self._values, what, dict)
        for number in ids:
            if number not in known:
                known[number] = fact(self.subject(number))
        return known

    def _follow(self, changes: Sequence["Change"]) -> None:
        for change in changes:
            if change.table in ("experiments", "trials"):
                self._forget(self._touched(change))
            elif change.table in SHARED and _is_seen(change):
                self._values.clear()
                self._answers.clear()
                self._lists.clear()

    def _forget(self, numbers: Collection[int]) -> None:
        self._lists.touch(numbers)
        for number in numbers:
            for known in self._values.values():
                known.pop(number, None)


class Experiments(Catalogue):
    """Experiments with their best trials; those that are being deleted are not searched."""

    def subject(self, number: int) -> Subject:
        """The experiment."""
        return subjects.of_experiment(self._db, self._db.experiments.row(number))

    def is_archived(self, subject: Subject) -> bool:
        """Whether the experiment is archived."""
        return bool(subject.experiment["archived"])

    def _ids(self, project_id: int | None) -> list[int]:
        rows = self._db.experiments.rows() if project_id is None else self._db.experiments.rows(project_id=project_id)
        return [row["id"] for row in rows if row["state"] != "DELETING"]

    def _has(self, project_id: int | None, number: int) -> bool:
        row = self._db.experiments.row(number)
        return row is not None and row["state"] != "DELETING" and project_id in (None, row["project_id"])

    def _touched(self, change: "Change") -> Collection[int]:
        if change.table == "experiments":
            return (change.id,)
        return {row["experiment_id"] for row in (change.old, change.new) if row is not None}


class Runs(Catalogue):
    """Runs with their experiments."""

    def subject(self, number: int) -> Subject:
        """The run."""
        return subjects.of_run(self._db, self._db.trials.row(number))

    def is_archived(self, subject: Subject) -> bool:
        """Whether the run or its experiment is archived."""
        return subject.is_archived_run

    def _ids(self, project_id: int | None) -> list[int]:
        rows = self._db.trials.rows() if project_id is None else self._db.trials.rows(project_id=project_id)
        return [row["id"] for row in rows]

    def _has(self, project_id: int | None, number: int) -> bool:
        row = self._db.trials.row(number)
        return row is not None and project_id in (None, row["project_id"])

    def _touched(self, change: "Change") -> Collection[int]:
        if change.table == "trials":
            return (change.id,)
        return [trial["id"] for trial in self._db.trials.rows(experiment_id=change.id)]


def _is_seen(change: "Change") -> bool:
    """Whether searches can see that a shared row has changed; nothing refers to a new one yet."""
    if change.old is None or change.new is None:
        return change.new is None
    return any(change.old[name] != change.new[name] for name in SHARED[change.table])

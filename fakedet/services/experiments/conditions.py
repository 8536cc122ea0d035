"""What lists and bulk actions ask of experiments alike: texts in their config, labels, states (master: api_experiment.go, bulk_action.go)."""
from __future__ import annotations

from typing import Any, Collection, Iterable, Iterator, Mapping

from fakedet.domain.errors import Internal
from fakedet.domain.sql_text import like
from fakedet.services.matching import Condition

Row = Mapping[str, Any]
#: The states that can be stored, in the order of the database's enum.
STORED = ("ACTIVE", "PAUSED", "STOPPING_CANCELED", "STOPPING_KILLED", "STOPPING_COMPLETED", "STOPPING_ERROR", "DELETING", "CANCELED",
          "COMPLETED", "ERROR", "DELETE_FAILED", "RUNNING")


def contains(name: str, text: str) -> Condition:
    """The config's `name` has the text in it. The master doubles the signs around it, so an escape at its end makes one a plain sign."""
    matches = like(f"%%{text}%%")
    return lambda row: row["config"].get(name) is not None and matches(row["config"][name])


def labelled(labels: Iterable[str]) -> Condition:
    """All labels are there; the master joins them with commas before it takes them apart again."""
    joined = ",".join(labels)
    wanted = set(joined.split(",")) if joined else set()
    return lambda row: wanted <= set(row["config"].get("labels") or [])


def stored_states(states: Iterable[Any]) -> set[str]:
    """The states of a request as they are stored; one that the database's enum lacks is an error there."""
    wanted = {str(state).removeprefix("STATE_") for state in states}
    for state in sorted(wanted - set(STORED)):
        raise Internal(f'ERROR: invalid input value for enum experiment_state: "{state}" (SQLSTATE 22P02)')
    return wanted


def meets(row: Row, filters: Any) -> bool:
    """Whether an experiment meets all filters of a request."""
    return all(condition(row) for condition in filtered(filters))


def filtered(filters: Any, states: Collection[str] | None = None) -> Iterator[Condition]:
    """The filters of a bulk action; `states` count where they name none."""
    states = stored_states(filters.states) or states
    if states is not None:
        yield lambda row: row["state"] in states
    if filters.project_id:
        yield lambda row: row["project_id"] == filters.project_id
    if filters.archived is not None:
        yield lambda row: row["archived"] == filters.archived
    if filters.user_ids:
        yield lambda row: row["owner_id"] in filters.user_ids
    yield lambda row: row["id"] not in filters.excluded_experiment_ids
    yield labelled(filters.labels)
    yield from (contains(name, text) for name, text in (("name", filters.name), ("description", filters.description)) if text)

"""Facts of subjects, as the master's expressions have them: filters and sort keys are made of these."""
from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Callable, Iterable, Mapping

from fakedet.domain import run_hyperparameters, run_metadata
from fakedet.domain.searcher_metric import rank
from fakedet.domain.sql_casts import as_double
from fakedet.services.searches.subjects import Subject, runs

if TYPE_CHECKING:
    from fakedet.domain.filters import Leaf
    from fakedet.store import Database

Fact = Callable[[Subject], Any]
SECOND = 1_000_000


def of_experiment(field: str) -> Fact:
    """A field of the experiment's row."""
    return lambda subject: subject.experiment[field]


def of_run(field: str) -> Fact:
    """A field of the run's row; null without a run."""
    return lambda subject: None if subject.run is None else subject.run[field]


def of_config(*path: str) -> Fact:
    """What stands at `path` in the config."""
    def fact(subject: Subject) -> Any:
        return within(subject.experiment["config"], path)
    return fact


def within(document: Any, path: Iterable[str]) -> Any:
    """What stands at `path`, null where it leads nowhere (PostgreSQL: `->`)."""
    for key in path:
        document = document.get(key) if isinstance(document, Mapping) else None
    return document


def searcher_metric(subject: Subject) -> float | None:
    """The searcher metric of the run."""
    return None if subject.run is None else as_double(subject.run["searcher_metric_value"])


def best_searcher_metric(db: "Database", signed: Callable[[Subject, Any], float | None]) -> Fact:
    """The searcher metric of the trial whose signed one is least."""
    def fact(subject: Subject) -> float | None:
        trials = db.trials.rows(experiment_id=subject.experiment["id"])
        best = min(trials, key=lambda trial: rank(signed(subject, trial)), default=None)
        return None if best is None else as_double(best["searcher_metric_value"])
    return fact


def stored_sign(subject: Subject, trial: Any) -> float | None:
    """The searcher metric so that less is better, as it was stored."""
    return as_double(trial["searcher_metric_value_signed"])


def sign_of_config(subject: Subject, trial: Any) -> float | None:
    """The searcher metric so that less is better, by what the config says now."""
    value = as_double(trial["searcher_metric_value"])
    smaller_is_better = subject.experiment["config"]["searcher"].get("smaller_is_better") is not False
    return value if value is None or smaller_is_better else -value


def trial_count(db: "Database") -> Fact:
    """How many trials the experiment has."""
    return lambda subject: db.trials.tally(experiment_id=subject.experiment["id"])


def percent(subject: Subject) -> int:
    """The progress of the experiment as filters see it."""
    return round((subject.experiment["progress"] or 0) * 100)


def seconds_of_experiment(now: int) -> Fact:
    """How long the experiment has lasted."""
    return lambda subject: _seconds(subject.experiment, now)


def seconds_of_run(now: int) -> Fact:
    """How long the run has lasted; null without a run."""
    return lambda subject: None if subject.run is None else _seconds(subject.run, now)


def _seconds(row: Mapping[str, Any], now: int) -> float:
    end = row["end_time"]
    return ((now if end is None else end) - row["start_time"]) / SECOND


def local_id(subject: Subject) -> str:
    """The name of the run within its project: `KEY-7`."""
    return f"{subject.project['key']}-{'' if subject.run is None else subject.run['local_id']}"


def is_multitrial(subject: Subject) -> bool:
    """Whether the experiment may have several runs."""
    return bool(subject.experiment["config"]["searcher"]["name"] != "single")


def hyperparameter_index(subject: Subject) -> Mapping[str, list["Leaf"]] | None:
    """The hyperparameters of the run; runs of unmanaged experiments are not indexed."""
    if subject.run is None:
        return None
    return {} if subject.experiment["unmanaged"] else run_hyperparameters.index_of(subject.run["hparams"])


def names_of_all(db: "Database", index: Callable[[Subject], Mapping[str, Any] | None]) -> Fact:
    """The names that the index has for any run at all, whatever the subject."""
    @functools.cache
    def names() -> frozenset[str]:
        return frozenset(name for subject in runs(db, None) for name in index(subject) or ())
    return lambda subject: names()


def metadata_index(subject: Subject) -> Mapping[str, list["Leaf"]] | None:
    """The metadata of the run."""
    return None if subject.run is None else run_metadata.index_of(subject.run["metadata"])

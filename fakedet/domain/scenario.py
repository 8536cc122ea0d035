"""What a configuration asks of synthetic trials under `data.fakedet`: how long they train, how they learn, how they fail.

    data:
      fakedet:
        batches: 1000                       # or {epochs: 10}, {records: 32000}
        seconds_per_batch: 0.1
        noise: 1.0                          # 0: smooth curves
        plateau: true                       # also overfits, diverges; without them chance decides
        batch_metrics: true                 # a loss for each batch within the training reports
        groups: [test]                      # reported with each validation
        system_metrics: true                # what the profiler reports
        failures: [{batch: 300, times: 2, trials: [1], exit_code: 1, log: "..."}]
        out_of_memory: {batch: 300}         # a failure with its line in the log
        stragglers: {share: 0.1, slowdown: 10}
        framework: pytorch                  # of the checkpoints, with the shapes of their parameters; also keras, keras_callback,
        parameters: {fc.weight: [10, 784]}  # keras_h5, saved_model, keras_archive, core
        whole_model: true                   # also model.pth, which clients up to 0.12.4 load
        files: {model.bin: 1000}            # what a script saves (framework core), sizes by path, and what it tells of it
        metadata: {origin: synthetic}
"""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Mapping

OUT_OF_MEMORY = ("RuntimeError: CUDA out of memory. Tried to allocate 2.00 GiB (GPU 0; 15.78 GiB total capacity; 13.61 GiB already allocated; "
                 "1.12 GiB free; 13.95 GiB reserved in total by PyTorch)")
_OF_CHECKPOINTS = ("framework", "parameters", "whole_model", "files", "metadata")
UNITS = ("batches", "records", "epochs")


class BadScenario(ValueError):
    """A setting under `data.fakedet` that cannot be; the text says what is possible."""


@dataclass(frozen=True)
class Failure:
    """Runs fail at `batch`: the first `times` of each trial (all if None), of the trials with these numbers within the experiment (all if None)."""

    batch: int
    times: int | None = None
    trials: tuple[int, ...] | None = None
    exit_code: int = 1
    log: str = "RuntimeError: this trial was asked to fail"

    def strikes(self, restarts: int, number: int) -> bool:
        """Whether a run fails of the trial of this number, which was restarted so often."""
        return (self.times is None or restarts < self.times) and (self.trials is None or number in self.trials)


@dataclass(frozen=True)
class Stragglers:
    """The share of trials, chosen by chance, that take `slowdown` times as long."""

    share: float = 0.0
    slowdown: float = 10.0


@dataclass(frozen=True)
class Scenario:
    """The checked settings; those of checkpoints are read where checkpoints are made."""

    batches: Any = None
    seconds_per_batch: float = 0.1
    noise: float = 1.0
    plateau: bool | None = None
    diverges: bool | None = None
    overfits: bool | None = None
    batch_metrics: bool = False
    groups: tuple[str, ...] = ()
    system_metrics: bool = False
    failures: tuple[Failure, ...] = ()
    stragglers: Stragglers = Stragglers()

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> "Scenario":
        """The scenario of a configuration; raises BadScenario."""
        data = config.get("data")
        wishes = data.get("fakedet") if isinstance(data, Mapping) else None
        if wishes is None:
            return cls()
        sent = _object(wishes, "data.fakedet", (*_READERS, "failures", "out_of_memory", *_OF_CHECKPOINTS))
        values = {name: read(sent[name], f"data.fakedet.{name}") for name, read in _READERS.items() if sent.get(name) is not None}
        return cls(**values, failures=_failures(sent))


def _failures(sent: Mapping[str, Any]) -> tuple[Failure, ...]:
    told = [] if sent.get("failures") is None else sent["failures"]
    if not isinstance(told, list):
        raise BadScenario(f"data.fakedet.failures is {told!r}; it must be a list of objects with a batch.")
    found = [_failure(entry, f"data.fakedet.failures[{place}]", {}) for place, entry in enumerate(told)]
    memory = sent.get("out_of_memory")
    if memory is not None:
        entry = memory if isinstance(memory, Mapping) else {"batch": memory}
        found.append(_failure(entry, "data.fakedet.out_of_memory", {"log": OUT_OF_MEMORY}))
    return tuple(sorted(found, key=lambda failure: failure.batch))


def _failure(entry: Any, path: str, defaults: Mapping[str, Any]) -> Failure:
    sent = _object(entry, path, tuple(_FAILURE_READERS))
    if sent.get("batch") is None:
        raise BadScenario(f"{path} has no batch; it must say at which batch the run fails.")
    values = {name: read(sent[name], f"{path}.{name}") for name, read in _FAILURE_READERS.items() if sent.get(name) is not None}
    return Failure(**{**defaults, **values})


def _object(value: Any, path: str, names: tuple[str, ...]) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise BadScenario(f"{path} is {value!r}; it must be an object.")
    unknown = sorted(set(value) - set(names))
    if unknown:
        raise BadScenario(f"{path} has no setting {unknown[0]!r}; there are: {', '.join(sorted(names))}.")
    return value


def _number(low: float, *, whole: bool = False, above: bool = False, high: float | None = None) -> Callable[[Any, str], Any]:
    """A reader of numbers from `low` on, or beyond it."""
    def read(value: Any, path: str) -> Any:
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        fits = is_number and (value > low or (value == low and not above)) and (high is None or value <= high)
        if not fits or (whole and value != int(value)):
            kind, start = "a whole number" if whole else "a number", f"above {low:g}" if above else f"of {low:g} or more"
            raise BadScenario(f"{path} is {value!r}; it must be {kind} {start}{'' if high is None else f', at most {high:g}'}.")
        return int(value) if whole else float(value)
    return read


def _yes_or_no(value: Any, path: str) -> bool:
    if not isinstance(value, bool):
        raise BadScenario(f"{path} is {value!r}; it must be true or false.")
    return value


def _text(value: Any, path: str) -> str:
    if not isinstance(value, str):
        raise BadScenario(f"{path} is {value!r}; it must be a text.")
    return value


def _length(value: Any, path: str) -> Any:
    """A number of batches, or one entry of a unit."""
    if not isinstance(value, Mapping):
        return _number(1, whole=True)(value, path)
    if len(value) != 1 or next(iter(value)) not in UNITS:
        raise BadScenario(f"{path} is {value!r}; it must name one of: {', '.join(UNITS)}.")
    return {unit: _number(1, whole=True)(count, f"{path}.{unit}") for unit, count in value.items()}


def _several(read: Callable[[Any, str], Any]) -> Callable[[Any, str], tuple[Any, ...]]:
    def read_all(value: Any, path: str) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise BadScenario(f"{path} is {value!r}; it must be a list.")
        return tuple(read(item, f"{path}[{place}]") for place, item in enumerate(value))
    return read_all


def _group(value: Any, path: str) -> str:
    if not isinstance(value, str) or not value or "." in value or value in ("training", "validation"):
        raise BadScenario(f"{path} is {value!r}; it must be the name of a group beside training and validation, without a dot.")
    return value


def _stragglers(value: Any, path: str) -> Stragglers:
    readers = {"share": _number(0, high=1), "slowdown": _number(0, above=True)}
    sent = _object(value, path, tuple(readers))
    return Stragglers(**{name: readers[name](entry, f"{path}.{name}") for name, entry in sent.items()})


_READERS: Mapping[str, Callable[[Any, str], Any]] = {
    "batches": _length, "seconds_per_batch": _number(0, above=True), "noise": _number(0), "plateau": _yes_or_no, "diverges": _yes_or_no,
    "overfits": _yes_or_no, "batch_metrics": _yes_or_no, "groups": _several(_group), "system_metrics": _yes_or_no, "stragglers": _stragglers}
_FAILURE_READERS: Mapping[str, Callable[[Any, str], Any]] = {
    "batch": _number(1, whole=True), "times": _number(1, whole=True), "trials": _several(_number(1, whole=True)),
    "exit_code": _number(1, whole=True, high=255), "log": _text}

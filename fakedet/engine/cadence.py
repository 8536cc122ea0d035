"""When a synthetic trial reports, validates and saves, as the PyTorch Trainer does it (harness: pytorch/_pytorch_trial.py).

Training stops at every absolute multiple of the reporting, validation and checkpoint periods and at the end; there it reports, then
validates if due, then saves if due; at the end both are made up for. A period of 0 is off. Everything is counted in batches.
"""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Mapping

#: How long a synthetic trial trains where the configuration does not say.
DEFAULT_LENGTH = 1_000
DEFAULT_BATCH_SIZE = 32
DEFAULT_RECORDS_PER_EPOCH = 3_200


@dataclass(frozen=True)
class Cadence:
    """The boundaries of one trial.

    >>> cadence = Cadence(length=500, reporting=100, validation=250, checkpoint=0, policy="best")
    >>> cadence.boundaries(after=0)
    [100, 200, 250, 300, 400, 500]
    """

    length: int
    reporting: int
    validation: int
    checkpoint: int
    policy: str
    epoch: int = DEFAULT_RECORDS_PER_EPOCH // DEFAULT_BATCH_SIZE

    @classmethod
    def of(cls, config: Mapping[str, Any], hparams: Mapping[str, Any]) -> "Cadence":
        """The cadence that an experiment config asks for, for a trial with these hyperparameters."""
        units = Units.of(config, hparams)
        return cls(
            length=max(units.batches(_training_length(config)), 1),
            reporting=max(int(config.get("scheduling_unit") or 100), 1),
            validation=units.batches(config.get("min_validation_period")),
            checkpoint=units.batches(config.get("min_checkpoint_period")),
            policy=config.get("checkpoint_policy") or "best",
            epoch=units.batches({"epochs": 1}),
        )

    def next_boundary(self, after: int) -> int | None:
        """The first boundary beyond `after` batches; None at the end."""
        if after >= self.length:
            return None
        periods = [period for period in (self.reporting, self.validation, self.checkpoint) if period]
        return min([self.length, *((after // period + 1) * period for period in periods)])

    def previous_boundary(self, step: int) -> int:
        """The last boundary before `step`, 0 before the first."""
        periods = [period for period in (self.reporting, self.validation, self.checkpoint) if period]
        return max([(step - 1) // period * period for period in periods])

    def boundaries(self, after: int) -> list[int]:
        """All boundaries beyond `after` batches."""
        found = []
        step = self.next_boundary(after)
        while step is not None:
            found.append(step)
            step = self.next_boundary(step)
        return found

    def validates_at(self, step: int) -> bool:
        """Whether a validation is due at this boundary."""
        return step == self.length or _is_multiple(step, self.validation)

    def saves_at(self, step: int) -> bool:
        """Whether a checkpoint is due at this boundary, whatever the policy says of the validation there."""
        return step == self.length or _is_multiple(step, self.checkpoint)


@dataclass(frozen=True)
class Units:
    """How records and epochs count in batches."""

    batch_size: int
    records_per_epoch: int

    @classmethod
    def of(cls, config: Mapping[str, Any], hparams: Mapping[str, Any]) -> "Units":
        """From the hyperparameter global_batch_size and the config's records_per_epoch."""
        size = hparams.get("global_batch_size")
        batch_size = int(size) if isinstance(size, (int, float)) and size >= 1 else DEFAULT_BATCH_SIZE
        return cls(batch_size, config.get("records_per_epoch") or DEFAULT_RECORDS_PER_EPOCH)

    def batches(self, length: Any) -> int:
        """A length of a config, as {batches: n}, {records: n}, {epochs: n} or n, in batches; 0 for none."""
        named: Mapping[str, Any] = length if isinstance(length, Mapping) else {"batches": length}
        unit, count = next(iter(named.items()), ("batches", None))
        return {"batches": self._of_batches, "records": self._of_records, "epochs": self._of_epochs}[unit](int(count or 0))

    def _of_batches(self, count: int) -> int:
        return count

    def _of_records(self, count: int) -> int:
        return max(count // self.batch_size, 1) if count else 0

    def _of_epochs(self, count: int) -> int:
        return self._of_records(count * self.records_per_epoch)


def _training_length(config: Mapping[str, Any]) -> Any:
    """What `data.fakedet.batches` asks for, else the searcher's maximum length or time, else the default."""
    asked = ((config.get("data") or {}).get("fakedet") or {}).get("batches")
    searcher = config.get("searcher") or {}
    return asked or searcher.get("max_length") or _longest_rung(searcher) or DEFAULT_LENGTH


def _longest_rung(searcher: Mapping[str, Any]) -> Any:
    if searcher.get("time_metric") in (None, "batches"):
        return searcher.get("max_time")
    return {"epochs": searcher["max_time"]} if searcher.get("time_metric") == "epochs" and searcher.get("max_time") else None


def _is_multiple(step: int, period: int) -> bool:
    return period > 0 and step % period == 0

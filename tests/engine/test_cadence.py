"""When a synthetic trial validates and saves: the sequences of the PyTorch Trainer."""
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakedet.engine.cadence import Cadence, Units


def events(cadence: Cadence, metrics: dict[int, float]) -> str:
    """The validations and checkpoints of a trial whose validations give `metrics`, smaller is better."""
    found, best = [], None
    for step in cadence.boundaries(after=0):
        saves = cadence.saves_at(step)
        if cadence.validates_at(step):
            found.append(f"V{step}")
            improves = best is None or metrics[step] < best
            best = metrics[step] if improves else best
            saves |= cadence.policy == "all" or (cadence.policy == "best" and improves)
        if saves:
            found.append(f"C{step}")
    return " ".join(found)


IMPROVING = {step: 1 / step for step in range(1, 1001)}
BUMPY = {250: 0.5, 500: 0.7, 750: 0.4, 1000: 0.6}


@pytest.mark.parametrize("length, reporting, validation, checkpoint, policy, metrics, expected", [
    (500, 100, 0, 0, "best", IMPROVING, "V500 C500"),
    (1000, 100, 250, 0, "best", IMPROVING, "V250 C250 V500 C500 V750 C750 V1000 C1000"),
    (1000, 100, 250, 0, "best", BUMPY, "V250 C250 V500 V750 C750 V1000 C1000"),
    (1000, 100, 250, 0, "none", BUMPY, "V250 V500 V750 V1000 C1000"),
    (1000, 100, 250, 0, "all", BUMPY, "V250 C250 V500 C500 V750 C750 V1000 C1000"),
    (1000, 100, 0, 300, "best", IMPROVING, "C300 C600 C900 V1000 C1000"),
    (1000, 100, 250, 300, "best", BUMPY, "V250 C250 C300 V500 C600 V750 C750 C900 V1000 C1000"),
    (1000, 100, 250, 300, "none", BUMPY, "V250 C300 V500 C600 V750 C900 V1000 C1000"),
    (1000, 1000, 400, 0, "best", IMPROVING, "V400 C400 V800 C800 V1000 C1000"),
])
def test_validations_and_checkpoints_come_as_in_the_real_trainer(length: int, reporting: int, validation: int, checkpoint: int,
                                                                 policy: str, metrics: dict[int, float], expected: str) -> None:
    assert events(Cadence(length, reporting, validation, checkpoint, policy), metrics) == expected


def test_training_is_reported_at_every_boundary() -> None:
    assert Cadence(1000, 100, 250, 0, "best").boundaries(after=0) == [100, 200, 250, 300, 400, 500, 600, 700, 750, 800, 900, 1000]


@given(length=st.integers(1, 400), reporting=st.integers(1, 50), validation=st.integers(0, 50), checkpoint=st.integers(0, 50),
       restart=st.integers(0, 400))
def test_a_trial_resumed_anywhere_meets_the_boundaries_it_would_have_met(length: int, reporting: int, validation: int,
                                                                         checkpoint: int, restart: int) -> None:
    cadence = Cadence(length, reporting, validation, checkpoint, "best")
    assert cadence.boundaries(after=restart) == [step for step in cadence.boundaries(after=0) if step > restart]


@pytest.mark.parametrize("length, batches", [
    ({"batches": 7}, 7), ({"records": 640}, 20), ({"epochs": 2}, 200), (9, 9), (None, 0), ({"records": 1}, 1), ({"epochs": 0}, 0)])
def test_lengths_of_every_unit_count_in_batches(length: object, batches: int) -> None:
    assert Units(batch_size=32, records_per_epoch=3200).batches(length) == batches

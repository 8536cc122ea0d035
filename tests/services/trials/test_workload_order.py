"""The workloads of a trial by their steps, against sorting all of them."""
from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fakedet.services.trials.workload_order import ByStep, Reports, Workload

steps = st.integers(-3, 30)
parts = st.lists(st.lists(steps, unique=True).map(sorted), min_size=1, max_size=4)


def report(step: int, end_time: int) -> dict[str, int]:
    return {"total_batches": step, "end_time": end_time}


@given(parts, st.integers(0, 20), st.integers(0, 20))
def test_a_window_is_cut_from_all_by_step_and_end_time(of_parts, start, size) -> None:
    reports = [Reports("training", [report(step, end_time) for step in found]) for end_time, found in enumerate(of_parts)]
    everything = sorted((one for part in reports for one in part), key=lambda one: one[1:3])
    start = min(start, len(everything))
    end = min(start + size, len(everything))
    assert ByStep(reports).between(start, end) == everything[start:end]


def test_what_ties_has_no_order_of_its_own() -> None:
    one, other = Reports("training", [report(1, 5), report(2, 6)]), [Workload("checkpoint", 2, 6, {})]
    assert ByStep([one, other]).between(0, 1) == [one[0]]
    assert ByStep([one, other]).between(0, 2) is None


def test_few_of_many_are_looked_at() -> None:
    class Counted(Reports):
        looked_at = 0

        def _workload(self, row):
            Counted.looked_at += 1
            return super()._workload(row)

    rows = Counted("training", [report(step, 0) for step in range(100_000)])
    assert [one.total_batches for one in ByStep([rows]).between(70_000, 70_003) or ()] == [70_000, 70_001, 70_002]
    assert Counted.looked_at < 2_000

"""The searcher between events: whatever is undone, restored or opened again, it knows what it was told and nothing else."""
from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakedet.domain.searchers import Create, Searcher, SearcherError
from fakedet.services.experiments.live_searchers import FEWEST, LiveSearchers
from fakedet.world import World

SPACE = {"x": {"type": "double", "minval": 0, "maxval": 1}}
SEARCHES = [
    {"name": "random", "metric": "loss", "max_trials": 12, "max_concurrent_trials": 3},
    {"name": "adaptive_asha", "metric": "loss", "max_trials": 12, "max_time": 16, "time_metric": "batches", "max_concurrent_trials": 4}]
#: What happens: a trial by its number and what is told of it, or something that happens to the database.
HAPPENINGS = st.lists(st.one_of(
    st.tuples(st.sampled_from(["progressed", "validated", "exited", "exited_early"]), st.integers(0, 5)),
    st.sampled_from([("undone", 0), ("snapshot", 0), ("restored", 0), ("opened again", 0)])), max_size=30)


class Search:
    """An experiment's live searcher beside a plain one that is told the same."""

    def __init__(self, searcher):
        self.world = World()
        self.db = self.world.db
        config = {"searcher": searcher, "hyperparameters": SPACE, "reproducibility": {"experiment_seed": 3}}
        self.number = self.db.experiments.insert({"config": config, "searcher": None})
        self.live, self.plain = LiveSearchers(self.world), Searcher(config)
        self.trials, self.ended, self.kept = [], set(), None
        self.created(self.live.begin(self.experiment), self.plain.initial_trials())

    @property
    def experiment(self):
        return self.db.experiments.row(self.number)

    def tell(self, event, trial):
        value = {"progressed": [trial / 9], "validated": [{"loss": trial % 3, "batches": 4 * trial}], "exited_early": ["ERRORED"]}.get(event, [])
        call = {"progressed": self.plain.trial_progressed, "validated": self.plain.validation_completed, "exited": self.plain.trial_exited,
                "exited_early": self.plain.trial_exited_early}[event]
        request_id = self.trials[trial % len(self.trials)]
        if request_id not in self.ended:
            self.ended.update([request_id] if event == "exited" else [])
            self.created(self.live.tell(self.experiment, event, request_id, *value), call(request_id, *value) or [])

    def created(self, operations, expected):
        assert operations == expected
        for operation in operations:
            if isinstance(operation, Create):
                self.trials.append(operation.request_id)
                self.created(self.live.tell(self.experiment, "created", operation.request_id), self.plain.trial_created(operation.request_id))

    def undone(self):
        """Something is told in a transaction that fails."""
        with pytest.raises(RuntimeError), self.db.transaction():
            self.live.tell(self.experiment, "exited", self.trials[0])
            raise RuntimeError

    def keep(self):
        self.kept = self.db.snapshot(), self.plain.save(), list(self.trials), set(self.ended)

    def restore(self):
        if self.kept:
            snapshot, plain, self.trials, self.ended = self.kept[0], self.kept[1], list(self.kept[2]), set(self.kept[3])
            self.db.restore(snapshot)
            self.plain = Searcher.load(self.experiment["config"], plain)

    def happen(self, what, trial):
        other = {"undone": self.undone, "snapshot": self.keep, "restored": self.restore, "opened again": self.open_again}
        self.tell(what, trial) if what not in other else other[what]()
        assert self.live.of(self.experiment).progress() == self.plain.progress()

    def open_again(self):
        self.live = LiveSearchers(self.world)


@settings(max_examples=40)
@given(st.sampled_from(SEARCHES), HAPPENINGS)
def test_a_live_searcher_answers_as_one_that_was_told_the_same(searcher, happenings):
    search = Search(searcher)
    for what, trial in happenings:
        search.happen(what, trial)


def test_the_state_is_stored_anew_before_events_become_many():
    search = Search(SEARCHES[0])
    before = search.experiment["searcher"]
    for number in range(3 * FEWEST):
        search.tell("progressed", number)
        assert search.db.search_events.tally() < FEWEST
    assert search.experiment["searcher"] is not before
    assert search.live.of(search.experiment).progress() == LiveSearchers(search.world).of(search.experiment).progress() == search.plain.progress()


def test_metrics_that_cannot_be_read_change_nothing():
    search = Search(SEARCHES[1])
    with pytest.raises(SearcherError):
        search.live.tell(search.experiment, "validated", search.trials[0], {"loss": "high", "batches": 4})
    search.happen("validated", 1)

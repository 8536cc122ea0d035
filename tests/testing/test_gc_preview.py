"""`fake_determined.gc_preview(...)`: the reason for each checkpoint, in both semantics, and nothing deleted."""
from __future__ import annotations

from typing import Any


def test_it_tells_why_each_checkpoint_stays_or_goes(fake_determined: Any) -> None:
    experiment = fake_determined.experiment(validations=4)
    best, *others = experiment.list_checkpoints()
    latest = max(experiment.list_checkpoints(), key=lambda checkpoint: checkpoint.metadata["steps_completed"])
    preview = fake_determined.gc_preview(experiment, save_experiment_best=0, save_trial_best=1, save_trial_latest=1)
    assert preview.reasons[best.uuid] == "trial best 1"
    assert latest.uuid in preview.kept and set(preview.kept) <= {best.uuid, latest.uuid}
    assert sorted(preview.kept + preview.collected) == sorted([best.uuid, *(checkpoint.uuid for checkpoint in others)])
    assert len(experiment.list_checkpoints()) == 4


def test_the_experiments_own_policy_holds_where_no_number_is_given(fake_determined: Any) -> None:
    experiment = fake_determined.experiment(validations=3, gc=(2, 0, 0))
    assert fake_determined.gc_preview(experiment.id)["policy"] == {
        "save_experiment_best": 2, "save_trial_best": 0, "save_trial_latest": 0}


def test_models_and_sources_of_other_trials_are_named_as_reasons(fake_determined: Any) -> None:
    experiment = fake_determined.experiment(validations=3)
    registered, source, _ = experiment.list_checkpoints()
    fake_determined.model("m").register_version(registered.uuid)
    searcher = {"name": "single", "metric": "validation_loss", "source_checkpoint_uuid": source.uuid}
    fake_determined.experiment(config={"searcher": searcher})
    preview = fake_determined.gc_preview(experiment, save_experiment_best=0, save_trial_best=0, save_trial_latest=0)
    assert preview.reasons[registered.uuid] == "registered"
    assert preview.reasons[source.uuid] == "warm start source"
    assert len(preview.collected) == 1


def test_the_semantics_of_the_real_master_can_be_asked_too(fake_determined: Any) -> None:
    experiment = fake_determined.experiment(trials=2, validations=2)
    for trial in experiment.list_trials():
        first = min(trial.list_checkpoints(), key=lambda checkpoint: checkpoint.metadata["steps_completed"])
        first.remove_metadata(["steps_completed"])  # no longer validated, and ranks as the latest
    policy = {"save_experiment_best": 0, "save_trial_best": 0, "save_trial_latest": 1}
    documented = fake_determined.gc_preview(experiment, **policy)
    upstream = fake_determined.gc_preview(experiment, **policy, semantics="upstream")
    assert (len(documented.kept), len(upstream.kept)) == (2, 4)


def test_it_prints_as_a_table(fake_determined: Any) -> None:
    experiment = fake_determined.experiment(validations=2)
    preview = fake_determined.gc_preview(experiment, save_experiment_best=1, save_trial_best=0, save_trial_latest=0)
    lines = str(preview).splitlines()
    assert lines[0] == ("Experiment 1, metric validation_loss: save_experiment_best 1, save_trial_best 0, save_trial_latest 0 (documented)")
    assert lines[-1] == "1 of 2 checkpoints would be deleted."
    assert preview.kept[0] in str(preview)

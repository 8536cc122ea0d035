"""What the public guides of the platform show, done with the real client: checkpoints, the client module, garbage collection.

One test a section, in our own words; the calls are those of the guides. Old clients' guides are tested with the clients of their time.
"""
from __future__ import annotations

import re
import warnings
from pathlib import Path
from typing import Any

import pytest
from determined.experimental import checkpoint as checkpoints
from determined.experimental import client

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning")

CONFIG = """
name: guide
entrypoint: python3 train.py
searcher: {name: random, max_trials: 2, metric: loss, smaller_is_better: true}
hyperparameters: {learning_rate: {type: log, base: 10, minval: -4, maxval: -1}}
min_validation_period: {batches: 100}
checkpoint_policy: all
checkpoint_storage: {save_experiment_best: 0, save_trial_best: 5, save_trial_latest: 5}
data: {fakedet: {batches: 500}}
"""


@pytest.fixture()
def experiment(fake_determined: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> client.Experiment:
    """The experiment that a guide starts from, made as the client module's guide makes it; the working folder is a new one."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "train.py").write_text("print('train')\n")
    (tmp_path / "my_config.yaml").write_text(CONFIG)
    client.login()
    created = client.create_experiment(config="my_config.yaml", model_dir="model")
    assert created.wait(interval=0.01) == client.ExperimentState.COMPLETED
    return created


def metric(checkpoint: client.Checkpoint, name: str) -> float:
    return checkpoint.training.validation_metrics["avgMetrics"][name]


def losses(found: list[client.Checkpoint]) -> list[float]:
    return [metric(checkpoint, "loss") for checkpoint in found]


def test_checkpoints_come_best_first_by_the_searchers_metric(experiment: client.Experiment) -> None:
    found = losses(client.get_experiment(experiment.id).list_checkpoints())
    assert len(found) == 10 and found == sorted(found)


def test_any_metric_sorts_them_in_the_order_asked_for(experiment: client.Experiment) -> None:
    found = client.get_experiment(experiment.id).list_checkpoints(sort_by="accuracy", order_by=client.OrderBy.DESC)
    values = [metric(checkpoint, "accuracy") for checkpoint in found]
    assert len(values) == 10 and values == sorted(values, reverse=True)


def test_an_attribute_sorts_them_too(experiment: client.Experiment) -> None:
    found = experiment.list_checkpoints(sort_by=checkpoints.CheckpointSortBy.TRIAL_ID, order_by=client.OrderBy.DESC)
    trials = [checkpoint.training.trial_id for checkpoint in found]
    assert len(trials) == 10 and trials == sorted(trials, reverse=True)


def test_a_trial_gives_its_most_recent_its_most_accurate_and_a_certain_checkpoint(experiment: client.Experiment) -> None:
    trial = client.get_trial(experiment.get_trials()[0].id)
    recent = trial.list_checkpoints(sort_by=checkpoints.CheckpointSortBy.END_TIME, order_by=client.OrderBy.DESC, max_results=1)[0]
    accurate = trial.list_checkpoints(sort_by="accuracy", order_by=client.OrderBy.DESC, max_results=1)[0]
    assert recent.metadata["steps_completed"] == 500
    assert metric(accurate, "accuracy") == max(metric(checkpoint, "accuracy") for checkpoint in trial.list_checkpoints())
    assert client.get_checkpoint(uuid=recent.uuid).metadata == recent.metadata


def test_the_older_calls_choose_the_same_checkpoints(experiment: client.Experiment) -> None:
    best = experiment.list_checkpoints()[0]
    trial = client.get_trial(best.training.trial_id)
    assert experiment.top_checkpoint().uuid == trial.top_checkpoint().uuid == best.uuid
    assert metric(experiment.top_checkpoint(sort_by="accuracy", smaller_is_better=False), "accuracy") == max(
        metric(checkpoint, "accuracy") for checkpoint in experiment.list_checkpoints())
    top = experiment.top_n_checkpoints(2)
    assert {checkpoint.training.trial_id for checkpoint in top} == {1, 2} and losses(top) == sorted(losses(top))
    assert trial.select_checkpoint(latest=True).metadata["steps_completed"] == 500
    assert trial.select_checkpoint(best=True).uuid == trial.select_checkpoint(uuid=best.uuid).uuid == best.uuid


def test_a_download_lands_under_checkpoints_or_where_it_is_told(experiment: client.Experiment) -> None:
    best = experiment.list_checkpoints()[0]
    assert best.download() == str(Path("checkpoints") / best.uuid)
    assert best.download(path="elsewhere") == "elsewhere"
    for folder in (Path("checkpoints") / best.uuid, Path("elsewhere")):
        assert {path.name: str(path.stat().st_size) for path in folder.iterdir()} == best.resources


def test_metadata_are_merged_by_their_top_level_keys(experiment: client.Experiment) -> None:
    best = experiment.list_checkpoints()[0]
    best.add_metadata({"environment": "production"})
    best.add_metadata({"metrics": {"loss": 0.12}})
    best.add_metadata({"metrics": {"acc": 0.92}})
    assert best.metadata == {"environment": "production", "metrics": {"acc": 0.92}, "steps_completed": best.metadata["steps_completed"]}
    best.remove_metadata(["metrics"])
    best.reload()
    assert set(best.metadata) == {"environment", "steps_completed"}


@pytest.mark.parametrize("command, count", [
    ("checkpoint download {uuid}", 1), ("trial download {trial} --best", 1), ("trial download {trial} --latest", 1),
    ("experiment download {experiment}", 1), ("experiment download {experiment} --top-n 2", 2)])
def test_the_cli_downloads_and_tells_where(fake_determined: Any, experiment: client.Experiment, command: str, count: int) -> None:
    """`trial download --uuid` of the guide is left out: the CLI of 0.38.1 refuses it before it asks the master."""
    best = experiment.list_checkpoints()[0]
    shown = fake_determined.det(command.format(uuid=best.uuid, trial=best.training.trial_id, experiment=experiment.id))
    folders = re.findall(r"Local checkpoint path:\s+(\S+)", shown.stdout)
    assert shown.exit_code == 0 and len(folders) == count, shown
    assert all((Path(folder) / "metadata.json").is_file() for folder in folders)
    assert "Steps Completed" in shown.stdout and "Validation Metrics" in shown.stdout


def test_the_cli_downloads_to_a_folder_of_choice(fake_determined: Any, experiment: client.Experiment) -> None:
    assert fake_determined.det("trial download 1 --best --output-dir local_checkpoint").exit_code == 0
    assert Path("local_checkpoint/metadata.json").is_file()


def test_a_new_policy_asks_shows_what_goes_and_collects(fake_determined: Any, experiment: client.Experiment) -> None:
    command = f"experiment set gc-policy --save-experiment-best 0 --save-trial-best 1 --save-trial-latest 0 {experiment.id}"
    best = {trial.id: trial.list_checkpoints()[0].uuid for trial in experiment.get_trials()}
    assert "8" in (asked := fake_determined.det(command, stdin="n\n")).stdout and len(experiment.list_checkpoints()) == 10, asked
    assert fake_determined.det(command, stdin="y\n").exit_code == 0
    left = [c for c in experiment.list_checkpoints() if c.state == client.CheckpointState.COMPLETED]
    assert {checkpoint.training.trial_id: checkpoint.uuid for checkpoint in left} == best


def test_a_model_has_versions_that_are_checkpoints(experiment: client.Experiment) -> None:
    model = client.create_model("mnist", description="digits", metadata={"team": "vision"})
    best, second = experiment.list_checkpoints()[:2]
    assert model.register_version(best.uuid).model_version == 1
    assert client.get_model("mnist").register_version(second.uuid).model_version == 2
    assert [version.model_version for version in model.get_versions()] == [2, 1]
    assert model.get_version(1).checkpoint.uuid == best.uuid and model.get_version().checkpoint.uuid == second.uuid
    model.add_metadata({"owner": "me"})
    model.remove_metadata(["team"])
    model.set_labels(["better"])
    assert client.get_model(model.model_id).metadata == {"owner": "me"} and client.get_model_labels() == ["better"]
    model.archive()
    assert [found.archived for found in client.get_models(name="mnist")] == [True]


TORCH_MODEL = """
import torch
from determined import pytorch


class MyTrial(pytorch.PyTorchTrial):
    def __init__(self, context):
        self.model = context.wrap_model(torch.nn.Linear(3, 2))
        self.optimizer = context.wrap_optimizer(torch.optim.SGD(self.model.parameters(), lr=0.1))

    def train_batch(self, batch, epoch_idx, batch_idx): ...
    def evaluate_batch(self, batch): ...
    def build_training_data_loader(self): ...
    def build_validation_data_loader(self): ...
"""
KERAS_MODEL = """
import tensorflow as tf
from determined import keras


class MyTrial(keras.TFKerasTrial):
    def __init__(self, context):
        self.context = context

    def build_model(self):
        return tf.keras.Sequential([tf.keras.layers.Dense(2, input_shape=(3,))])

    def build_training_data_loader(self): ...
    def build_validation_data_loader(self): ...
"""


def trained(folder: Path, code: str, parameters: dict[str, Any]) -> client.Checkpoint:
    """The best checkpoint of an experiment with this trial class, whose model has these parameters."""
    (folder / "model_def.py").write_text(code)
    config = {"name": "guide", "entrypoint": "model_def:MyTrial", "searcher": {"name": "single", "metric": "loss", "max_length": {"batches": 200}},
              "hyperparameters": {"global_batch_size": 8}, "optimizations": {}, "data": {"fakedet": {"parameters": parameters}}}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        client.login()
        return client.create_experiment(config, str(folder)).list_checkpoints()[0]


@pytest.mark.slow
def test_a_pytorch_checkpoint_loads_as_the_users_trial_and_predicts(fake_determined: Any, tmp_path: Path) -> None:
    torch = pytest.importorskip("torch", reason="loading needs torch: any CPU build, such as Debian's python3-torch")
    from determined import pytorch

    best = trained(tmp_path, TORCH_MODEL, {"weight": [2, 3], "bias": [2]})
    trial = pytorch.load_trial_from_checkpoint_path(best.download(str(tmp_path / "c")))
    assert trial.model(torch.ones(4, 3)).shape == (4, 2)


@pytest.mark.slow
def test_a_keras_checkpoint_loads_as_the_users_model_and_predicts(fake_determined: Any, tmp_path: Path) -> None:
    tensorflow = pytest.importorskip("tensorflow", reason="loading needs tensorflow-cpu 2.15")
    from determined import keras

    best = trained(tmp_path, KERAS_MODEL, {"layer_with_weights-0/kernel": [3, 2], "layer_with_weights-0/bias": [2]})
    model = keras.load_model_from_checkpoint_path(best.download(str(tmp_path / "c")))
    assert model(tensorflow.ones((4, 3))).shape == (4, 2)

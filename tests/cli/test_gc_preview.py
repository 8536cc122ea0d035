"""`fakedet gc preview`: the verdict on each checkpoint with its reason, from a running fakedet or from a folder."""
from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from fakedet.cli.gc import command
from fakedet.gateway.server import Server
from fakedet.gateway.worlds import Worlds
from fakedet.settings import Settings
from fakedet.world import World

CONFIG = {"searcher": {"metric": "loss"}, "checkpoint_storage": {"save_experiment_best": 0, "save_trial_best": 1, "save_trial_latest": 1}}


def filled(world: World) -> World:
    """One trial: steps 10, 20, 30 with losses .5, NaN, none."""
    db = world.db
    with db.transaction():
        experiment = db.experiments.insert({"state": "COMPLETED", "config": CONFIG, "unmanaged": True})
        trial = db.trials.insert({"experiment_id": experiment, "hparams": {}, "run_steps": {"1": 30}})
        for step, loss in ((10, 0.5), (20, "NaN"), (30, None)):
            db.checkpoints.insert({"uuid": f"bbbbbbbb-0000-4000-8000-{step:012d}", "task_id": "t", "allocation_id": None, "trial_id": trial,
                                   "report_time": step, "state": "COMPLETED", "resources": {}, "metadata": {"steps_completed": step},
                                   "size": 0, "storage_id": None})
            if loss is not None:
                db.metrics.insert({"trial_id": trial, "trial_run_id": 1, "group": "validation", "total_batches": step, "archived": False,
                                   "metrics": {"validation_metrics": {"loss": loss}}})
    return world


@pytest.fixture
def url():
    worlds = Worlds(filled(World(Settings.build({"trials": "manual"}))))
    with Server(worlds) as server:
        yield server.url
    worlds.close()


def run(*arguments: object):
    return CliRunner().invoke(command, ["preview", *map(str, arguments)])


def verdicts(output: str) -> list[tuple[str, str]]:
    found = json.loads(output)["checkpoints"]
    return [("stays" if checkpoint["kept"] else "goes", checkpoint["reason"]) for checkpoint in found]


def test_each_checkpoint_is_shown_with_the_rule_that_keeps_it(url):
    lines = run(1, "--master", url).output.splitlines()
    assert lines[0] == "Experiment 1, metric loss: save_experiment_best 0, save_trial_best 1, save_trial_latest 1 (documented)"
    assert [line.split()[1:] for line in lines[2:5]] == [
        ["1", "10", "0.5", "COMPLETED", "stays", "trial", "best", "1"],
        ["1", "20", "nan", "COMPLETED", "goes", "no", "rule", "keeps", "it"],
        ["1", "30", "-", "COMPLETED", "stays", "trial", "latest", "1"]]
    assert lines[5] == "1 of 3 checkpoints would be deleted."


def test_numbers_that_are_given_replace_those_of_the_experiment(url):
    assert verdicts(run(1, "--master", url, "--save-trial-latest", 0, "--json").output) == [
        ("stays", "trial best 1"), ("goes", "collected"), ("goes", "collected")]


def test_the_folder_of_a_stopped_fakedet_is_read_too(tmp_path):
    filled(World(directory=tmp_path / "data")).close()
    assert verdicts(run(1, "--data", tmp_path / "data", "--json").output)[0] == ("stays", "trial best 1")


def test_a_folder_of_something_else_is_left_alone(tmp_path):
    result = run(1, "--data", tmp_path)
    assert result.exit_code != 0 and "holds no data of fakedet" in result.output
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("arguments", "told"), [
    ((9, "--master", "{url}"), "experiment '9' not found"),
    ((1, "--master", "http://127.0.0.1:9"), "No fakedet answers at http://127.0.0.1:9"),
    ((1,), "Give either --master URL or --data DIR."),
    ((1, "--master", "{url}", "--data", "."), "Give either --master URL or --data DIR."),
])
def test_what_cannot_be_told_is_said_in_one_line(url, arguments, told):
    result = run(*(str(argument).format(url=url) for argument in arguments))
    assert result.exit_code != 0 and told in result.output and "Traceback" not in result.output


@pytest.mark.parametrize(("query", "told"), [
    ("experiment=x", "The query needs experiment, an integer."), ("", "The query needs experiment, an integer."),
    ("experiment=1&save_trial_best=x", "The query needs save_trial_best, an integer."),
    ("experiment=1&semantics=other", "semantics must be one of: documented, upstream.")])
def test_the_control_route_refuses_what_it_cannot_read(query, told):
    from fakedet.gateway.wsgi import create_app

    worlds = Worlds(filled(World(Settings.build({"trials": "manual"}))))
    reply = create_app(worlds).test_client().get(f"/__fakedet/gc-preview?{query}")
    worlds.close()
    assert (reply.status_code, reply.json) == (400, {"message": told})

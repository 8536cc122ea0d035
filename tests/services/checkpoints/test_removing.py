"""Deleting checkpoints and files of them: what is refused, what goes, what stays, what a crash leaves."""
from __future__ import annotations

import pytest

from fakedet.services.checkpoints import executing
from fakedet.storage.base import StorageError
from fakedet.storage.shared_fs import SharedFsStorage
from fakedet.world import World

FILES = {"model.bin": b"x" * 10, "code/train.py": b"pass", "code/deep/x.py": b"", "notes.txt": b"hello"}
UNKNOWN = "bbbbbbbb-0000-4000-8000-000000000099"


@pytest.fixture
def trial(cluster):
    return cluster.trial(cluster.experiment())


def delete(cluster, *uuids, status=200):
    return cluster.call("DELETE", "/api/v1/checkpoints", {"checkpointUuids": uuids}, status)


def remove(cluster, uuid, *globs):
    return cluster.post("/api/v1/checkpoints/rm", {"checkpointUuids": [uuid], "checkpointGlobs": globs})


def test_a_deleted_checkpoint_loses_its_files_and_keeps_its_record(cluster, trial):
    uuid = cluster.checkpoint(trial, 10, FILES)
    before = cluster.show(uuid)
    assert delete(cluster, uuid) == {}
    assert cluster.show(uuid) == {**before, "state": "STATE_DELETED"}
    assert not cluster.storage.exists(uuid)


def test_totals_count_all_but_deleted_checkpoints(cluster, trial):
    first, second = cluster.checkpoint(trial, 10, FILES), cluster.checkpoint(trial, 20, FILES)
    assert cluster.totals("trial", trial) == cluster.totals("experiment", 1) == (38, 2)
    delete(cluster, first)
    remove(cluster, second, "model.bin")
    assert cluster.totals("trial", trial) == cluster.totals("experiment", 1) == (9, 1)


@pytest.mark.parametrize(("globs", "left"), [
    (["*.bin"], {"code/": 0, "code/deep/": 0, "code/deep/x.py": 0, "code/train.py": 4, "notes.txt": 5}),
    (["code"], {"model.bin": 10, "notes.txt": 5}),
    (["code/**"], {"model.bin": 10, "notes.txt": 5}),
    (["**/*.py", "notes.txt"], {"code/": 0, "code/deep/": 0, "model.bin": 10}),
])
def test_files_that_match_a_glob_go_and_the_rest_is_on_record(cluster, trial, globs, left):
    uuid = cluster.checkpoint(trial, 10, FILES)
    remove(cluster, uuid, *globs)
    assert cluster.show(uuid)["resources"] == {path: str(size) for path, size in left.items()}
    assert cluster.state(uuid) == "PARTIALLY_DELETED"
    assert cluster.storage.list(uuid) == left


def test_globs_that_match_nothing_change_nothing(cluster, trial):
    uuid = cluster.checkpoint(trial, 10, FILES)
    remove(cluster, uuid, "*.none")
    assert cluster.state(uuid) == "COMPLETED"


def test_no_globs_mean_that_the_files_are_listed_anew(cluster, trial):
    uuid = cluster.checkpoint(trial, 10, FILES)
    cluster.storage.delete(uuid, ["code"])
    remove(cluster, uuid)
    assert cluster.show(uuid)["resources"] == {"model.bin": "10", "notes.txt": "5"}
    cluster.storage.delete(uuid, ["**/*"])
    remove(cluster, uuid)
    assert cluster.state(uuid) == "DELETED"


def test_requests_are_refused_in_the_order_of_uuid_glob_presence_registration(cluster, trial):
    registered = cluster.checkpoint(trial, 10)
    cluster.register(registered)

    def refusal(uuids, globs):
        return cluster.refusal("POST", "/api/v1/checkpoints/rm", {"checkpointUuids": uuids, "checkpointGlobs": globs})

    assert refusal(["x", UNKNOWN], [""]) == "3 converting checkpoint: string x is not a valid uuid"
    assert refusal([UNKNOWN, registered], [""]) == "3 cannot have empty string glob"
    assert refusal([UNKNOWN, registered], ["../x"]) == "3 glob '../x' cannot contain '..'"
    assert refusal([UNKNOWN, registered], ["*"]) == f"5 checkpoints '{UNKNOWN}' not found"
    assert refusal([registered], ["*"]) == (
        "3 this subset of checkpoints provided are in the model registry and cannot be deleted: "
        f"{registered}, registered to m (model #1), version 1.")


def test_one_registered_checkpoint_saves_all_of_the_request(cluster, trial):
    plain, registered = cluster.checkpoint(trial, 10, FILES), cluster.checkpoint(trial, 20, FILES)
    cluster.register(registered)
    delete(cluster, plain, registered, status=400)
    assert cluster.storage.exists(plain) and cluster.state(plain) == "COMPLETED"


def test_without_an_agent_nothing_happens_until_one_comes(make_cluster):
    cluster = make_cluster(agents=0)
    uuid = cluster.checkpoint(cluster.trial(cluster.experiment()), 10, FILES)
    delete(cluster, uuid)
    assert cluster.state(uuid) == "COMPLETED" and cluster.storage.exists(uuid)


def test_a_checkpoint_registered_while_its_deletion_waits_is_spared(make_cluster):
    cluster = make_cluster(agents=0)
    uuid = cluster.checkpoint(cluster.trial(cluster.experiment()), 10, FILES)
    delete(cluster, uuid)
    cluster.register(uuid)
    executing.execute(cluster.world, cluster.world.db.tasks.one(type="CHECKPOINT_GC"))
    assert cluster.state(uuid) == "COMPLETED" and cluster.storage.exists(uuid)


def test_each_storage_of_a_request_has_a_task_of_its_own(cluster, trial, tmp_path):
    other = {"type": "directory", "container_path": str(tmp_path / "other")}
    number = cluster.post("/api/v1/runs/start", {"runId": trial, "checkpointStorage": other})["storageId"]
    here, there = cluster.checkpoint(trial, 10, FILES), cluster.checkpoint(trial, 20, storageId=number)
    cluster.world.storages.backend(other).write(there, "model.bin", b"y")
    delete(cluster, here, there)
    assert (cluster.state(here), cluster.state(there)) == ("DELETED", "DELETED")
    assert not cluster.world.storages.backend(other).exists(there)
    assert cluster.world.db.tasks.tally(type="CHECKPOINT_GC") == 2


def test_files_that_cannot_be_removed_leave_the_checkpoint_as_it_was(cluster, trial, monkeypatch):
    uuid = cluster.checkpoint(trial, 10, FILES)
    monkeypatch.setattr(SharedFsStorage, "_remove", _fail)
    delete(cluster, uuid)
    assert cluster.state(uuid) == "COMPLETED"
    assert cluster.totals("trial", trial) == (19, 1)
    assert [line["log"] for line in cluster.world.db.task_logs.rows(level="ERROR")] == [f"checkpoint {uuid}: disk is read-only"]


def _fail(*_):
    raise StorageError("disk is read-only")


def test_a_checkpoint_that_cannot_be_listed_does_not_hold_up_the_others(cluster, trial, tmp_path):
    linked, plain = cluster.checkpoint(trial, 10), cluster.checkpoint(trial, 20, FILES)
    (tmp_path / "elsewhere").mkdir()
    (cluster.world.storage_root / linked).symlink_to(tmp_path / "elsewhere")
    delete(cluster, linked, plain)
    assert (cluster.state(linked), cluster.state(plain)) == ("COMPLETED", "DELETED")
    assert (tmp_path / "elsewhere").is_dir()


def test_a_crash_between_leaves_files_but_no_listed_checkpoint_without_them(make_cluster, monkeypatch):
    cluster = make_cluster(agents=0)
    uuid = cluster.checkpoint(cluster.trial(cluster.experiment()), 10, FILES)
    delete(cluster, uuid)
    task = cluster.world.db.tasks.one(type="CHECKPOINT_GC")
    monkeypatch.setattr(executing.TaskAtWork, "_remove_files", _crash)
    with pytest.raises(KeyboardInterrupt):
        executing.execute(cluster.world, task)
    assert cluster.state(uuid) == "DELETED" and cluster.storage.exists(uuid)
    monkeypatch.undo()
    executing.execute(cluster.world, cluster.world.db.tasks.row(task["id"]))
    assert cluster.state(uuid) == "DELETED" and not cluster.storage.exists(uuid)
    assert cluster.world.db.tasks.row(task["id"])["end_time"] is not None


def _crash(*_):
    raise KeyboardInterrupt


def test_a_deletion_that_waits_survives_a_restart(make_cluster, tmp_path):
    from fakedet.settings import Settings
    from tests.services.checkpoints.conftest import Cluster

    settings = Settings.build({"trials": "manual", "agents": 0})
    world = World(settings, directory=tmp_path / "data")
    cluster = Cluster(world)
    uuid = cluster.checkpoint(cluster.trial(cluster.experiment()), 10, FILES)
    delete(cluster, uuid)
    world.close()
    again = World(settings, directory=tmp_path / "data")
    executing.execute(again, again.db.tasks.one(type="CHECKPOINT_GC"))
    assert again.db.checkpoints.one(uuid=uuid)["state"] == "DELETED"
    assert not again.storages.backend(again.storages.default_config()).exists(uuid)
    again.close()


def test_a_master_that_crashed_while_it_removed_files_goes_on_when_it_starts_again(tmp_path, monkeypatch):
    from fakedet.cli.serve import _opened
    from fakedet.settings import Settings
    from tests.services.checkpoints.conftest import Cluster

    settings = Settings.build({"trials": "manual", "speed": "instant"})
    cluster = Cluster(World(settings, directory=tmp_path / "data"))
    uuid = cluster.checkpoint(cluster.trial(cluster.experiment()), 10, FILES)
    monkeypatch.setattr(executing.TaskAtWork, "_remove_files", _crash)
    with pytest.raises(KeyboardInterrupt):
        delete(cluster, uuid)
    cluster.world.close()
    monkeypatch.undo()
    again = _opened(settings, tmp_path / "data")
    assert again.db.checkpoints.one(uuid=uuid)["state"] == "DELETED"
    assert not again.storages.backend(again.storages.default_config()).exists(uuid)
    again.close()


def ended(cluster, experiment):
    """The experiment's only trial has ended, and so has the experiment."""
    for trial in cluster.world.db.trials.rows(experiment_id=experiment):
        cluster.call("PATCH", f"/api/v1/trials/{trial['id']}", {"trialId": trial["id"], "state": "STATE_COMPLETED"})


def test_an_experiment_is_deleted_with_the_files_of_its_checkpoints(cluster, trial):
    uuid = cluster.checkpoint(trial, 10, FILES)
    cluster.metrics(trial, 10, loss=0.5)
    ended(cluster, 1)
    cluster.call("DELETE", "/api/v1/experiments/1")
    for path, missing in (("experiments/1", "experiment '1'"), (f"trials/{trial}", f"trial '{trial}'"),
                          (f"checkpoints/{uuid}", f"checkpoint '{uuid}'")):
        assert cluster.refusal("GET", f"/api/v1/{path}") == f"5 {missing} not found"
    assert not cluster.storage.exists(uuid)


def test_an_experiment_without_an_agent_stays_until_its_checkpoints_are_gone(make_cluster):
    cluster = make_cluster(agents=0)
    uuid = cluster.checkpoint(cluster.trial(cluster.experiment()), 10, FILES)
    ended(cluster, 1)
    cluster.call("DELETE", "/api/v1/experiments/1")
    assert cluster.get("/api/v1/experiments/1")["experiment"]["state"] == "STATE_DELETING"
    executing.execute(cluster.world, cluster.world.db.tasks.one(type="CHECKPOINT_GC"))
    assert cluster.world.db.experiments.row(1) is None and not cluster.storage.exists(uuid)


def test_an_experiment_whose_files_cannot_be_removed_is_not_deleted(cluster, trial, monkeypatch):
    uuid = cluster.checkpoint(trial, 10, FILES)
    ended(cluster, 1)
    monkeypatch.setattr(SharedFsStorage, "_remove", _fail)
    cluster.call("DELETE", "/api/v1/experiments/1")
    assert cluster.get("/api/v1/experiments/1")["experiment"]["state"] == "STATE_DELETE_FAILED"
    assert cluster.state(uuid) == "COMPLETED"
    monkeypatch.undo()
    cluster.call("DELETE", "/api/v1/experiments/1")
    assert cluster.world.db.experiments.row(1) is None and not cluster.storage.exists(uuid)

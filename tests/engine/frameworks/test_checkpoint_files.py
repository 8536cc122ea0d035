"""The files of synthetic checkpoints, as far as they can be seen without torch."""
from __future__ import annotations

import base64
import io
import json
import pickle
import tarfile
import zipfile

import pytest

from fakedet.engine.frameworks.checkpoint_files import files_of
from fakedet.engine.frameworks.trial_code import named_trial_class, trial_code

TRIAL = {"id": 3, "seed": 11, "hparams": {"lr": 0.1}}
CORE = {"entrypoint": "python3 train.py"}
PYTORCH = {"entrypoint": "model_def:MyTrial"}
TRIAL_CODE = b"from determined import pytorch\nclass Base: pass\nclass MyTrial(Base, pytorch.PyTorchTrial):\n    pass\n"


def model_definition(**files: bytes) -> str:
    """A model definition with modules by name."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(f"./{name}.py")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return base64.b64encode(buffer.getvalue()).decode()


def test_a_script_saves_its_metadata_and_a_small_model():
    files, metadata = files_of(CORE, TRIAL, 100)
    assert metadata == {"steps_completed": 100}
    assert files["metadata.json"] == b'{\n  "steps_completed": 100\n}'
    assert set(files) == {"model.json", "metadata.json"}
    assert json.loads(files["model.json"])["hparams"] == {"lr": 0.1}


def test_a_pytorch_trial_saves_what_the_trainer_saves():
    files, metadata = files_of(PYTORCH, TRIAL, 100, model_definition(model_def=TRIAL_CODE))
    assert sorted(files) == ["code/", "code/model_def.py", "load_data.json", "metadata.json", "state_dict.pth", "trial_state.pkl"]
    assert metadata == {"determined_version": "0.38.1", "steps_completed": 100, "framework": "torch-1.13.1", "format": "pickle"}
    assert metadata.items() <= json.loads(files["metadata.json"]).items()
    assert files["code/model_def.py"] == TRIAL_CODE
    assert pickle.loads(files["trial_state.pkl"])["batches_trained"] == 100


@pytest.mark.parametrize("config, code, load_data", [
    (PYTORCH, {}, {"trial_cls_spec": "model_def:MyTrial"}),
    ({"entrypoint": "python3 -m determined.launch.torch_distributed --trial a.b:Outer.Inner"}, {}, {"trial_cls_spec": "a.b:Outer.Inner"}),
    ({"entrypoint": ["python3", "-m", "determined.exec.harness", "m:T"]}, {}, {"trial_cls_spec": "m:T"}),
    (CORE, {"train": b"import x", "trials": TRIAL_CODE}, {"trial_cls_spec": "trials:MyTrial", "is_trainer": True}),
    ({**CORE, "data": {"fakedet": {"framework": "pytorch"}}}, {}, {"trial_cls_spec": "model_def:Trial", "is_trainer": True}),
])
def test_load_data_names_the_trial_class(config, code, load_data):
    files, _ = files_of(config, TRIAL, 1, model_definition(**code))
    expected = {"trial_type": "PyTorchTrial", "experiment_config": config, "hparams": {"lr": 0.1}, **load_data}
    assert json.loads(files["load_data.json"]) == expected


@pytest.mark.parametrize("config, code", [
    (CORE, {}),
    (CORE, {"train": b"from determined import core"}),
    ({}, {}),
    ({"entrypoint": None}, {}),
    ({"entrypoint": "./run.sh http://host:80/x"}, {}),
    (PYTORCH, {"model_def": b"from determined import keras\ndef main(): pass"}),
    (CORE, {"broken": b"class MyTrial(PyTorchTrial:"}),
    ({**PYTORCH, "data": {"fakedet": {"framework": "core"}}}, {"model_def": TRIAL_CODE}),
    ({"data": "text"}, {}),
])
def test_what_is_no_pytorch_trial_saves_as_a_script(config, code):
    files, _ = files_of(config, TRIAL, 1, model_definition(**code))
    assert "state_dict.pth" not in files


@pytest.mark.parametrize("config", [CORE, PYTORCH])
def test_the_bytes_depend_on_seed_and_step_alone(config):
    again = files_of(config, dict(TRIAL), 100)
    assert files_of(config, TRIAL, 100) == again
    assert files_of(config, TRIAL, 200) != again
    assert files_of(config, {**TRIAL, "seed": 12}, 100) != again


def test_a_state_dict_is_torchs_zip_with_records_at_multiples_of_64():
    content = files_of(PYTORCH, TRIAL, 100)[0]["state_dict.pth"]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = archive.infolist()
        assert [entry.filename for entry in entries] == [
            f"state_dict/{name}" for name in ("data.pkl", "data/0", "data/1", "data/2", "version")]
        assert archive.read("state_dict/version") == b"3\n"
        for entry in entries:
            record = archive.read(entry)
            assert entry.compress_type == zipfile.ZIP_STORED
            assert any(content[start : start + len(record)] == record for start in range(0, len(content), 64))


@pytest.mark.parametrize("parameters", ["weight", {"weight": 3}, {"weight": [-1]}, [["weight"]], {"weight": [1.5]}, {"weight": [True]}])
def test_parameters_that_are_no_shapes_are_refused(parameters):
    with pytest.raises(ValueError, match="data.fakedet.parameters"):
        files_of({**PYTORCH, "data": {"fakedet": {"parameters": parameters}}}, TRIAL, 1)


def test_a_framework_that_is_not_known_is_refused_by_name():
    with pytest.raises(ValueError, match="'jax'.*core, pytorch, keras, keras_callback"):
        files_of({**CORE, "data": {"fakedet": {"framework": "jax"}}}, TRIAL, 1)


def test_members_of_a_model_definition_that_lead_out_of_it_are_left_out():
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name in ("../out.py", "/abs.py", "a/../../b.py", "a/../ok.py"):
            archive.addfile(tarfile.TarInfo(name))
        link = tarfile.TarInfo("link.py")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    assert list(trial_code(base64.b64encode(buffer.getvalue()).decode()).files) == ["ok.py"]


def test_a_module_and_a_class_are_told_from_other_words():
    assert named_trial_class({"entrypoint": "python3 -c print:x()"}) is None
    assert named_trial_class({"entrypoint": "pkg.model:Trial"}) == "pkg.model:Trial"


def test_old_clients_find_in_the_metadata_file_what_they_load_a_model_with() -> None:
    files, metadata = files_of({"entrypoint": "model_def:Trial"}, TRIAL, 100)
    written = json.loads(files["metadata.json"])
    assert (written["hparams"], written["trial_id"]) == (TRIAL["hparams"], TRIAL["id"])
    assert written["experiment_config"] == {"entrypoint": "model_def:Trial"}
    assert "experiment_config" not in metadata

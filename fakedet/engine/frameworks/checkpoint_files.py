"""The files of a synthetic checkpoint, as the framework of the trial would have written them.

`FRAMEWORKS` has a function for each; a Core API script is what there is where the config does not tell. The same trial at the same
step always gets the same bytes.
"""
from __future__ import annotations

import json
import math
import pickle
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from fakedet.engine.frameworks.core_files import core_files, named_files, named_metadata
from fakedet.engine.frameworks.dense_stack import Dense, dense_stack
from fakedet.engine.frameworks.keras_model import h5_model, keras_archive
from fakedet.engine.frameworks.keras_state import keras_shapes, weights_files
from fakedet.engine.frameworks.pytorch_module import module_file
from fakedet.engine.frameworks.pytorch_state import model_shapes, state_dict_file
from fakedet.engine.frameworks.saved_model import TENSORFLOW_VERSION, saved_model
from fakedet.engine.frameworks.trial_code import TrialCode, named_trial_class, trial_code

DETERMINED_VERSION = "0.38.1"
TORCH_VERSION = "1.13.1"
TENSORFLOW = f"tensorflow-{TENSORFLOW_VERSION}"
DEFAULT_TRIAL_CLASS = "model_def:Trial"
_PICKLE_PROTOCOL = 4
#: Of all models of a trial.
MOST_PARAMETERS = 10_000_000

Row = Mapping[str, Any]
Files = dict[str, bytes]


@dataclass(frozen=True)
class Moment:
    """A trial of an experiment at the step that is saved."""

    config: Mapping[str, Any]
    trial: Row
    step: int
    code: TrialCode

    @property
    def wishes(self) -> Mapping[str, Any]:
        """What the config asks of synthetic trials."""
        data = self.config.get("data")
        wishes = data.get("fakedet") if isinstance(data, Mapping) else None
        return wishes if isinstance(wishes, Mapping) else {}


def files_of(config: Mapping[str, Any], trial: Row, step: int, model_definition: str = "") -> tuple[Files, dict[str, Any]]:
    """The files of the trial's checkpoint at `step` by path, directories as `name/`, and the metadata to report with them."""
    moment = Moment(config, trial, step, trial_code(model_definition))
    files, metadata = FRAMEWORKS[framework_of(moment)](moment)
    written = {**metadata, **_for_old_loaders(moment, metadata["framework"])} if "framework" in metadata else metadata
    return {**files, "metadata.json": json.dumps(written, indent=2).encode()}, metadata


def _for_old_loaders(moment: Moment, framework: str) -> dict[str, Any]:
    """What clients up to 0.15 look for in the file to load a model; later ones have load_data.json. The first ones went by the version."""
    name, _, version = framework.partition("-")
    return {f"{name}_version": version, "experiment_id": moment.trial.get("experiment_id"), "trial_id": moment.trial["id"],
            "hparams": moment.trial["hparams"], "experiment_config": moment.config}


def check_wishes(config: Mapping[str, Any], model_definition: str) -> None:
    """Raise ValueError for a framework or for parameters that no checkpoint can have."""
    moment = Moment(config, {}, 0, trial_code(model_definition))
    framework, asked = framework_of(moment), moment.wishes.get("parameters")
    if framework == "core":
        named_files(moment.wishes)
        named_metadata(moment.wishes)
        return
    models = model_shapes(asked) if framework == "pytorch" else [keras_shapes(asked)]
    if sum(math.prod(shape) for shapes in models for shape in shapes.values()) > MOST_PARAMETERS:
        raise ValueError(f"data.fakedet.parameters has too many numbers; at most {MOST_PARAMETERS:,} are written.")
    if framework in WHOLE_MODELS:
        dense_stack(asked, seed=0, step=0)


def framework_of(moment: Moment) -> str:
    """The one that `data.fakedet.framework` names, else what the code shows; `core` for a script that shows nothing."""
    asked = moment.wishes.get("framework")
    if asked is None:
        return _framework_of_code(moment)
    if asked not in FRAMEWORKS:
        raise ValueError(f"data.fakedet.framework is {asked!r}; it must be one of: {', '.join(FRAMEWORKS)}.")
    return str(asked)


def _framework_of_code(moment: Moment) -> str:
    """That of the trial class or callback in it; an entrypoint that names a class which is not there is taken for a PyTorchTrial."""
    code = moment.code
    if code.trial_class("PyTorchTrial"):
        return "pytorch"
    if code.trial_class("TFKerasTrial"):
        return "keras"
    if code.mentions(b"DeterminedCallback"):
        return "keras_callback"
    return "pytorch" if named_trial_class(moment.config) and not code.mentions(b"keras") else "core"


def _core_files(moment: Moment) -> tuple[Files, dict[str, Any]]:
    return core_files(moment.wishes, moment.trial, moment.step)


def _pytorch_files(moment: Moment) -> tuple[Files, dict[str, Any]]:
    shapes = model_shapes(moment.wishes.get("parameters"))
    files = {
        **_user_code(moment),
        "load_data.json": _load_data(moment, "PyTorchTrial"),
        "state_dict.pth": state_dict_file(shapes, moment.trial["hparams"], seed=moment.trial["seed"], step=moment.step),
        "trial_state.pkl": pickle.dumps(_trial_state(moment), _PICKLE_PROTOCOL),
    }
    if moment.wishes.get("whole_model"):
        files["model.pth"] = module_file(shapes[0], (moment.trial["seed"], 0), moment.step)
    return files, _framework_metadata(moment, f"torch-{TORCH_VERSION}", "pickle")


def _keras_files(moment: Moment) -> tuple[Files, dict[str, Any]]:
    files = {**_user_code(moment), "load_data.json": _load_data(moment, "TFKerasTrial"),
             **_keras_weights(moment, "determined-keras-model-weights")}
    return files, _framework_metadata(moment, TENSORFLOW, "saved_weights")


def _keras_callback_files(moment: Moment) -> tuple[Files, dict[str, Any]]:
    """What the callback saves beside the weights lets it go on in the middle of a fit; a synthetic trial has no such middle."""
    return {**_user_code(moment), **_keras_weights(moment, "model_checkpoint")}, {"steps_completed": moment.step}


def _h5_files(moment: Moment) -> tuple[Files, dict[str, Any]]:
    """As releases up to 0.13.7 did, which knew no load_data.json: the loader goes by the metadata file."""
    return {**_user_code(moment), "determined-keras-model.h5": h5_model(_layers(moment))}, _framework_metadata(moment, TENSORFLOW, "h5")


def _saved_model_files(moment: Moment) -> tuple[Files, dict[str, Any]]:
    files = {**_user_code(moment), "load_data.json": _load_data(moment, "EstimatorTrial"),
             "inference_graph/saved_model.pb": saved_model(_layers(moment))}
    return files, _framework_metadata(moment, TENSORFLOW, "saved_model")


def _keras_archive_files(moment: Moment) -> tuple[Files, dict[str, Any]]:
    """What a script saves that calls `model.save("model.keras")` itself."""
    return {**_user_code(moment), "model.keras": keras_archive(_layers(moment))}, {"steps_completed": moment.step}


def _layers(moment: Moment) -> list[Dense]:
    return dense_stack(moment.wishes.get("parameters"), seed=moment.trial["seed"], step=moment.step)


def _keras_weights(moment: Moment, prefix: str) -> Files:
    return weights_files(prefix, moment.wishes.get("parameters"), seed=moment.trial["seed"], step=moment.step)


def _user_code(moment: Moment) -> Files:
    return {"code/": b"", **{f"code/{path}": content for path, content in moment.code.files.items()}}


def _framework_metadata(moment: Moment, framework: str, file_format: str) -> dict[str, Any]:
    return {"determined_version": DETERMINED_VERSION, "steps_completed": moment.step, "framework": framework, "format": file_format}


def _load_data(moment: Moment, trial_type: str) -> bytes:
    """Where the loader finds the trial class; `is_trainer` tells a script with a Trainer from an entrypoint that names the class."""
    named = named_trial_class(moment.config)
    load_data = {
        "trial_type": trial_type,
        "experiment_config": moment.config,
        "hparams": moment.trial["hparams"],
        "trial_cls_spec": named or moment.code.trial_class(trial_type) or DEFAULT_TRIAL_CLASS,
    }
    return json.dumps(load_data if named or trial_type != "PyTorchTrial" else {**load_data, "is_trainer": True}).encode()


def _trial_state(moment: Moment) -> dict[str, int]:
    return {"trial_id": moment.trial["id"], "last_ckpt": moment.step, "step_id": 0, "last_val": 0, "batches_trained": moment.step,
            "epochs_trained": 0}


FRAMEWORKS: dict[str, Callable[[Moment], tuple[Files, dict[str, Any]]]] = {
    "core": _core_files, "pytorch": _pytorch_files, "keras": _keras_files, "keras_callback": _keras_callback_files,
    "keras_h5": _h5_files, "saved_model": _saved_model_files, "keras_archive": _keras_archive_files}
#: Those that write a model of dense layers as a whole, not the weights alone.
WHOLE_MODELS = ("keras_h5", "saved_model", "keras_archive")

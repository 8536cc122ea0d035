"""The files of a synthetic checkpoint, as the framework of the trial would have written them.

`FRAMEWORKS` has a function for each; a Core API script is what there is where the config does not tell. The same trial at the same
step always gets the same bytes.
"""
from __future__ import annotations

import json
import pickle
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from fakedet.engine.pytorch_state import model_shapes, parameter_values, state_dict_file
from fakedet.engine.trial_code import TrialCode, named_trial_class, trial_code

DETERMINED_VERSION = "0.38.1"
TORCH_VERSION = "1.13.1"
DEFAULT_TRIAL_CLASS = "model_def:Trial"
_PICKLE_PROTOCOL = 4
_CORE_PARAMETERS = 4

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
    return {**files, "metadata.json": json.dumps(metadata, indent=2).encode()}, metadata


def framework_of(moment: Moment) -> str:
    """The one that `data.fakedet.framework` names; `pytorch` for a PyTorchTrial and for a trial class that is not of Keras; else `core`."""
    asked = moment.wishes.get("framework")
    if asked is not None:
        if asked not in FRAMEWORKS:
            raise ValueError(f"data.fakedet.framework is {asked!r}; it must be one of: {', '.join(FRAMEWORKS)}.")
        return str(asked)
    if moment.code.pytorch_trial or (named_trial_class(moment.config) and not moment.code.mentions(b"keras")):
        return "pytorch"
    return "core"


def _core_files(moment: Moment) -> tuple[Files, dict[str, Any]]:
    """What a Core API script saves is its own business: a few numbers as JSON here."""
    weights = list(parameter_values((moment.trial["seed"],), _CORE_PARAMETERS, moment.step))
    model = {"steps_completed": moment.step, "hparams": moment.trial["hparams"], "weights": weights}
    return {"model.json": json.dumps(model, indent=2).encode()}, {"steps_completed": moment.step}


def _pytorch_files(moment: Moment) -> tuple[Files, dict[str, Any]]:
    shapes = model_shapes(moment.wishes.get("parameters"))
    files = {
        "code/": b"",
        **{f"code/{path}": content for path, content in moment.code.files.items()},
        "load_data.json": json.dumps(_load_data(moment)).encode(),
        "state_dict.pth": state_dict_file(shapes, moment.trial["hparams"], seed=moment.trial["seed"], step=moment.step),
        "trial_state.pkl": pickle.dumps(_trial_state(moment), _PICKLE_PROTOCOL),
    }
    metadata = {"determined_version": DETERMINED_VERSION, "steps_completed": moment.step, "framework": f"torch-{TORCH_VERSION}",
                "format": "pickle"}
    return files, metadata


def _load_data(moment: Moment) -> dict[str, Any]:
    """Where the loader finds the trial class; `is_trainer` tells a script with a Trainer from an entrypoint that names the class."""
    named = named_trial_class(moment.config)
    load_data = {
        "trial_type": "PyTorchTrial",
        "experiment_config": moment.config,
        "hparams": moment.trial["hparams"],
        "trial_cls_spec": named or moment.code.pytorch_trial or DEFAULT_TRIAL_CLASS,
    }
    return load_data if named else {**load_data, "is_trainer": True}


def _trial_state(moment: Moment) -> dict[str, int]:
    return {"trial_id": moment.trial["id"], "last_ckpt": moment.step, "step_id": 0, "last_val": 0, "batches_trained": moment.step,
            "epochs_trained": 0}


FRAMEWORKS: dict[str, Callable[[Moment], tuple[Files, dict[str, Any]]]] = {"core": _core_files, "pytorch": _pytorch_files}

"""Loading models with the client's own code, in an interpreter that has torch; it is newer than the client.

What the client took from Python and numpy of its time is put back, and what it imports besides is found where the clients' libraries are.
"""
from __future__ import annotations

import collections
import collections.abc
import os
import pathlib
import sys
from typing import Any

from fakedet.contract.walk.client import experimental, operation, trial

#: The last release but one that loads by itself has a successor without: since then det.pytorch does it.
GONE = (0, 21, 0)


@operation("load", before=GONE)
def load() -> None:
    _be_of_its_time()
    _check(trial().select_checkpoint(best=True).load(path="best"))


@operation("load_from_path", before=GONE)
def load_from_path() -> None:
    _check(experimental().Checkpoint.load_from_path("best"))


def _be_of_its_time() -> None:
    import numpy

    sys.path.append(os.environ["WALK_LIBRARIES"])
    for name in set(collections.abc.__all__) - set(vars(collections)):
        setattr(collections, name, getattr(collections.abc, name))
    for kind in (float, int, bool, object):
        setattr(numpy, kind.__name__, kind)


def _check(loaded: Any) -> None:
    """The trial with its model, or the model itself, as far as the release goes; its weights are those of the file."""
    import torch

    model = getattr(loaded, "model", loaded)
    stored = torch.load(pathlib.Path("best") / "state_dict.pth")["models_state_dict"][0]
    assert model(torch.zeros(1, 3)).shape == (1, 1)
    assert all(torch.equal(model.state_dict()[name], value) for name, value in stored.items())

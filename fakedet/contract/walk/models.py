"""The model registry."""
from __future__ import annotations

from fakedet.contract.walk.client import RELEASE, det, determined, found, operation


@operation("model registry", since=(0, 12, 12))
def model_registry() -> None:
    client = determined()
    model = client.create_model("net", "a net", {"k": 1})
    model.add_metadata({"m": 2})
    model.register_version(found["best"].uuid)
    again = client.get_model(model.model_id if (0, 17, 2) <= RELEASE < (0, 17, 7) else "net")
    version = again.get_version()
    assert getattr(version, "checkpoint", version).uuid == found["best"].uuid
    assert [one.name for one in client.get_models()] == ["net"]


@operation("CLI: models", since=(0, 12, 13))
def cli_models() -> None:
    assert "net" in det("model", "list")
    det("model", "list-versions", "1" if (0, 17, 2) <= RELEASE < (0, 17, 4) else "net")

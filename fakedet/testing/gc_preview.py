"""What a policy would do to the checkpoints of an experiment, as tests hold it."""
from __future__ import annotations

from typing import Any

from fakedet.services.checkpoints.explaining import as_table


class GcPreview(dict[str, Any]):
    """`experiment_id`, `metric`, `policy`, `semantics` and a verdict for each of the `checkpoints`; `print` shows it as a table."""

    def __str__(self) -> str:
        return as_table(self)

    @property
    def reasons(self) -> dict[str, str]:
        """By uuid why a checkpoint stays (`trial best 1`, `registered`, ...), or `collected`."""
        return {checkpoint["uuid"]: checkpoint["reason"] for checkpoint in self["checkpoints"]}

    @property
    def kept(self) -> list[str]:
        """The uuids of those that stay."""
        return [checkpoint["uuid"] for checkpoint in self["checkpoints"] if checkpoint["kept"]]

    @property
    def collected(self) -> list[str]:
        """The uuids of those that go."""
        return [checkpoint["uuid"] for checkpoint in self["checkpoints"] if not checkpoint["kept"]]

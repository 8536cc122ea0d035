"""The tables in fixtures/configs, asked of the real master 0.38.1: configs it refused, configs it merged with templates.

A case changes the minimal config: `without` are the keys it loses, `with` those it gets.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

CONFIGS = Path(__file__).parents[3] / "fixtures" / "configs"
MASTER = [
    {"preemption_timeout": 3600},
    {"checkpoint_storage": {"type": "shared_fs", "host_path": "/master"}},
    {"resources": {"priority": 42}},
]
MINIMAL: dict[str, Any] = {
    "name": "nm",
    "searcher": {"name": "single", "metric": "m"},
    "checkpoint_storage": {"type": "shared_fs", "host_path": "/tmp"},
    "reproducibility": {"experiment_seed": 1},
}


def table(name: str) -> list[dict[str, Any]]:
    return json.loads((CONFIGS / name).read_text())


def config_of(case: dict[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in MINIMAL.items() if key not in case.get("without", ())}
    return {**kept, **case["with"]}

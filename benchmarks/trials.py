"""How quickly synthetic trials appear, and what they take: simulated trials and reports a second, memory, at a hundred and at a thousand trials.

    python -m benchmarks.trials
"""
from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from typing import Any

from fakedet.contract.sending import to_world
from fakedet.settings import Settings
from fakedet.world import World

SIZES = (100, 1_000)
VALIDATIONS = 100
SEARCHERS: dict[str, dict[str, Any]] = {
    "random": {"name": "random", "max_concurrent_trials": 16},
    "adaptive_asha": {"name": "adaptive_asha", "max_concurrent_trials": 16, "max_time": VALIDATIONS * 100, "time_metric": "batches"},
}


def main() -> None:
    """Each measurement is a process of its own, so that memory is its own too."""
    for searcher in SEARCHERS:
        rates = {}
        for size in SIZES:
            command = [sys.executable, "-m", "benchmarks.trials", searcher, str(size)]
            found = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
            rates[size] = found["reports"] / found["seconds"]
            print(f"{searcher}, {size} trials x {VALIDATIONS} validations: {found['seconds']:.1f} s, {size / found['seconds']:.0f} trials a second, "
                  f"{rates[size]:.0f} reports a second, {found['mebibytes']:.0f} MiB")
        small, large = SIZES
        print(f"{searcher}: a report of {large} trials costs {rates[small] / rates[large]:.2f}x one of {small}")


def measured(searcher: str, size: int) -> dict[str, float]:
    """Create the experiment with everything done at once."""
    world = World(Settings(storage="memory", slots=8))
    begun = time.process_time()
    world_of_trials(world, searcher, size)
    seconds = time.process_time() - begun
    assert world.db.experiments.row(1)["state"] == "COMPLETED"
    return {"seconds": seconds, "reports": world.db.metrics.tally(), "mebibytes": _resident() / 2**20}


def world_of_trials(world: World, searcher: str, size: int) -> None:
    """Fill `world` with an experiment of `size` trials, without checkpoints."""
    send = to_world(world)
    token = json.loads(send("POST", "/api/v1/auth/login", {}, b'{"username": "admin", "password": ""}')[2])["token"]
    config = {"name": "m", "entrypoint": "true", "resources": {"slots_per_trial": 1}, "min_validation_period": {"batches": 100},
              "searcher": {**SEARCHERS[searcher], "metric": "loss", "max_trials": size}, "checkpoint_policy": "none",
              "hyperparameters": {"lr": {"type": "log", "minval": -4, "maxval": -1, "base": 10}},
              "data": {"fakedet": {"batches": VALIDATIONS * 100}}}
    files = [{"path": "a.py", "type": 48, "content": "", "mtime": "0", "mode": 420}]
    body = {"config": json.dumps(config), "modelDefinition": files, "activate": True}
    status, _, reply = send("POST", "/api/v1/experiments", {"Authorization": f"Bearer {token}"}, json.dumps(body).encode())
    assert status == 200, reply


def _resident() -> int:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    if len(sys.argv) == 3:
        print(json.dumps(measured(sys.argv[1], int(sys.argv[2]))))
    else:
        main()

"""What the profiler of a synthetic trial reports: by group the metrics of its machine (harness: core/_profiler.py)."""
from __future__ import annotations

from typing import Any

from fakedet.engine.chance import between

MEGABYTE, GIGABYTE = 1 << 20, 1 << 30
GPU_MEMORY = 16 * GIGABYTE


def system_metrics(seed: int, step: int, agent: str, gpus: list[int]) -> dict[str, dict[str, Any]]:
    """The report of each group around this step: a machine that trains, with a GPU for each slot."""
    def near(low: float, high: float, *key: object) -> float:
        return between(low, high, "system", seed, step, *key)

    reports: dict[str, dict[str, Any]] = {
        "cpu": {"cpu_util_simple": near(35, 80, "cpu")},
        "memory": {"memory_free": float(int(near(20, 24, "memory") * GIGABYTE))},
        "disk": {"disk_iops": near(5, 200, "iops"), "disk_throughput_read": near(0, 80, "read") * MEGABYTE,
                 "disk_throughput_write": near(0, 30, "write") * MEGABYTE, "/": {"disk_util": 40 + near(0, 1, "disk")}},
        "network": {"net_throughput_sent": near(0.1, 2, "sent") * MEGABYTE, "net_throughput_recv": near(0.5, 10, "received") * MEGABYTE},
        "gpu": {f"GPU-{number}": {"gpu_util": near(75, 99, "gpu", number), "gpu_free_memory": float(int(near(0.1, 0.2, number) * GPU_MEMORY))}
                for number in gpus},
    }
    return {group: {agent: metrics} for group, metrics in reports.items() if metrics}

"""Experiment configurations for tests, from the few words that matter to one."""
from __future__ import annotations

from typing import Any


def experiment_config(*, name: str = "test", trials: int = 1, validations: int = 5, metric: str = "validation_loss",
                      smaller_is_better: bool = True, checkpoints: str = "all", gc: "tuple[int, int, int] | None" = None,
                      hyperparameters: dict[str, Any] | None = None, config: dict[str, Any] | None = None) -> dict[str, Any]:
    """A configuration whose synthetic trials train, validate and save checkpoints.

    trials: how many. validations: of each trial, 100 batches apart. metric, smaller_is_better: of the searcher. checkpoints: the
    policy (`best`, `all`, `none`). gc: what garbage collection keeps (experiment best, trial best, trial latest); default: everything.
    hyperparameters: as in a configuration. config: keys that are laid over the rest.
    """
    searcher: dict[str, Any] = {"name": "single"} if trials == 1 else {"name": "random", "max_trials": trials}
    searcher.update(metric=metric, smaller_is_better=smaller_is_better)
    best, trial_best, latest = gc or (validations * trials, validations, validations)
    built = {
        "name": name, "entrypoint": "python3 train.py", "searcher": searcher,
        "hyperparameters": hyperparameters or {"learning_rate": {"type": "log", "minval": -4, "maxval": -1, "base": 10}},
        "min_validation_period": {"batches": 100}, "checkpoint_policy": checkpoints,
        "checkpoint_storage": {"save_experiment_best": best, "save_trial_best": trial_best, "save_trial_latest": latest},
        "data": {"fakedet": {"batches": validations * 100}},
    }
    return {**built, **(config or {})}

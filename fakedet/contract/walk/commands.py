"""The commands of `det` that guides name, and those of their families."""
from __future__ import annotations

import pathlib

from fakedet.contract.walk.client import RELEASE, det, found, operation

#: `det experiment download`, which some releases forget to sign in for.
DOWNLOADS_EXPERIMENTS = (0, 12, 4) <= RELEASE < (0, 19, 8) or RELEASE >= (0, 22, 0)
#: Older ones fall over a checkpoint with a validation.
PREVIEWS_POLICIES = RELEASE >= (0, 12, 4)
#: Older ones lack it; newer ones want an administrator.
SHOWS_CONFIG = (0, 12, 4) <= RELEASE < (0, 23, 3)


@operation("CLI: trials and logs")
def cli_trials() -> None:
    assert "COMPLETED" in det("trial", "describe", "1")
    assert det("trial", "logs", "1").strip()
    for number, which in enumerate([["--best"], ["--latest"], ["--best", "--sort-by", "accuracy", "--smaller-is-better", "false"]]):
        det("trial", "download", "1", *which, "-o", f"by_cli_{number}")


@operation("CLI: checkpoints", since=(0, 12, 7))
def cli_checkpoints() -> None:
    assert found["latest"].uuid in det("checkpoint", "describe", found["latest"].uuid)
    det("checkpoint", "download", found["latest"].uuid, "-o", "by_uuid")


@operation("CLI: experiments")
def cli_experiments() -> None:
    assert "loss" in det("experiment", "config", "1")
    det("experiment", "download-model-def", "1")
    det("experiment", "label", "add", "1", "red")
    det("experiment", "set", "description", "1", "changed")
    assert "changed" in det("experiment", "describe", "1")
    det("experiment", "archive", "1")
    det("experiment", "unarchive", "1")
    if PREVIEWS_POLICIES:
        det("experiment", "set", "gc-policy", "1", "--save-experiment-best", "1", "--save-trial-best", "0", "--save-trial-latest", "0")
    assert "2" in det("preview-search", "config.yaml")
    if DOWNLOADS_EXPERIMENTS:
        det("experiment", "download", "1", "--top-n", "2", "-o", "by_experiment")


@operation("CLI: templates")
def cli_templates() -> None:
    pathlib.Path("template.yaml").write_text("description: from a template\n")
    det("template", "set", "t", "template.yaml")
    assert "t" in det("template", "list").split()
    assert "from a template" in det("template", "describe", "t")
    det("template", "remove", "t")


@operation("CLI: users and master")
def cli_users() -> None:
    assert "determined" in det("user", "list")
    if SHOWS_CONFIG:
        assert "checkpoint_storage" in det("master", "config")
    assert "0.38.1" in det("master", "logs") + det("version")
    det("user", "logout")

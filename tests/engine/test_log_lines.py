"""The log of one allocation; expected texts, sources and levels were read off the real master with a real trial."""

from __future__ import annotations

import pytest

from fakedet.engine.exits import exit_of
from fakedet.engine.log_lines import AllocationLog, LogLine, image_reference, launch_command, masked

CONTAINER = "f6bc48a9-bc0d-4da9-8f34-0f1dc6180b4c"
CONFIG = {
    "entrypoint": "python3 train.py",
    "environment": {"image": {"cpu": "determinedai/pytorch-ngc:0.38.1", "cuda": "determinedai/pytorch-ngc:0.38.1"}},
}
LOG = AllocationLog(2, 1, "1.abc.1", CONTAINER, "agent1", CONFIG)
RANKED = AllocationLog(2, 1, "1.abc.1", CONTAINER, "agent1", {"entrypoint": "model_def:Trial"})


def outline(lines: list[LogLine]) -> list[tuple[str, str, str | None, str]]:
    return [(line.source, line.stdtype, line.level, line.log) for line in lines]


def test_a_start_is_told_by_master_agent_and_harness_in_turn():
    copies = [("agent", "stdout", "INFO", "copying files to container: /\n")] * 5
    assert outline([*LOG.scheduled(), *LOG.started()]) == [
        ("master", "stdout", "INFO", "Scheduling Trial 2 (Experiment 1) (id: 1.abc.1)\n"),
        ("master", "stdout", "INFO", "Trial 2 (Experiment 1) was assigned to an agent\n"),
        (
            "agent",
            "stdout",
            "INFO",
            "image already found, skipping pull phase: docker.io/determinedai/pytorch-ngc:0.38.1\n",
        ),
        copies[0],
        ("agent", "stdout", "INFO", "copying files to container: /run/determined\n"),
        *copies,
        ("master", "stdout", "INFO", "Resources for Trial 2 (Experiment 1) have started\n"),
        (
            "task",
            "stderr",
            "INFO",
            "[22] determined: Running task container on agent_id=agent1, hostname=f6bc48a9-bc0 with visible GPUs []\n",
        ),
        ("task", "stderr", None, "+ test -f /run/determined/dynamic-tcd-startup-hook.sh\n"),
        ("task", "stderr", None, "+ test -f startup-hook.sh\n"),
        ("task", "stderr", None, "+ set +x\n"),
        (
            "task",
            "stdout",
            "INFO",
            f"[10] determined: New trial runner in (container {CONTAINER}) on agent agent1: "
            '{"entrypoint": "python3 train.py", "environment": {"image": '
            '{"cpu": "determinedai/pytorch-ngc:0.38.1", "cuda": "determinedai/pytorch-ngc:0.38.1"}}}\n',
        ),
        ("task", "stdout", "INFO", "[10] determined: Validating checkpoint storage ...\n"),
        ("task", "stdout", "INFO", "[10] determined: Launching: ['sh', '-c', 'python3 train.py']\n"),
    ]


def test_a_report_shows_what_the_script_passed():
    metrics = {"loss": 0.005}
    text = "[31] determined.core: report_{}_metrics(steps_completed=200, metrics={{'loss': 0.005}})\n"
    for group in ("training", "validation"):
        assert outline(list(LOG.reported(group, metrics, 200))) == [("task", "stderr", "INFO", text.format(group))]
    [other] = LOG.reported("inference", metrics, 1)
    assert other.log.endswith("report_metrics(group=inference, steps_completed=1, metrics={'loss': 0.005})\n")


SUCCESS = "resources exited successfully with a zero exit code"
FAILURE = "resources failed with non-zero exit code: container failed with non-zero exit code: 3 (exit code 3)"
KILLED = f"killed: {FAILURE}".replace("3", "137")


def over(code: int, *, killed: bool = False, acknowledged: bool = False) -> list[LogLine]:
    end = exit_of(code, killed=killed, acknowledged=acknowledged)
    return list(LOG.over(end.said, end.said_level, end.reason, end.level))


@pytest.mark.parametrize(
    ("lines", "level", "texts"),
    [
        (over(0), "INFO", [SUCCESS, f"allocation stopped early after all resources exited: {SUCCESS}"]),
        (over(0, acknowledged=True), "INFO", [SUCCESS, f"allocation preempted after all resources exited: {SUCCESS}"]),
        (over(3), "ERROR", [f"crashed: {FAILURE}", f"allocation failed: {FAILURE}"]),
        (over(137, killed=True), "INFO", [KILLED, "allocation killed after all resources exited: resources were killed"]),
        (LOG.aborted("user kill"), "INFO", ["allocation aborted after exit before start: user kill"]),
    ],
)
def test_an_end_says_how_the_resources_exited_and_why_the_allocation_ended(lines, level, texts):
    *before, last = texts
    expected = [f"{text}\n" for text in before] + [f"Trial 2 (Experiment 1) was terminated: {last}\n"]
    assert outline(list(lines)) == [("master", "stdout", level, text) for text in expected]


def test_a_request_to_leave_gives_its_reason():
    [line] = LOG.preempting("user requested pause")
    assert line.log == "gracefully terminating allocation's remaining resources (reason: user requested pause)\n"
    [line] = LOG.killing("user requested kill")
    assert line.log == "forcibly killing allocation's remaining resources (reason: user requested kill)\n"


def test_times_never_run_backwards_in_what_starts():
    offsets = [line.offset for line in LOG.started()]
    assert offsets == sorted(offsets)
    assert offsets[-1] < 5_000_000


def test_only_lines_of_the_container_name_it_and_only_the_tasks_own_name_the_allocation():
    for line in [*LOG.started(), *LOG.checkpointed("u"), *LOG.printed("hello"), *over(0)]:
        in_container = line.source != "master"
        assert (line.container_id == CONTAINER, line.agent_id == "agent1") == (in_container, in_container)
        assert (line.allocation_id == "1.abc.1") is (line.source == "task")


def test_a_row_is_timed_from_the_beginning():
    [line] = RANKED.printed("hello")
    assert line.row(1_000_000) == {
        "timestamp": 1_000_000,
        "log": "hello\n",
        "level": None,
        "source": "task",
        "stdtype": "stdout",
        "allocation_id": "1.abc.1",
        "agent_id": "agent1",
        "container_id": CONTAINER,
        "rank_id": 0,
    }


def test_only_a_launcher_of_several_processes_marks_the_rank():
    assert [line.rank_id for line in LOG.checkpointed("u")] == [None]
    assert [line.rank_id for line in RANKED.checkpointed("u")] == [0]


@pytest.mark.parametrize(
    ("entrypoint", "command"),
    [
        ("m:Trial", ["python3", "-m", "determined.launch.torch_distributed", "--", "--trial", "m:Trial"]),
        ("python3 a.py && b", ["sh", "-c", "python3 a.py && b"]),
        (["python3", "a.py"], ["python3", "a.py"]),
    ],
)
def test_an_entrypoint_is_a_class_a_shell_line_or_arguments(entrypoint, command):
    assert launch_command({"entrypoint": entrypoint}) == command


@pytest.mark.parametrize(
    ("image", "reference"),
    [
        ("ubuntu", "docker.io/library/ubuntu"),
        ("me/it:1", "docker.io/me/it:1"),
        ("ghcr.io/me/it:1", "ghcr.io/me/it:1"),
        ("localhost:5000/it", "localhost:5000/it"),
        ({"cpu": "me/it"}, "docker.io/me/it"),
    ],
)
def test_a_short_image_name_is_completed(image, reference):
    assert image_reference({"environment": {"image": image}}) == reference


def test_secrets_are_masked():
    config = {
        "checkpoint_storage": {"type": "s3", "bucket": "b", "access_key": "k", "secret_key": None},
        "environment": {"registry_auth": {"username": "u", "password": "p"}},
        "data": {"secrets": {"token": "t"}, "url": "x"},
    }
    assert masked(config) == {
        "checkpoint_storage": {"type": "s3", "bucket": "b", "access_key": "********", "secret_key": "********"},
        "environment": {"registry_auth": {"username": "u", "password": "********"}},
        "data": {"secrets": {"token": "********"}, "url": "x"},
    }
    assert config["data"]["secrets"] == {"token": "t"}

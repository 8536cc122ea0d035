"""Golden recordings of a real master and their replay: one request a step, each reply compared with the recorded one.

A recording is a JSON file {"name", "about", "cluster", "options"?, "steps": [...]}; a step holds a request ("as", "method", "path",
"body", "headers") and what is expected of it ("status", "reply", "reply_headers", "unordered"); one with "until" is repeated.
"""
from __future__ import annotations

import io
import json
import tarfile
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Mapping

from fakedet.contract.comparing import BOUND, Comparison, Difference

#: (method, path with query, headers, body) -> (status, headers, body)
Send = Callable[[str, str, dict[str, str], "bytes | None"], "tuple[int, Mapping[str, str], bytes]"]
#: Seconds between two tries of a step that is repeated until it holds.
PAUSE = 0.05


@dataclass(frozen=True)
class StepResult:
    """How a step went: its number, its request, where its reply differed (nowhere: it holds)."""

    number: int
    request: str
    differences: list[Difference]

    def __str__(self) -> str:
        shown = "\n".join(f"    {d.path}: want {json.dumps(d.want)[:300]} got {json.dumps(d.got)[:300]}" for d in self.differences[:5])
        return f"step {self.number} {self.request}\n{shown}"


def load(folder: Path) -> dict[str, dict[str, Any]]:
    """The recordings under `folder` (or the one in a file) by name, family/name."""
    files = sorted(folder.rglob("*.json")) if folder.is_dir() else [folder]
    recordings = [json.loads(file.read_text(encoding="utf-8")) for file in files]
    return {recording["name"]: recording for recording in recordings}


def needed_settings(recording: Mapping[str, Any]) -> dict[str, Any]:
    """The settings with which a world stands for the recorded master."""
    agents = 1 if recording.get("cluster", "").startswith("one agent") else 0
    return {"agents": agents, **recording.get("options", {})}


def runs_processes(recording: Mapping[str, Any]) -> bool:
    """Whether real trials run on the machine; they take their time."""
    return needed_settings(recording).get("trials") == "local"


def instant_patience(recording: Mapping[str, Any]) -> float:
    """Seconds to wait for what a world with the speed `instant` does at once, or for real processes."""
    return 120 if runs_processes(recording) else 0.2


def replay(recording: Mapping[str, Any], send: Send, patience: float = 60) -> list[StepResult]:
    """One result a step; one that is to be repeated until it holds is tried for at most `patience` seconds."""
    session = Session(send, patience)
    return [session.play(number, step) for number, step in enumerate(recording["steps"], 1)]


class Session:
    """Plays the steps of one recording: keeps each user's token and what the placeholders stand for."""

    def __init__(self, send: Send, patience: float):
        self._send, self._patience = send, patience
        self._tokens, self._bound = dict[str, str](), dict[str, str]()

    def play(self, number: int, step: Mapping[str, Any]) -> StepResult:
        """Send the step's request and compare the reply, again and again if the step says "until"."""
        deadline = time.monotonic() + min(step.get("within", 30), self._patience)
        while True:
            found, bound = self._compared(step)
            if not found or "until" not in step or time.monotonic() > deadline:
                self._bound = bound
                return StepResult(number, f"{step['method']} {step['path']}", found)
            time.sleep(PAUSE)

    def _compared(self, step: Mapping[str, Any]) -> tuple[list[Difference], dict[str, str]]:
        status, headers, reply = self._call(step)
        comparison = Comparison(dict(self._bound), step.get("unordered", []))
        found = [] if status == step["status"] else [Difference("status", step["status"], status)]
        found += comparison.differences(step.get("reply"), reply)
        for name, want in step.get("reply_headers", {}).items():
            found += comparison.differences(want, headers.get(name), (f"header {name}",))
        return found, comparison.bound

    def ask(self, step: Mapping[str, Any]) -> tuple[int, Any]:
        """Send the step's request: the status and the reply, decoded."""
        status, _, reply = self._call(step)
        return status, reply

    def _call(self, step: Mapping[str, Any]) -> tuple[int, dict[str, str], Any]:
        body = step.get("body")
        data = None if body is None else self._bind(body if isinstance(body, str) else json.dumps(body)).encode()
        status, headers, raw = self._send(step["method"], self._bind(step["path"]), self._headers(step), data)
        reply = decoded(raw)
        if "login" in step and isinstance(reply, dict) and "token" in reply:
            self._tokens[step["login"]] = reply["token"]
        return status, {name.lower(): value for name, value in headers.items()}, reply

    def _headers(self, step: Mapping[str, Any]) -> dict[str, str]:
        headers = {"Accept": "application/json"}
        who = step.get("as", "admin")
        if who != "nobody":
            headers["Authorization"] = "Bearer " + self._token(who)
        if step.get("body") is not None:
            headers["Content-Type"] = "application/json"
        for name, value in step.get("headers", {}).items():
            headers.pop(name, None)
            if value is not None:
                headers[name] = self._bind(value)
        return headers

    def _token(self, who: str) -> str:
        if who not in self._tokens:
            status, _, raw = self._send("POST", *self._login(who))
            if status != 200:
                raise RuntimeError(f"signing in as {who}: {status} {raw[:200]!r}")
            self._tokens[who] = json.loads(raw)["token"]
        return self._tokens[who]

    def _login(self, who: str) -> tuple[str, dict[str, str], bytes]:
        body = {"username": who, "password": "", "isHashed": True}
        return "/api/v1/auth/login", {"Content-Type": "application/json"}, json.dumps(body).encode()

    def _bind(self, text: str) -> str:
        return BOUND.sub(lambda match: self._bound.get(match.group(), match.group()), text)


def decoded(data: bytes) -> Any:
    """JSON as it is; newline-delimited JSON as {"<stream>": [...]}; an archive as its members' names and sizes."""
    if not data:
        return None
    if data[:2] == b"\x1f\x8b" or data[257:262] == b"ustar":
        return {"<tar>": _tar_members(data)}
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return {"<zip>": sorted([m.filename, m.file_size] for m in archive.infolist() if not m.is_dir())}
    text = data.decode("utf-8", "replace")
    for read in (json.loads, _stream):
        try:
            return read(text)
        except ValueError:
            continue
    return {"<text>": text}


def _tar_members(data: bytes) -> list[list[Any]]:
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        return sorted([member.name.rstrip("/"), member.size] for member in archive.getmembers() if member.isfile())


def _stream(text: str) -> dict[str, Any]:
    return {"<stream>": [json.loads(line) for line in text.splitlines() if line.strip()]}

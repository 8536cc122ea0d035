"""Transcripts of the real `det` on a real master, and their replay: each command with its output, its exit code and the files it leaves.

A transcript is a JSON file {"name", "about", "cluster", "options"?, "steps": [...]}. A step writes files ("write"), builds state through the
API ("http"; its status counts, "bind" names values of the reply) or runs a command ("det"). It starts from a fresh master,
an empty working folder, an empty storage folder and a client that is not signed in.
"""
from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Iterator, Mapping

from fakedet.contract.comparing import BOUND
from fakedet.contract.det import COLUMNS, RunDet
from fakedet.contract.golden import Session
from fakedet.contract.printed import Bindings, Content, content, lines, without_widths
from fakedet.contract.sending import to_url

Step = Mapping[str, Any]


def replay(transcript: Step, url: str, root: Path, run: RunDet) -> list[str]:
    """The steps that differ at the fresh master `url`, for a person to read; `root` is an empty folder for what they leave."""
    player = Player(url, root, run)
    found = ((number, step, list(player.play(step))) for number, step in enumerate(transcript["steps"], 1))
    return [f"step {number} {_name(step)}\n" + "\n".join(f"    {line}" for line in differences)
            for number, step, differences in found if differences]


def commands(transcript: Step) -> int:
    """How many commands are in it."""
    return sum("det" in step for step in transcript["steps"])


class Player:
    """Plays the steps of one transcript against the master `url`, in folders of its own below `root`."""

    def __init__(self, url: str, root: Path, run: RunDet):
        self._url, self._run = url, run
        self._work, self._home, store = (root / name for name in ("work", "home", "files"))
        for folder in (self._work, self._home, store):
            folder.mkdir()
        self._places = {url: "<url>", str(store): "<files>", str(self._work): "<work>"}
        self._names = {**self._places, url.split("//")[1]: "<host>"}  # only printed: a recorded command that says <host> was typed so
        self._bound = Bindings()
        self._session = Session(to_url(url), patience=0)
        self._seen = self._stamps()

    def play(self, step: Step) -> Iterator[str]:
        """Do what the step says and tell where it went otherwise than recorded."""
        if "write" in step:
            self._write(step["write"])
        elif "http" in step:
            yield from self._ask(step)
        else:
            yield from self._command(step)

    def _write(self, files: Mapping[str, str]) -> None:
        for name, text in files.items():
            file = self._work / self._local(name)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(self._local(text))
        self._seen = self._stamps()

    def _ask(self, step: Step) -> Iterator[str]:
        method, path = step["http"]
        call = {"as": step.get("as", "admin"), "method": method, "path": self._local(path)}
        if step.get("body") is not None:
            call["body"] = self._local(step["body"] if isinstance(step["body"], str) else json.dumps(step["body"]))
        status, reply = self._session.ask(call)
        if status != step["status"]:
            yield f"status: want {step['status']} got {status} {json.dumps(reply)[:300]}"
            return
        self._bound.update({name: str(_value_at(reply, where)) for name, where in step.get("bind", {}).items()})

    def _command(self, step: Step) -> Iterator[str]:
        arguments = [self._local(argument) for argument in step["det"]]
        done = self._run(arguments, self._environment(step), self._work, self._local(step.get("stdin", "")).encode())
        if done.exit != step["exit"]:
            yield f"exit: want {step['exit']} got {done.exit}"
        for stream in ("stdout", "stderr"):
            yield from self._differing_output(step, stream, lines(getattr(done, stream), self._names))
        changes = self._changes()
        yield from self._bound.differing_files(step.get("files", changes), changes)

    def _differing_output(self, step: Step, stream: str, got: list[str]) -> Iterator[str]:
        want = step.get(stream, got)
        if step.get("widths") == "free":
            want, got = [without_widths(line) for line in want], [without_widths(line) for line in got]
        yield from self._bound.differing_lines(stream, want, got)

    def _environment(self, step: Step) -> dict[str, str]:
        account = {"DET_USER": step["as"], "DET_PASS": ""} if "as" in step else {}
        asked = {name: self._local(value) for name, value in step.get("env", {}).items()}
        return {"PATH": os.environ.get("PATH", ""), "HOME": str(self._home), "TZ": "UTC", "COLUMNS": COLUMNS, "LC_ALL": "C.UTF-8",
                "DET_MASTER": self._url, "DET_DEBUG_CONFIG_PATH": str(self._home / "config"), **account, **asked}

    def _local(self, text: str) -> str:
        """A recorded text with what its placeholders stand for here."""
        for value, name in self._places.items():
            text = text.replace(name, value)
        return BOUND.sub(lambda match: self._bound.get(match.group(), match.group()), text)

    def _stamps(self) -> dict[str, int]:
        """When each file of the working folder was last written."""
        return {str(path.relative_to(self._work)) + "/" * path.is_dir(): 0 if path.is_dir() else path.stat().st_mtime_ns
                for path in self._work.rglob("*")}

    def _changes(self) -> dict[str, Content]:
        """What is new or gone in the working folder since the last look."""
        before, self._seen = self._seen, self._stamps()
        written = [name for name in sorted(self._seen) if before.get(name) != self._seen[name]]
        gone = dict.fromkeys(name for name in before if name not in self._seen)
        return {**{name: content(self._work / name, self._names) for name in written}, **gone}


def _value_at(reply: Any, where: str) -> Any:
    for key in where.split("."):
        reply = reply[int(key)] if isinstance(reply, list) else reply[key]
    return reply


def _name(step: Step) -> str:
    return "det " + " ".join(step["det"]) if "det" in step else " ".join(step.get("http", ["write"]))

"""Makes the calls of a recording with the old client that is importable here, and prints what each gave as JSON.

Runs as a file in the interpreter of the old client, Python 3.8, with ERA_URL and ERA_TMP set: it imports nothing of fakedet.
"""
from __future__ import annotations

import contextlib
import datetime
import enum
import importlib.util
import json
import os
import pathlib
import re
import subprocess
import sys
from typing import Any

DEEPEST = 6
PRINTED_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?\+0000")
#: Only the times of checkpoints are part of a world.
TIME_OF_A_CHECKPOINT = re.compile(r"2023-01-01 00:(0[1-9]|[12]\d):00")


def plain(value: Any, depth: int = 0) -> Any:
    """`value` as JSON: an object is {"<Type>": {its public attributes}}."""
    if isinstance(value, enum.Enum):
        return f"<{type(value).__name__}.{value.name}>"
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, (str, pathlib.PurePath)):
        return str(value).replace(os.environ["ERA_TMP"], "TMP").replace(os.environ["ERA_URL"], "MASTER")
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, dict):
        return {str(key): plain(item, depth + 1) for key, item in value.items()}
    if isinstance(value, (list, tuple, set)) or hasattr(value, "__next__"):
        return [plain(item, depth + 1) for item in value]
    return _plain_object(value, depth)


def files(folder: str) -> dict[str, int]:
    """Paths and sizes of the files in `folder`."""
    root = pathlib.Path(folder)
    return {str(file.relative_to(root)): file.stat().st_size for file in sorted(root.rglob("*"))
            if file.is_file() and file.name != "metadata.json"}


def det(*command: str) -> list[Any]:
    """Run the `det` of this release: [exit status, what it printed], and the last line of its errors if it failed."""
    module = "determined.cli" if _is_there("determined.cli") else "determined_cli"
    done = subprocess.run([sys.executable, "-W", "ignore", "-m", module, "-m", os.environ["ERA_URL"], *command],
                          capture_output=True, text=True, env=dict(os.environ, COLUMNS="300"), check=False)
    printed = PRINTED_TIME.sub(lambda found: found.group() if TIME_OF_A_CHECKPOINT.match(found.group()) else "<when>", done.stdout)
    return [done.returncode, printed] + ([done.stderr.strip().splitlines()[-1:]] if done.returncode else [])


def _plain_object(value: Any, depth: int) -> Any:
    """The public attributes of an object, without its way to the master."""
    if depth > DEEPEST:
        return f"<{type(value).__name__}>"
    shown = {name: plain(item, depth + 1) for name, item in sorted(vars(value).items())
             if not name.startswith("_") and not callable(item) and name not in ("api", "session")}
    return {f"<{type(value).__name__}>": shown}


def _is_there(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ImportError:
        return False


def _result_of(call: dict[str, Any], names: dict[str, Any]) -> dict[str, Any]:
    try:
        try:
            code = compile(call["do"], "call", "eval")
        except SyntaxError:
            exec(compile(call["do"], "call", "exec"), names)
            return {"gives": None}
        return {"gives": plain(eval(code, names))}
    except Exception as error:
        return {"raises": [type(error).__name__, plain(str(error))]}


def main(path: str) -> None:
    """Make the calls of the recording at `path`; what they print goes nowhere."""
    recording = json.loads(pathlib.Path(path).read_text(encoding="utf-8"))
    os.chdir(os.environ["ERA_TMP"])
    names = {"MASTER": os.environ["ERA_URL"], "TMP": os.environ["ERA_TMP"], "files": files, "det": det, "json": json, "pathlib": pathlib}
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
        exec(recording["prelude"], names)
        results = [_result_of(call, names) for call in recording["calls"]]
    print(json.dumps(results))


if __name__ == "__main__":
    main(sys.argv[1])

"""The context of an experiment as downloads: whole, and file by file (master: api_experiment.go, core_experiment.go)."""
from __future__ import annotations

import base64
import re

from fakedet.domain.errors import InvalidArgument, MasterError
from fakedet.domain.go_sniff import content_type
from fakedet.domain.go_text import parse_int
from fakedet.gateway.echo.routing import EchoRequest, route
from fakedet.gateway.http import HttpReply
from fakedet.services import finding
from fakedet.services.call import Call
from fakedet.services.experiments.model_definition import file_content

LONGEST_NAME = 50
_NOT_IN_FILE_NAMES = re.compile(r"[^A-Za-z0-9_ \-()\[\].{}]+")


@route("GET", "/experiments/{id}/model_def")
def model_def(call: Call, request: EchoRequest) -> HttpReply:
    """The whole context as a tar.gz."""
    experiment = finding.experiment(call.db, _number(request.parameters["id"]))
    name = _NOT_IN_FILE_NAMES.sub("", experiment["config"]["name"])
    shown = f"exp{experiment['id']}{('_' + name)[:LONGEST_NAME]}_model_def.tar.gz"
    return _attachment(shown, "application/x-gtar", base64.b64decode(experiment["model_definition"]))


@route("GET", "/experiments/{id}/file/download")
def file_download(call: Call, request: EchoRequest) -> HttpReply:
    """One file."""
    experiment = finding.experiment(call.db, _number(request.parameters["id"]))
    path = request.query.get("path", "")
    content = file_content(experiment, path)
    return _attachment(f"exp{experiment['id']}/{path}", content_type(content), content)


def _attachment(name: str, kind: str, content: bytes) -> HttpReply:
    return HttpReply(200, [("Content-Type", kind), ("Content-Disposition", f'attachment; filename="{name}"')], content)


def _number(text: str) -> int:
    try:
        return parse_int(text, 64, 10)
    except (MasterError, ValueError):
        raise InvalidArgument(f'unable to parse to int: {text}: strconv.Atoi: parsing "{text}": invalid syntax') from None

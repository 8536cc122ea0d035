"""The context of an experiment as downloads: whole, and file by file (master: api_experiment.go, core_experiment.go)."""
from __future__ import annotations

import base64

from fakedet.domain.errors import InvalidArgument, MasterError, NotFound
from fakedet.domain.go_text import parse_int
from fakedet.gateway.echo.routing import EchoRequest, route
from fakedet.gateway.http import HttpReply
from fakedet.services import finding
from fakedet.services.call import Call
from fakedet.services.experiments.model_definition import file_content


@route("GET", "/experiments/{id}/model_def")
def model_def(call: Call, request: EchoRequest) -> HttpReply:
    """The whole context as a tar.gz."""
    experiment = finding.experiment(call.db, _number(request.parameters["id"]))
    name = f"exp{experiment['id']}_model_def.tar.gz"
    headers = [("Content-Type", "application/x-gtar"), ("Content-Disposition", f'attachment; filename="{name}"')]
    return HttpReply(200, headers, base64.b64decode(experiment["model_definition"]))


@route("GET", "/experiments/{id}/file/download")
def file_download(call: Call, request: EchoRequest) -> HttpReply:
    """One file."""
    experiment = finding.experiment(call.db, _number(request.parameters["id"]))
    path = request.query.get("path", "")
    content = file_content(experiment, path)
    if content is None:
        raise NotFound(f"file '{path}' not found")
    return HttpReply(200, [("Content-Type", "application/octet-stream")], content)


def _number(text: str) -> int:
    try:
        return parse_int(text, 64, 10)
    except (MasterError, ValueError):
        raise InvalidArgument(f'unable to parse to int: {text}: strconv.Atoi: parsing "{text}": invalid syntax') from None

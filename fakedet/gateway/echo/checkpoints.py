"""Archives of checkpoints and the preview of a GC policy (master: core_checkpoint.go, core_experiment.go)."""
from __future__ import annotations

from fakedet.domain.errors import InvalidArgument
from fakedet.domain.gc import Policy
from fakedet.domain.go_text import NumError, parse_int
from fakedet.gateway import errors
from fakedet.gateway.echo.routing import EchoRequest, json_reply, route
from fakedet.gateway.http import HttpReply
from fakedet.services import finding
from fakedet.services.call import Call
from fakedet.services.checkpoints import downloading, previewing
from fakedet.services.checkpoints.planning import differences


@route("GET", "/checkpoints/{uuid+}", unlocked=True)
def download(call: Call, request: EchoRequest) -> HttpReply:
    """The files of a checkpoint as tar, tar.gz or zip, as the Accept header says."""
    accept = request.http.headers.get("accept")
    media_type = downloading.media_type_of(accept)
    if media_type is None:
        return errors.echo_reply(415, f"unsupported media type to download a checkpoint: '{accept}'")
    try:
        archive = downloading.archive(call, request.parameters["uuid"], media_type)
    except downloading.DownloadFailed as error:
        reply = errors.echo_error_reply(error)
        reply.headers = [("Content-Type", error.media_type)]
        return reply
    length = [] if archive.length is None else [("Content-Length", str(archive.length))]
    return HttpReply(200, [("Content-Type", archive.media_type), *length], archive.chunks)


@route("GET", "/experiments/{experiment_id}/preview_gc")
def preview_gc(call: Call, request: EchoRequest) -> HttpReply:
    """What a policy would delete; nothing is changed."""
    number = _integer(request.parameters["experiment_id"])
    policy = Policy(*(_parameter(request, f"save_{name}") for name in Policy._fields))
    experiment = finding.experiment(call.db, number)
    call.notices += differences(call.db, experiment, policy, policy)
    return json_reply(previewing.preview(call.world, experiment, policy))


def _parameter(request: EchoRequest, name: str) -> int:
    text = request.query.get(name)
    if not text:
        raise InvalidArgument(f"missing parameter: {name}")
    return _integer(text)


def _integer(text: str) -> int:
    try:
        return parse_int(text, 64, base=10)
    except NumError as error:
        raise InvalidArgument(f"unable to parse to int: {text}: {str(error).replace('ParseInt', 'Atoi')}") from None

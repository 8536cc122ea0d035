"""The route: a query in, its data or its errors out, both with status 200."""
from __future__ import annotations

from fakedet.domain.errors import InvalidArgument
from fakedet.gateway.echo.routing import EchoRequest, json_reply
from fakedet.gateway.http import HttpReply
from fakedet.gateway.legacy.graphql.executing import execute
from fakedet.gateway.legacy.graphql.language import GraphqlError, parse
from fakedet.gateway.legacy.routing import route
from fakedet.services.call import Call


@route("POST", "/graphql")
def graphql(call: Call, request: EchoRequest) -> HttpReply:
    """Answer a query."""
    sent = request.json()
    if not isinstance(sent, dict) or not isinstance(sent.get("query"), str):
        raise InvalidArgument("query is missing")
    try:
        return json_reply({"data": execute(call.db, parse(sent["query"]))})
    except GraphqlError as error:
        return json_reply({"errors": [{"message": str(error)}]})

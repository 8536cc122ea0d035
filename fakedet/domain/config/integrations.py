"""The integrations section: Pachyderm datasets and webhooks."""

from __future__ import annotations

from fakedet.domain.config.kinds import Flag, Integer, Text
from fakedet.domain.config.objects import Field, ListOf, Needed, Object, Shown

_SERVER = {"host": Needed(Text()), "port": Needed(Integer())}

PACHYDERM = Object(
    "PachydermConfigV0",
    {
        "pachd": Needed(Object("PachydermPachdConfigV0", _SERVER)),
        "proxy": Needed(Object("PachydermProxyConfigV0", {"scheme": Needed(Text()), **_SERVER})),
        "dataset": Needed(
            Object(
                "PachydermDatasetConfigV0",
                {name: Needed(Text()) for name in ("project", "repo", "commit", "branch", "token")},
            )
        ),
    },
)
WEBHOOKS = Object(
    "WebhooksConfigV0",
    {
        "webhook_id": Field(ListOf(Integer()), shown=Shown.IF_SET),
        "webhook_name": Field(ListOf(Text()), shown=Shown.IF_SET),
        "exclude": Field(Flag(), shown=Shown.IF_FILLED, plain=False),
    },
)
INTEGRATIONS = Object(
    "IntegrationsConfigV0",
    {
        "pachyderm": Field(PACHYDERM, shown=Shown.IF_SET),
        "webhooks": Field(WEBHOOKS, shown=Shown.IF_SET),
    },
)

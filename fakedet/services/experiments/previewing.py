"""What a search would do, without doing it (master: api_experiment.go, PreviewHPSearch)."""
from __future__ import annotations

from typing import Any

from fakedet.domain import config as configs
from fakedet.domain.errors import Internal, InvalidArgument
from fakedet.domain.searchers.preview import preview_search
from fakedet.services.call import Call
from fakedet.services.registry import rpc


@rpc("PreviewHPSearch")
def preview_hp_search(call: Call, request: Any) -> dict[str, Any]:
    """The searcher with its defaults, and how many trials train how long."""
    if request.config is None:
        raise InvalidArgument("invalid experiment configuration; missing searcher")
    try:
        config = configs.read(request.config)
    except configs.ConfigError as error:
        raise InvalidArgument(f"invalid experiment configuration: {error}") from None
    if config.get("searcher") is None:
        raise InvalidArgument("invalid experiment configuration; missing searcher")
    searcher = _section(configs.SEARCHER, config.get("searcher"), "searcher")
    hyperparameters = _section(configs.HYPERPARAMETERS, config.get("hyperparameters"), "hyperparameters")
    try:
        configs.require_current(searcher)
    except configs.ConfigError as error:
        raise Internal(f"invalid experiment configuration: {error}") from None
    return {"summary": preview_search({"searcher": searcher, "hyperparameters": hyperparameters})}


def _section(kind: Any, value: Any, name: str) -> Any:
    try:
        shown = kind.show(kind.fill(value)) if value is not None else None
        configs.require_complete(kind, shown)
    except configs.ConfigError as error:
        raise InvalidArgument(f"invalid {name} configuration: {error}") from None
    return shown

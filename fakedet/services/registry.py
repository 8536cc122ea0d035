"""Which function answers which RPC: services register themselves by the RPC's name of the spec.

The modules of this package are imported once, when the first RPC is asked for; nobody keeps a list of them.
"""
from __future__ import annotations

import functools
import importlib
import pkgutil
from typing import Any, Callable, TypeVar

Service = Callable[..., Any]
_Function = TypeVar("_Function", bound=Service)
_services: dict[str, Service] = {}
_only_refusing: set[str] = set()


def rpc(name: str, *, refuses: bool = False) -> Callable[[_Function], _Function]:
    """Register the decorated function as the service of RPC `name`; it is called with (call, request) and returns the reply.

    One that `refuses` gives the master's errors for bad requests and refuses the good ones by name.
    """
    def register(function: _Function) -> _Function:
        if name in _services:
            raise ValueError(f"RPC {name} has two services: {_services[name].__module__} and {function.__module__}")
        _services[name] = function
        if refuses:
            _only_refusing.add(name)
        return function
    return register


def service_of(name: str) -> Service | None:
    """The service of RPC `name`, or None where fakedet has none (the gateway then refuses it by name)."""
    return all_services().get(name)


@functools.cache
def all_services() -> dict[str, Service]:
    """Every registered service by RPC name."""
    import fakedet.services as package

    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        importlib.import_module(module.name)
    return _services


def served_rpcs() -> set[str]:
    """The RPCs that fakedet does, by name; all others it refuses."""
    return set(all_services()) - _only_refusing

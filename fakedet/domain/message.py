"""A decoded request or a part of one: all fields of its proto message as attributes.

Unset scalars have their zero value, unset optional ones, wrappers and messages are None, repeated fields and maps are empty.
"""
from __future__ import annotations

from typing import Any, ClassVar


class Message:
    """Base of the classes that the gateway makes for the messages of the API; class attributes hold the defaults."""

    message_name: ClassVar[str] = ""
    field_names: ClassVar[tuple[str, ...]] = ()
    list_names: ClassVar[tuple[str, ...]] = ()
    map_names: ClassVar[tuple[str, ...]] = ()

    def __init__(self, **values: Any):
        unknown = values.keys() - set(self.field_names)
        if unknown:
            raise TypeError(f"{self.message_name} has no field {', '.join(sorted(unknown))}")
        attributes = self.__dict__
        for name in self.list_names:
            attributes[name] = []
        for name in self.map_names:
            attributes[name] = {}
        attributes.update(values)

    def has(self, name: str) -> bool:
        """Whether the field was sent, be it with its zero value; the master itself cannot tell."""
        return name in self.__dict__

    def as_dict(self) -> dict[str, Any]:
        """The fields as a plain dict, as replies are made of; those that are None are left out."""
        values = ((name, getattr(self, name)) for name in self.field_names)
        return {name: _plain(value) for name, value in values if value is not None}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Message) and type(self) is type(other) and self.as_dict() == other.as_dict()

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        given = ", ".join(f"{name}={value!r}" for name, value in self.__dict__.items())
        return f"{self.message_name.rpartition('.')[2] or 'Message'}({given})"


def _plain(value: Any) -> Any:
    if isinstance(value, Message):
        return value.as_dict()
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value

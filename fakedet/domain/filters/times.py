"""Texts as PostgreSQL reads them for a time: the usual ways to write a date, then perhaps a time of day, then perhaps a zone.

What it knows beyond these is no time here: years of two digits or five, names of places, other orders of the parts.
"""
from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_WORDS = {"infinity": float("inf"), "-infinity": float("-inf"), "epoch": 0}
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_MONTH = (r"(?P<name>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?"
          r"|dec(?:ember)?)")
_DATES = (
    r"(?P<year>\d{4})[-/](?P<month>\d\d?)[-/](?P<day>\d\d?)",
    r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)",
    r"(?P<month>\d\d?)[-/](?P<day>\d\d?)[-/](?P<year>\d{4})",
    rf"{_MONTH}[-\s](?P<day>\d\d?)(?:,\s*|[-\s])(?P<year>\d{{4}})",
    rf"(?P<day>\d\d?)[-\s]{_MONTH}[-\s](?P<year>\d{{4}})",
)
_WEEKDAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,?\s+)?"
_CLOCK = (r"(?:T|\s+)(?P<hour>\d\d?):(?P<minute>\d\d?)(?::(?P<second>\d\d?)(?P<fraction>\.\d+)?)?(?:\s*(?P<half>am|pm))?"
          r"|T(?P<hour2>\d\d)(?P<minute2>\d\d)(?P<second2>\d\d)(?P<fraction2>\.\d+)?")
#: Zones by their usual short names, in hours.
_ZONES = {"z": 0, "zulu": 0, "utc": 0, "ut": 0, "gmt": 0, "wet": 0, "bst": 1, "cet": 1, "cest": 2, "eet": 2, "msk": 3, "jst": 9,
          "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7}
_ZONE = rf"\s*(?:(?P<zone>{'|'.join(_ZONES)})|(?P<sign>[+-])(?P<hours>\d\d?)(?::?(?P<minutes>\d\d))?)"
_TIMES = tuple(re.compile(rf"\s*{_WEEKDAY}{date}(?:{_CLOCK})?(?:{_ZONE})?\s*", re.ASCII | re.IGNORECASE) for date in _DATES)


class NoTime(ValueError):
    """The text is none."""


class OutOfRange(ValueError):
    """The text is one, but there is no such day or hour."""


def read_time(text: str, *, with_zone: bool) -> float:
    """Microseconds since the epoch; a zone counts only where the type has one."""
    word = text.strip().lower()
    if word in _WORDS:
        return _WORDS[word]
    found = next((match for form in _TIMES if (match := form.fullmatch(text))), None)
    if found is None:
        raise NoTime(text)
    part = found.groupdict()
    try:
        moment = datetime(int(part["year"]), _month(part), int(part["day"]), tzinfo=timezone.utc) + _time_of_day(part)
    except ValueError:
        raise OutOfRange(text) from None
    return (moment - (_offset(part) if with_zone else timedelta()) - _EPOCH) // timedelta(microseconds=1)


def _offset(part: dict[str, str | None]) -> timedelta:
    """How far the zone is ahead of UTC."""
    if part["zone"]:
        return timedelta(hours=_ZONES[part["zone"].lower()])
    offset = timedelta(hours=int(part["hours"] or 0), minutes=int(part["minutes"] or 0))
    return -offset if part["sign"] == "-" else offset


def _month(part: dict[str, str | None]) -> int:
    name = part.get("name")
    return int(part["month"] or 0) if name is None else _MONTHS.index(name[:3].lower()) + 1


def _time_of_day(part: dict[str, str | None]) -> timedelta:
    hour, minute, second = (int(part[name] or part[f"{name}2"] or 0) for name in ("hour", "minute", "second"))
    if hour > (12 if part["half"] else 24) or minute > 59 or second > 60 or (hour, minute, second) > (24, 0, 0):
        raise ValueError
    if part["half"]:
        hour = hour % 12 + (12 if part["half"].lower() == "pm" else 0)
    fraction = float(part["fraction"] or part["fraction2"] or 0)
    return timedelta(hours=hour, minutes=minute, seconds=second, microseconds=round(fraction * 1_000_000))

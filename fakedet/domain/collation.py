"""The order of text in PostgreSQL under en_US.UTF-8, as its usual images sort: every ORDER BY on a text column of the master.

Four levels, the next one counting where all before are equal: base letters and digits, accents, capitals and other forms,
and at last all characters with the punctuation, which before counts for nothing. What is equal then goes by code point.
"""
from __future__ import annotations

import re
from functools import lru_cache
from itertools import groupby

from fakedet.domain.collation_weights import CONTRACTIONS, Weights, is_common, weights_of

CollationKey = tuple[str, str, str, str, str]


class _Level(dict[int, str]):
    """The weights of characters on one level, as str.translate asks for them."""

    def __init__(self, number: int):
        super().__init__()
        self.number = number

    def __missing__(self, code: int) -> str:
        self[code] = weights_of(chr(code))[self.number]
        return self[code]


_CONTRACTED = re.compile("|".join(CONTRACTIONS))
_LOST_IN_ASCII = re.compile("[^A-Za-z]([^A-Za-z][A-Za-z])")
_BASES, _ACCENTS, _FORMS, _ITSELF = map(_Level, range(len(Weights._fields)))


@lru_cache(maxsize=16384)
def sort_key(text: str) -> CollationKey:
    """Texts sort as their keys compare."""
    letters = text if text.isascii() else _CONTRACTED.sub(lambda pair: CONTRACTIONS[pair[0]], text)
    return letters.translate(_BASES), _accents(letters), letters.translate(_FORMS), letters.translate(_ITSELF), text


def _accents(text: str) -> str:
    """Accents, letter by letter; those of common characters (digits, symbols, free accents) count from the last to the first.

    Of several common characters before a letter, glibc loses the last but one on its way back (strcoll_l.c, get_next_seq).
    """
    if text.isascii():
        return _LOST_IN_ASCII.sub(r"\1", text).translate(_ACCENTS)
    runs = [(common, "".join(run)) for common, run in groupby(text, is_common)]
    last = len(runs) - 1
    return "".join(_accents_of(run, common, number == last) for number, (common, run) in enumerate(runs))


def _accents_of(run: str, common: bool, is_last: bool) -> str:
    if not common:
        return run.translate(_ACCENTS)
    seen = run if is_last else run[:-2] + run[-1]
    return seen[::-1].translate(_ACCENTS)

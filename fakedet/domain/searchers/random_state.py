"""The master's random numbers: the Mersenne Twister as legacy numpy seeds and draws it.

Mirrors master/pkg/nprand. Draw for draw the same numbers, so one seed gives the same trials as the real master. The
generator is the standard library's; only seeding and the shape of a draw are ours.
"""

from __future__ import annotations

from functools import lru_cache
from random import Random
from typing import Any
from uuid import UUID

WORDS = 624
_WORD_BITS = 32
_WORD_LIMIT = (1 << _WORD_BITS) - 1
_TwisterState = tuple[int, tuple[int, ...], None]


class RandomState:
    """One stream of draws. It remembers its seed and how many words it drew, which is all there is to save."""

    def __init__(self, seed: int, *, draws: int = 0) -> None:
        self.seed = seed & _WORD_LIMIT
        self.draws = draws
        self._generator: Random | None = None

    def __repr__(self) -> str:
        return f"RandomState(seed={self.seed}, draws={self.draws})"

    def bits(self, words: int = 1) -> int:
        """That many 32-bit draws; the first is the lowest word."""
        drawn = self._twister().getrandbits(_WORD_BITS * words)
        self.draws += words
        return drawn

    def integer_below(self, limit: int) -> int:
        """A uniform integer in [0, limit): draws are masked and repeated until one fits; a limit of 1 draws nothing."""
        highest = limit - 1
        if highest <= 0:
            return 0
        mask = (1 << highest.bit_length()) - 1
        draw = self.bits if highest <= _WORD_LIMIT else self._long_word
        while (value := draw() & mask) > highest:
            pass
        return value

    def signed_integer(self) -> int:
        """Any integer of 64 bits."""
        word = self._long_word()
        return word - (1 << 2 * _WORD_BITS) if word >> (2 * _WORD_BITS - 1) else word

    def unit_interval(self) -> float:
        """A uniform float in [0, 1) of two draws."""
        value = self._twister().random()
        self.draws += 2
        return value

    def uniform(self, low: float, high: float) -> float:
        """A uniform float in [low, high)."""
        return low + (high - low) * self.unit_interval()

    def uuid(self) -> str:
        """A random UUID of four draws, read as little-endian bytes."""
        return str(UUID(bytes=self.bits(4).to_bytes(16, "little"), version=4))

    def save(self) -> dict[str, Any]:
        """A JSON value that `load` makes the same stream of."""
        return {"seed": self.seed, "draws": self.draws}

    @classmethod
    def load(cls, state: dict[str, Any]) -> RandomState:
        """The stream that `save` described, at the same place."""
        return cls(state["seed"], draws=state["draws"])

    def _long_word(self) -> int:
        high = self.bits()
        return high << _WORD_BITS | self.bits()

    def _twister(self) -> Random:
        # Made when first drawn from: most events of a search draw nothing, and seeding is the dear part.
        if self._generator is None:
            self._generator = Random()
            self._generator.setstate(_seeded(self.seed))
            if self.draws:
                self._generator.getrandbits(_WORD_BITS * self.draws)
        return self._generator


@lru_cache(maxsize=8)
def _seeded(seed: int) -> _TwisterState:
    """The state after init_genrand(seed); Python's own seeding hashes the seed and would start elsewhere."""
    words = [seed]
    for position in range(1, WORDS):
        previous = words[-1]
        words.append((1812433253 * (previous ^ previous >> 30) + position) & _WORD_LIMIT)
    return 3, (*words, WORDS), None

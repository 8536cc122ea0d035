"""Bob Jenkins' hash `lookup3`, with which HDF5 checks its headers."""
from __future__ import annotations

import struct

_MASK = 0xFFFFFFFF
_START = 0xDEADBEEF
_MIX = ((0, 2, 4), (1, 0, 6), (2, 1, 8), (0, 2, 16), (1, 0, 19), (2, 1, 4))
_FINAL = ((2, 1, 14), (0, 2, 11), (1, 0, 25), (2, 1, 16), (0, 2, 4), (1, 0, 14), (2, 1, 24))


def lookup3(content: bytes) -> int:
    """The hash of some bytes, beginning at 0."""
    state = [_START + len(content) & _MASK] * 3
    if not content:
        return state[2]
    blocks = struct.iter_unpack("<3I", content + bytes(-len(content) % 12))
    words = next(blocks)
    for following in blocks:
        _add(state, words)
        _mix(state)
        words = following
    _add(state, words)
    for target, source, turn in _FINAL:
        state[target] = (state[target] ^ state[source]) - _rotated(state[source], turn) & _MASK
    return state[2]


def _add(state: list[int], words: tuple[int, ...]) -> None:
    state[:] = [part + word & _MASK for part, word in zip(state, words, strict=True)]


def _mix(state: list[int]) -> None:
    for target, source, turn in _MIX:
        state[target] = (state[target] - state[source] & _MASK) ^ _rotated(state[source], turn)
        state[source] = state[source] + state[3 - target - source] & _MASK


def _rotated(word: int, turn: int) -> int:
    return (word << turn | word >> 32 - turn) & _MASK

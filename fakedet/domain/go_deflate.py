"""How long Go's compress/gzip makes its input at the default level: the size of a model definition as the master stores it.

Only the size is computed, not the bytes: which matches Go finds (compress/flate, deflate.go, level 6), block by block, and what they
cost (go_huffman.py). Positions count from the input's beginning; Go's window slides under them by 32 KiB at a time.
"""
from __future__ import annotations

from typing import Iterable

from fakedet.domain.go_huffman import END_OF_BLOCK, FIRST_LENGTH, LITERALS, OFFSETS, block_bits, stored_bits

_FRAME = 10 + 8  # gzip's header and trailer
_WINDOW = 1 << 15
_SHORTEST, _LONGEST = 4, 258
_FULL_LOOK = _SHORTEST + _LONGEST
_BLOCK_TOKENS = 1 << 14
_LAZY, _NICE, _CHAIN = 16, 128, 128
_FAR = 4096


def gzip_size(chunks: Iterable[bytes]) -> int:
    """Bytes of the gzip of what is written in these chunks."""
    written = [chunk for chunk in chunks if chunk]
    matcher = _Matcher(b"".join(written))
    for chunk in written:
        matcher.write(len(chunk))
    return _FRAME + matcher.close()


class _Matcher:
    """Go's compressor: it looks one byte further before it takes a match, and only as far as its input is known."""

    def __init__(self, data: bytes):
        self.data = data
        self.hashes = _hashes(data)
        self.chains: dict[int, list[int]] = {}
        self.known = self.base = self.index = 0
        self.length, self.offset = _SHORTEST - 1, 0
        self.literal_waits = False
        self.block = _Block()

    def write(self, count: int) -> None:
        """`count` bytes more are known."""
        while count:
            self._advance(self.known - _FULL_LOOK)
            if self.index - self.base >= 2 * _WINDOW - _FULL_LOOK:
                self.base += _WINDOW
            taken = min(count, self.base + 2 * _WINDOW - self.known)
            self.known += taken
            count -= taken

    def close(self) -> int:
        """All bytes are known: the size of the whole stream."""
        self._advance(self.known - 1)
        if self.literal_waits:
            self.block.literal(self.data[self.index - 1])
        if self.block.tokens:
            self._end_block()
        bits = self.block.bits
        return (bits + stored_bits(0, bits)) // 8

    def _advance(self, last: int) -> None:
        while self.index <= last:
            self._step()

    def _step(self) -> None:
        chain = self._remember(self.index)
        length, offset = self.length, self.offset
        self.length, self.offset = _SHORTEST - 1, 0
        if length < _LAZY and length < self.known - self.index:
            self._find(chain[-_CHAIN - 1:-1])
        if length >= _SHORTEST and self.length <= length:
            self._take(length, offset)
        else:
            self._pass()

    def _take(self, length: int, offset: int) -> None:
        self.block.match(length, offset)
        end = self.index + length - 1
        for position in range(self.index + 1, end):
            self._remember(position)
        self.index = end
        self.literal_waits, self.length = False, _SHORTEST - 1
        if self.block.tokens == _BLOCK_TOKENS:
            self._end_block()

    def _pass(self) -> None:
        if self.literal_waits:
            self.block.literal(self.data[self.index - 1])
            if self.block.tokens == _BLOCK_TOKENS:
                self._end_block()
        self.index += 1
        self.literal_waits = True

    def _remember(self, position: int) -> list[int]:
        """Put the position at the end of its chain, where those of the same hash are; the chain."""
        if position >= len(self.hashes):
            return []
        chain = self.chains.setdefault(self.hashes[position], [])
        chain.append(position)
        return chain

    def _find(self, candidates: list[int]) -> None:
        """The longest match with one of the candidates, the nearest of several; a nice one is enough."""
        data, here = self.data, self.index
        look = min(self.known - here, _LONGEST)
        longest, oldest, nice = self.length, max(self.base, here - _WINDOW), min(look, _NICE)
        wanted = data[here + longest] if candidates else 0
        for candidate in reversed(candidates):
            if data[candidate + longest] != wanted:
                continue
            if candidate < oldest:
                return
            length = _common(data, candidate, here, look)
            if length > longest and (length > _SHORTEST or here - candidate <= _FAR):
                longest = self.length = length
                self.offset = here - candidate
                if length >= nice:
                    return
                wanted = data[here + longest]

    def _end_block(self) -> None:
        self.block.end(self.index, storable=self.block.start >= self.base)


class _Block:
    """The counts of the block under way, and the bits of those that have ended."""

    def __init__(self) -> None:
        self.bits = self.start = 0
        self._clear()

    def literal(self, byte: int) -> None:
        self.literals[byte] += 1
        self.tokens += 1

    def match(self, length: int, offset: int) -> None:
        self.literals[FIRST_LENGTH + _LENGTH_CODES[length - 3]] += 1
        self.offsets[_offset_code(offset - 1)] += 1
        self.tokens += 1

    def end(self, index: int, *, storable: bool) -> None:
        self.literals[END_OF_BLOCK] += 1
        self.bits += block_bits(self.literals, self.offsets, index - self.start if storable else None, self.bits)
        self.start = index
        self._clear()

    def _clear(self) -> None:
        self.tokens, self.literals, self.offsets = 0, [0] * LITERALS, [0] * OFFSETS


def _hashes(data: bytes) -> list[int]:
    found, word = [], 0
    for position, byte in enumerate(data):
        word = (word << 8 | byte) & 0xFFFFFFFF
        if position >= _SHORTEST - 1:
            found.append((word * 0x1E35A7BD & 0xFFFFFFFF) >> 15)
    return found


def _common(data: bytes, left: int, right: int, most: int) -> int:
    """How many bytes from `left` and from `right` on are the same, at most `most`."""
    if data[left:left + most] == data[right:right + most]:
        return most
    same, different = 0, most
    while different - same > 1:
        middle = (same + different) // 2
        if data[left + same:left + middle] == data[right + same:right + middle]:
            same = middle
        else:
            different = middle
    return same


def _length_codes() -> list[int]:
    codes = list(range(8))
    for code in range(8, 28):
        codes += [code] * (1 << (code // 4 - 1))
    return [*codes[:255], 28]


def _offset_code(offset: int) -> int:
    """Of an offset counted from 0: two codes for each power of two."""
    if offset < 4:
        return offset
    power = offset.bit_length() - 1
    return 2 * power + (offset >> power - 1 & 1)


_LENGTH_CODES = _length_codes()

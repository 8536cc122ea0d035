"""How many bits Go's compress/flate takes for one block: code lengths, the header that tells them, the cheapest of three forms.

The lengths are those of a length-limited Huffman code built level by level; where several are best, the header's size depends
on which of them is taken, so the construction follows Go's (compress/flate, huffman_code.go and huffman_bit_writer.go).
"""
from __future__ import annotations

from typing import Iterable, Sequence

END_OF_BLOCK = 256
FIRST_LENGTH = 257
LITERALS, OFFSETS = 286, 30
MOST_STORED = 65535
_NEVER = 1 << 31
_CODEGEN_ORDER = (16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15)
_CODEGEN_EXTRA = {16: 2, 17: 3, 18: 7}
_FIXED_LITERALS = [8] * 144 + [9] * 112 + [7] * 24 + [8] * 6
_FIXED_OFFSETS = [5] * OFFSETS
LENGTH_EXTRA = [0] * 8 + [bits for bits in range(1, 6) for _ in range(4)] + [0]
OFFSET_EXTRA = [0] * 4 + [bits for bits in range(1, 14) for _ in range(2)]


def block_bits(literals: Sequence[int], offsets: Sequence[int], stored: int | None, position: int) -> int:
    """Bits of a block with these counts of codes that begins at bit `position`; `stored` is the input's length if it may be stored."""
    extra = _extra_bits(literals, offsets)
    counted = offsets if any(offsets) else [1, *offsets[1:]]  # a block without matches is priced with one offset all the same
    fixed = 3 + _priced(literals, _FIXED_LITERALS) + _priced(counted, _FIXED_OFFSETS) + extra
    literal_lengths, offset_lengths = code_lengths(literals, 15), code_lengths(counted, 15)
    dynamic = _header_bits(literal_lengths, offset_lengths) + _priced(literals, literal_lengths) + _priced(counted, offset_lengths) + extra
    smallest = min(fixed, dynamic)
    if stored is not None and stored <= MOST_STORED and (stored + 5) * 8 < smallest:
        return stored_bits(stored, position)
    return smallest - (0 if counted is offsets else 1 if dynamic < fixed else 5)


def stored_bits(length: int, position: int) -> int:
    """Bits of a stored block: three, up to the next byte, two lengths and the bytes."""
    return 3 + -(position + 3) % 8 + 32 + 8 * length


def code_lengths(counts: Sequence[int], longest: int) -> list[int]:
    """The length of each code, 0 for those that do not occur."""
    used = sorted((count, code) for code, count in enumerate(counts) if count)
    lengths = [0] * len(counts)
    per_length = _codes_per_length([count for count, _ in used], min(longest, len(used) - 1))
    rarest_last = iter(reversed(used))
    for length, number in enumerate(per_length):
        for _ in range(number):
            lengths[next(rarest_last)[1]] = length
    return lengths


def _codes_per_length(counts: list[int], longest: int) -> list[int]:
    """How many codes each length gets; `counts` ascend. Each level takes leaves and pairs of the level below, the cheaper first."""
    total = len(counts)
    if total <= 2:
        return [0, total]
    counts = [*counts, _NEVER]
    leaves = [[2 if here == level else 0 for here in range(longest + 1)] for level in range(longest + 1)]
    needed, last = [0] * (longest + 2), [counts[1]] * (longest + 2)
    next_leaf = [counts[2]] * (longest + 2)
    next_pair = [counts[0] + counts[1]] * (longest + 2)
    next_pair[1], needed[longest] = _NEVER, 2 * total - 4
    level = longest
    while True:
        if next_pair[level] == _NEVER and next_leaf[level] == _NEVER:
            needed[level], next_pair[level + 1] = 0, _NEVER
            level += 1
            continue
        before = last[level]
        if next_leaf[level] < next_pair[level]:
            last[level] = next_leaf[level]
            leaves[level][level] += 1
            next_leaf[level] = counts[leaves[level][level]]
        else:
            last[level] = next_pair[level]
            leaves[level][:level] = leaves[level - 1][:level]
            needed[level - 1] = 2
        needed[level] -= 1
        if needed[level]:
            while needed[level - 1] > 0:
                level -= 1
        elif level == longest:
            break
        else:
            next_pair[level + 1] = before + last[level]
            level += 1
    return [0, *(leaves[longest][here] - leaves[longest][here - 1] for here in range(longest, 0, -1))]


def _header_bits(literal_lengths: list[int], offset_lengths: list[int]) -> int:
    runs = list(_runs([*_trimmed(literal_lengths), *_trimmed(offset_lengths)]))
    counts = [0] * len(_CODEGEN_ORDER)
    for code in runs:
        counts[code] += 1
    sent = len(_CODEGEN_ORDER)
    while sent > 4 and counts[_CODEGEN_ORDER[sent - 1]] == 0:
        sent -= 1
    extra = sum(bits * counts[code] for code, bits in _CODEGEN_EXTRA.items())
    return 3 + 5 + 5 + 4 + 3 * sent + _priced(counts, code_lengths(counts, 7)) + extra


def _runs(lengths: list[int]) -> Iterable[int]:
    """The codes that tell the lengths: each length itself, 16 repeats it, 17 and 18 are runs of zeros."""
    start = 0
    while start < len(lengths):
        size, end = lengths[start], start
        while end < len(lengths) and lengths[end] == size:
            end += 1
        yield from _run_of_zeros(end - start) if size == 0 else _run_of(size, end - start)
        start = end


def _run_of(size: int, count: int) -> Iterable[int]:
    yield size
    count -= 1
    while count >= 3:
        yield 16
        count -= min(count, 6)
    yield from [size] * count


def _run_of_zeros(count: int) -> Iterable[int]:
    while count >= 11:
        yield 18
        count -= min(count, 138)
    if count >= 3:
        yield 17
        count = 0
    yield from [0] * count


def _trimmed(lengths: list[int]) -> list[int]:
    end = len(lengths)
    while end and lengths[end - 1] == 0:
        end -= 1
    return lengths[:end]


def _priced(counts: Sequence[int], lengths: Sequence[int]) -> int:
    return sum(count * length for count, length in zip(counts, lengths))


def _extra_bits(literals: Sequence[int], offsets: Sequence[int]) -> int:
    return _priced(literals[FIRST_LENGTH:], LENGTH_EXTRA) + _priced(offsets, OFFSET_EXTRA)

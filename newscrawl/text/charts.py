"""Charts made of characters, for terminals and files."""

from __future__ import annotations

from collections.abc import Sequence

_BLOCKS = "▁▂▃▄▅▆▇█"
_PARTS = " ▏▎▍▌▋▊▉"
_ASCII_BLOCKS = "_.-=+*%#"


def draw_sparkline(values: Sequence[int], *, as_ascii: bool = False) -> str:
    """Return a character for each value, the highest one for the maximum, and a space for 0."""
    blocks = _ASCII_BLOCKS if as_ascii else _BLOCKS
    top = max(values, default=0)
    return "".join(blocks[(value * len(blocks) - 1) // top] if value else " " for value in values)


def draw_bar(share: float, width: int, *, as_ascii: bool = False) -> str:
    """Return a bar of *share* (0 to 1) of *width* characters; of more than nothing, something is seen."""
    if as_ascii:
        return "#" * max(round(share * width), share > 0)
    eighths = max(round(share * width * 8), share > 0)
    return "█" * (eighths // 8) + _PARTS[eighths % 8].strip()


def sum_groups(values: Sequence[int], groups: int) -> list[int]:
    """Return the sums of at most *groups* groups of consecutive values, of equal size but for the first one."""
    if not values:
        return []
    size = -(-len(values) // groups)
    first = len(values) % size or size
    starts = [0, *range(first, len(values), size)]
    return [sum(values[start:end]) for start, end in zip(starts, [*starts[1:], len(values)], strict=True)]

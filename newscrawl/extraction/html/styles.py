"""Read from a `style` attribute whether browsers show the text of an element."""

from __future__ import annotations

import re

MIN_OFFSET = {"px": 900.0, "pt": 900.0, "em": 90.0, "rem": 90.0, "ex": 180.0, "%": 900.0, "vw": 100.0, "vh": 100.0}
"""Unit -> distance from the edge of the window beyond which nothing is visible."""
_HIDING = frozenset({("display", "none"), ("visibility", "hidden")})
_ZERO = re.compile(r"0*\.?0+(?:px|em|rem|pt|%)?")
_LENGTH = re.compile(r"-(\d+(?:\.\d+)?)(px|pt|r?em|ex|%|vw|vh)")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_HALF_OR_MORE = re.compile(r"inset\((?:[5-9]\d|\d{3,})(?:\.\d+)?%\)|circle\(0(?:px|%)?\)")


def hides_text(style: str) -> bool:
    """Return whether *style* hides an element, moves it out of the window, or cuts or shrinks it to nothing."""
    declared = _read_declarations(style)
    return _hides_box(declared) or _has_no_size(declared)


def hides_own_text_only(style: str) -> bool:
    """Return whether only the size of the letters hides the text, which elements inside can set again."""
    declared = _read_declarations(style)
    return _has_no_size(declared) and not _hides_box(declared)


def _read_declarations(style: str) -> dict[str, str]:
    """Return property -> value in lower case, without `!important`; the last value of a property counts."""
    pairs = (declaration.partition(":") for declaration in style.lower().split(";"))
    return {name.strip(): value.replace("!important", "").strip() for name, _, value in pairs}


def _hides_box(declared: dict[str, str]) -> bool:
    if not _HIDING.isdisjoint(declared.items()) or _HALF_OR_MORE.fullmatch(declared.get("clip-path", "")):
        return True
    # Where position is not declared here, a class may set it: only `clip` has no other use.
    if declared.get("position", "absolute") in ("absolute", "fixed") and _is_empty(declared.get("clip", "")):
        return True
    return declared.get("position") in ("absolute", "fixed") and any(
        _is_far_outside(declared.get(side, "")) for side in ("left", "right", "top")
    )


def _is_empty(clip: str) -> bool:
    """Return whether a rectangle such as `rect(1px, 1px, 1px, 1px)` has no area."""
    values = _NUMBER.findall(clip) if clip.startswith("rect(") and "auto" not in clip else []
    return len(values) == 4 and (values[0] == values[2] or values[1] == values[3])


def _is_far_outside(offset: str) -> bool:
    length = _LENGTH.fullmatch(offset)
    return length is not None and float(length[1]) >= MIN_OFFSET[length[2]]


def _has_no_size(declared: dict[str, str]) -> bool:
    return _ZERO.fullmatch(declared.get("font-size", "")) is not None or declared.get("font", "").startswith("0/0 ")

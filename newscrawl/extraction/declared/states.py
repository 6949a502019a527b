"""Find the data from which the scripts of a page render it: `__NEXT_DATA__`, `__NUXT__`, `__INITIAL_STATE__` ..."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice
from typing import Any

from lxml import etree

from newscrawl.extraction.declared.javascript import ReadLimit, read_value

MIN_STATE = 300
"""Characters; a shorter script holds no article."""
MAX_STATE = 2_000_000
"""Characters of all states of a page."""
MAX_SCRIPTS = 60
MAX_VALUES = 10
"""Values that are read from one script."""
MAX_DEPTH = 60
_DATA_TYPE = re.compile(r"json|shoebox", re.IGNORECASE)
_ASSIGNED = re.compile(r"(?:[\w$\])'\"]\s*=|\bpush\()\s*(?=[{\[(\"']|function|JSON\.parse)")
_STREAM = "__next_f"
_STREAM_ROW = re.compile(r"([0-9a-f]+):(?:T([0-9a-f]+),)?")
_STREAM_REFERENCE = re.compile(r"\$[0-9a-f]+")
_ANGULAR = (("&q;", '"'), ("&s;", "'"), ("&l;", "<"), ("&g;", ">"), ("&a;", "&"))
"""How Angular's TransferState escapes its JSON."""
_WRAPPERS = frozenset({"Reactive", "ShallowReactive", "Ref", "ShallowRef", "Date"})
"""First items of lists in which Nuxt's payload wraps a value."""


def iter_states(root: etree._Element, scripts: Iterable[etree._Element]) -> Iterator[Any]:
    """Yield the values in the *scripts* and data attributes of a page, except JSON-LD; what is not data is skipped."""
    stream, limit, size = list[str](), ReadLimit(), 0
    texts = ((script, script.text or "") for script in scripts if "ld+json" not in (script.get("type") or "").lower())
    for script, text in islice((one for one in texts if MIN_STATE <= len(one[1]) <= MAX_STATE), MAX_SCRIPTS):
        size += len(text)
        if size > MAX_STATE:
            break
        if _STREAM in text[:200]:
            stream.extend(_iter_pushed(text, limit))
        elif _DATA_TYPE.search(script.get("type") or "") or text.lstrip()[:1] in ("{", "["):
            yield from _read_data(text, limit)
        else:
            yield from _iter_assigned(text, limit)
    if stream:
        yield from _read_stream("".join(stream), limit)
    for element in root.iter():
        for name, value in element.items():
            if len(value) >= MIN_STATE and str(name).startswith("data-") and value.lstrip()[:1] in ("{", "["):
                yield from _read_data(str(value), limit)


def _read_data(text: str, limit: ReadLimit) -> Iterator[Any]:
    if "&q;" in text:
        for escaped, character in _ANGULAR:
            text = text.replace(escaped, character)
    text = text.strip().removeprefix("<!--").lstrip()
    try:
        value, _ = read_value(text, 0, limit)
    except (ValueError, RecursionError):
        return
    yield _revive(value) if isinstance(value, list) and _is_payload(value) else value


def _iter_assigned(text: str, limit: ReadLimit) -> Iterator[Any]:
    """Yield the values that a script assigns or pushes."""
    at = 0
    for _ in range(MAX_VALUES):
        match = _ASSIGNED.search(text, at)
        if match is None:
            return
        at = match.end()
        try:
            value, at = read_value(text, at, limit)
        except (ValueError, RecursionError):
            continue
        if isinstance(value, str):
            yield from _read_data(value, limit) if value.lstrip()[:1] in ("{", "[") else ()
        elif isinstance(value, dict | list):
            yield value


def _iter_pushed(text: str, limit: ReadLimit) -> Iterator[str]:
    """Yield the parts of the stream that a script of Next.js pushes."""
    for value in _iter_assigned(text, limit):
        if isinstance(value, list) and len(value) == 2 and isinstance(value[1], str):
            yield value[1]


def _read_stream(stream: str, limit: ReadLimit) -> Iterator[Any]:
    """Yield the rows of a React stream; texts that a row refers to are put in."""
    data, at, rows = stream.encode("utf-8", "replace").decode("utf-8"), 0, dict[str, Any]()
    while match := _STREAM_ROW.match(data, at):
        if match[2]:
            row = data[match.end() :].encode()[: int(match[2], 16)].decode("utf-8", "ignore")
            rows[match[1]], at = row, match.end() + len(row)
            continue
        end = data.find("\n", match.end())
        end = len(data) if end < 0 else end
        with suppress(ValueError, RecursionError):
            rows[match[1]], _ = read_value(data[match.end() : end], 0, limit)
        at = end + 1
    for row in rows.values():
        if isinstance(row, dict | list):
            yield _put_texts_in(row, rows, 0)


def _put_texts_in(value: Any, rows: dict[str, Any], depth: int) -> Any:
    if isinstance(value, str):
        text = rows.get(value[1:]) if _STREAM_REFERENCE.fullmatch(value) else value
        return text if isinstance(text, str) else value
    if depth > MAX_DEPTH:
        return None
    if isinstance(value, dict):
        return {key: _put_texts_in(item, rows, depth + 1) for key, item in value.items()}
    if isinstance(value, list) and len(value) == 4 and value[0] == "$" and isinstance(value[3], dict):
        # A React element: ["$", tag, key, properties].
        return {"tag": value[1], **_put_texts_in(value[3], rows, depth + 1)}
    return [_put_texts_in(item, rows, depth + 1) for item in value] if isinstance(value, list) else value


def _is_payload(value: list[Any]) -> bool:
    """Return whether a list is Nuxt's payload: each value once, with indexes in place of values."""
    first = value[0] if value else None
    inside = first.values() if isinstance(first, dict) else first[1:] if isinstance(first, list) else ()
    return bool(inside) and all(isinstance(one, int) for one in inside)


def _revive(payload: list[Any]) -> Any:
    """Return the value that a payload describes."""
    known: dict[int, Any] = {}

    def revive(index: Any, depth: int) -> Any:
        if not isinstance(index, int) or not 0 <= index < len(payload) or depth > MAX_DEPTH:
            return None
        if index in known:
            return known[index]
        value = payload[index]
        if isinstance(value, list) and len(value) == 2 and value[0] in _WRAPPERS:
            value = revive(value[1], depth + 1)
        elif isinstance(value, list):
            known[index] = None
            value = [revive(item, depth + 1) for item in value]
        elif isinstance(value, dict):
            known[index] = None
            value = {key: revive(item, depth + 1) for key, item in value.items()}
        known[index] = value
        return value

    return revive(0, 0)

"""Read the values that scripts of a page contain: JSON, JavaScript literals, and the call that wraps Nuxt's state."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

MAX_DEPTH = 100
MAX_DIGITS = 20
MAX_LITERAL = 600_000
"""Characters of a page's scripts that are read token by token, which is slow; valid JSON may be longer."""
_TOKEN = re.compile(
    r"""\s*(?:(?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`)
    |(?P<word>[A-Za-z_$][\w$.]*)|(?P<number>-?\.?\d[\w.+-]*)|(?P<mark>[^\s]))""",
    re.DOTALL | re.VERBOSE,
)
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,6})\}|x([0-9a-fA-F]{2})|(\r\n|.))", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "", "f": "", "v": " ", "0": "", "\n": "", "\r\n": ""}
_PARSE_JSON = "JSON.parse"


def _ignore(_: str) -> None:
    return None


def _parse_int(number: str) -> int | None:
    return int(number) if len(number) <= MAX_DIGITS else None


_DECODER = json.JSONDecoder(strict=False, parse_int=_parse_int, parse_float=_ignore, parse_constant=_ignore)


@dataclass(slots=True)
class ReadLimit:
    """Characters that may still be read token by token."""

    left: int = MAX_LITERAL


def read_value(text: str, at: int, limit: ReadLimit) -> tuple[Any, int]:
    """Return the value that begins at *at* and the index after it. Raises ValueError if there is none."""
    try:
        return _DECODER.raw_decode(text, at)
    except (ValueError, RecursionError):
        pass
    reader = _Reader(text[at : at + limit.left])
    try:
        value = reader.read(0)
    finally:
        limit.left -= reader.at
    return _bind(value, reader.arguments, 0), at + reader.at


class _Parameter(str):
    """The name of a parameter, whose value is known only after the body of its function."""

    __slots__ = ()


class _Reader:
    """Reads one value token by token."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.arguments: dict[str, Any] = {}

    def next(self) -> tuple[str, str]:
        match = _TOKEN.match(self.text, self.at)
        if match is None:
            raise ValueError("script ends within a value")
        self.at = match.end()
        return match.lastgroup or "", match[match.lastgroup or 0]

    def peek(self) -> str:
        match = _TOKEN.match(self.text, self.at)
        return match[match.lastgroup or 0] if match else ""

    def skip(self, mark: str) -> bool:
        if self.peek() != mark:
            return False
        self.next()
        return True

    def read(self, depth: int) -> Any:
        if depth > MAX_DEPTH:
            raise ValueError("values are nested too deep")
        kind, token = self.next()
        if kind == "string":
            return decode_string(token)
        if kind == "number":
            return _parse_int(token) if token.lstrip("-").isdigit() else None
        if kind == "word":
            return self.read_word(token, depth)
        match token:
            case "{":
                return dict(self.members(depth))
            case "[":
                return list(self.items("]", depth))
            case "(":
                return self.read_group(depth)
            case "!":
                return not self.read(depth + 1)
        raise ValueError(f"unexpected {token!r}")

    def read_word(self, word: str, depth: int) -> Any:
        if word in ("true", "false"):
            return word == "true"
        if word in ("null", "undefined", "NaN", "Infinity"):
            return None
        if word in ("void", "new"):
            value = self.read(depth + 1)
            return value if word == "new" else None
        if word == "function":
            return self.read_function(depth)
        if self.skip("("):
            arguments = list(self.items(")", depth))
            first = arguments[0] if arguments else None
            return _DECODER.decode(first) if word == _PARSE_JSON and isinstance(first, str) else first
        return _Parameter(word)

    def members(self, depth: int) -> Iterator[tuple[str, Any]]:
        while not self.skip("}"):
            kind, key = self.next()
            if not self.skip(":"):
                raise ValueError("expected a colon")
            yield decode_string(key) if kind == "string" else key, self.read(depth + 1)
            self.skip(",")

    def items(self, end: str, depth: int) -> Iterator[Any]:
        while not self.skip(end):
            if self.skip(","):
                continue
            yield self.read(depth + 1)

    def read_group(self, depth: int) -> Any:
        """Read a value in parentheses; if it is a function, its arguments may follow inside or behind them."""
        value = self.read(depth + 1)
        self.read_arguments(depth)
        if not self.skip(")"):
            raise ValueError("expected a closing parenthesis")
        self.read_arguments(depth)
        return value

    def read_arguments(self, depth: int) -> None:
        if self.arguments and self.skip("("):
            self.arguments = dict(zip(self.arguments, self.items(")", depth), strict=False))

    def read_function(self, depth: int) -> Any:
        """Return the value that a function returns, in which parameters stand for values."""
        while not self.skip("("):
            self.next()
        names = [str(name) for name in self.items(")", depth)]
        self.arguments = dict.fromkeys(names)
        while self.next()[1] != "return":
            pass
        value = self.read(depth + 1)
        while not self.skip("}"):
            self.next()
        self.arguments = self.arguments or {"": None}
        return value


def _bind(value: Any, arguments: dict[str, Any], depth: int) -> Any:
    """Replace parameters by their arguments; unknown names are None."""
    if isinstance(value, _Parameter):
        argument = arguments.get(value)
        return None if isinstance(argument, _Parameter) else argument
    if depth > MAX_DEPTH:
        return None
    if isinstance(value, dict):
        return {key: _bind(item, arguments, depth + 1) for key, item in value.items()}
    if isinstance(value, list):
        return [_bind(item, arguments, depth + 1) for item in value]
    return value


def decode_string(literal: str) -> str:
    """Return the text of a quoted string."""
    if "\\" not in literal:
        return literal[1:-1]
    if literal[0] == '"':
        try:
            return str(json.loads(literal, strict=False))
        except ValueError:
            pass
    return _ESCAPE.sub(_unescape, literal[1:-1])


def _unescape(match: re.Match[str]) -> str:
    code = match[1] or match[2] or match[3]
    if code is None:
        return _ESCAPES.get(match[4], match[4])
    return chr(int(code, 16)) if int(code, 16) < 0x110000 else ""

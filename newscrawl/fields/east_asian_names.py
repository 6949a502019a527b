"""Find the authors in Chinese, Japanese and Korean bylines, where labels stand before or behind names without a space.

The words are the `east-asian-…` lists of people.toml.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from newscrawl.text.scripts import HANGUL, KANA_AND_HAN

MAX_BYLINE = 120
"""Characters; a longer text is not a byline."""
MAX_HAN_NAME = 5
MIN_FULL_NAME = 3
"""Two names of so many characters with a space between them are two people; shorter ones are family and given name."""
_HAN = "\u3400-\u9fff々"
_EAST_ASIAN = re.compile(f"[{KANA_AND_HAN}{HANGUL}]")
_SEPARATORS = r"\s/／|｜:：;；,，、=＝◎●▲■◆◇○\-–—~&"
_LATIN_NAME = r"[A-Z][\w.'’-]*(?: [A-Z][\w.'’-]*)+"
_TOKEN = re.compile(rf"({_LATIN_NAME}|[^{_SEPARATORS}]+)([{_SEPARATORS}]*)")
_CHINESE_ROLE = re.compile("[记报导访撰]|報導|通訊員|採訪")
_HANGUL_LABELS = frozenset({"글", "취재", "글쓴이", "작성자", "글·사진", "사진"})
"""Labels before a Korean name; the others stand behind it."""
_DATELINE = re.compile(r"[\d０-９一二三四五六七八九十月日電电專专題题报報導道讯訊综綜合]{0,10}")
_DATE = re.compile(
    r"\d{2,4}\s?[-./年년]\s?\d{1,2}\s?[-./月월]\s?\d{1,2}[日일.]?(?:\s*\d{1,2}[:：]\d{2}(?:[:：]\d{2})?)?"
)
_DOT = re.compile(r"[·・‧•ㆍ･]")
_HANGUL_NAME = re.compile(f"[{HANGUL}]{{2,4}}")
_KOREAN_NAME = re.compile(
    "(?:[김이박최정강조윤장임한오서신권황안송류유홍고문양손배백허남심노하곽성차주우구민진나지엄채원천방공현함변염여추도소석선설마길연표명기반]"
    f"|남궁|황보|제갈|사공|선우|서문|독고)[{HANGUL}]{{2}}(?<![부팀국실과단])"
)
"""A family name and two syllables that end like no department."""
_HAN_NAME = re.compile(f"[{_HAN}]{{1,{MAX_HAN_NAME}}}|[{_HAN}]{{1,8}}(?:[·‧][{_HAN}]{{1,8}})+")
_JAPANESE_NAME = re.compile(
    r"[\u3040-\u30ff]{1,10}(?:[・･][\u30a0-\u30ff]{1,10})*" + f"|(?=.*[\u3040-\u30ff])[{_HAN}\u3040-\u30ff]{{1,8}}"
)
Words = Mapping[str, frozenset[str]]


class _Kind(Enum):
    AUTHOR = "author"
    OTHER_ROLE = "other role"
    NAME = "name"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    kind: _Kind
    separator: str
    """What follows it."""


@dataclass(frozen=True, slots=True)
class Byline:
    """What a byline says."""

    authors: list[str]
    is_whole: bool
    """Whether it consists of roles, places, and names that belong to a role."""
    is_explicit: bool
    """Whether it cannot be the beginning of other words: 记者会现场 begins like a byline, too."""


def parse_byline(text: str, words: Words) -> Byline | None:
    """Return the authors in a byline, or None if it is not East Asian or names no role.

    *words* has the lists `east-asian-author`, `east-asian-label`, `east-asian-other-role`, `east-asian-place`,
    `east-asian-organisation` and `nobody`.
    """
    if not _EAST_ASIAN.search(text):
        return None
    text = _DATE.sub(" ", text)
    letters = sum(map(str.isalpha, text))
    if len(text) > MAX_BYLINE or 2 * len(_EAST_ASIAN.findall(text)) < letters or not letters:
        return None
    tokens = list(_tokenize(text, words))
    if not any(token.kind in (_Kind.AUTHOR, _Kind.OTHER_ROLE) for token in tokens):
        return None
    found = _Authors(is_chinese=any(_CHINESE_ROLE.search(token.text) for token in tokens))
    found.read(tokens)
    is_whole = all(token.kind is not _Kind.OTHER for token in tokens) and not found.unattached
    labels = sum(token.kind in (_Kind.AUTHOR, _Kind.OTHER_ROLE) for token in tokens)
    is_explicit = found.is_explicit or (labels > 1 and bool(found.names))
    return Byline(list(dict.fromkeys(found.names)), is_whole, is_explicit)


def _tokenize(text: str, words: Words) -> Iterator[_Token]:
    for match in _TOKEN.finditer(text):
        piece, separator = match[1], match[2]
        parts = _split_at_dots(piece, words)
        for part in parts[:-1]:
            yield from _classify(part, "·", words)
        yield from _classify(parts[-1], separator, words)


def _split_at_dots(piece: str, words: Words) -> list[str]:
    """Split at middle dots, which also stand inside foreign names in Chinese and Japanese."""
    parts = [part for part in _DOT.split(piece) if part]
    if len(parts) > 1:
        is_name = "・" in piece and all(re.fullmatch(r"[\u30a0-\u30ff]+", part) for part in parts)
        is_han = re.search("[·‧]", piece) and re.fullmatch(f"[{_HAN}·‧]+", piece)
        has_labels = any(part in words["east-asian-label"] or _get_role(part, words) for part in parts)
        if (is_name or is_han) and not has_labels:
            return [piece]
    return parts or [piece]


def _get_role(text: str, words: Words) -> _Kind | None:
    if text in words["east-asian-other-role"]:
        return _Kind.OTHER_ROLE
    return _Kind.AUTHOR if text in words["east-asian-author"] else None


def _classify(text: str, separator: str, words: Words) -> Iterator[_Token]:
    """Yield the label and the name that are joined in *text*."""
    role = _get_role(text, words)
    if text in words["east-asian-label"] and (role is None):
        role = _Kind.AUTHOR
    if role is not None:
        yield _Token(text, role, separator)
        return
    for label in _affixes(text, words, str.startswith):
        rest = text[len(label) :]
        tail = next(_affixes(rest, words, str.endswith), "")
        name = _strip_place(rest.removesuffix(tail), words)
        if len(name) > 1 and _is_name(name, words):
            yield _Token(label, _get_role(label, words) or _Kind.AUTHOR, "")
            yield _Token(name, _Kind.NAME, "" if tail else separator)
            if tail:
                yield _Token(tail, _get_role(tail, words) or _Kind.AUTHOR, separator)
            return
    for label in _affixes(text, words, str.endswith):
        rest = text.removesuffix(label)
        kind = _Kind.NAME if _is_name(rest, words) else None
        if kind is not None or _is_place(rest, words):
            if kind is not None:
                yield _Token(rest, kind, "")
            yield _Token(label, _get_role(label, words) or _Kind.AUTHOR, separator)
            return
    if not (_is_place(text, words) or "=" in separator or "＝" in separator):
        yield _Token(text, _Kind.NAME if _is_name(text, words) else _Kind.OTHER, separator)


def _is_place(text: str, words: Words) -> bool:
    """Return whether a text is the place of a report or the newspaper."""
    return text in words["east-asian-place"] or text.endswith(tuple(words["east-asian-organisation"]))


def _affixes(text: str, words: Words, test: Callable[[str, str], bool]) -> Iterator[str]:
    """Yield the roles, longest first, with which *text* starts or ends."""
    roles = words["east-asian-author"] | words["east-asian-other-role"]
    found = [word for word in roles if len(word) > 1 and test(text, word)]
    yield from sorted(found, key=len, reverse=True)


def _strip_place(text: str, words: Words) -> str:
    """Return the name in 陳思遠台北5日電: a place behind it is where the report was written."""
    for place in words["east-asian-place"]:
        name, found, rest = text.partition(place)
        if found and len(name) > 1 and _DATELINE.fullmatch(rest):
            return name
    return text


def _is_name(text: str, words: Words) -> bool:
    if text in words["nobody"] or text in words["east-asian-place"]:
        return False
    return not text.endswith(tuple(words["east-asian-organisation"])) and any(
        pattern.fullmatch(text) for pattern in (_HANGUL_NAME, _HAN_NAME, _JAPANESE_NAME, re.compile(_LATIN_NAME))
    )


class _Authors:
    """Collect the names behind a group of labels of which one is an author's, and those before an author's role."""

    def __init__(self, *, is_chinese: bool) -> None:
        self.names: list[str] = []
        self.unattached = 0
        """Names without a role."""
        self.is_explicit = False
        self._is_chinese = is_chinese

    def read(self, tokens: list[_Token]) -> None:
        group: list[_Token] = []
        run: list[_Token] = []
        for at, token in enumerate([*tokens, _Token("", _Kind.OTHER, "")]):
            if token.kind is _Kind.NAME:
                run.append(token)
                continue
            is_label = token.kind in (_Kind.AUTHOR, _Kind.OTHER_ROLE)
            closes = bool(run) and is_label and (not group or _closes(tokens, at))
            if run and group:
                self._add_behind(group, run)
            elif run and closes:
                self._add_before(token, run)
            else:
                self.unattached += len(run)
            if run or not is_label:
                group = []
            if is_label and not closes:
                group.append(token)
            run = []

    def _add_behind(self, labels: list[_Token], run: list[_Token]) -> None:
        if not any(label.kind is _Kind.AUTHOR for label in labels):
            return
        separator = labels[-1].separator
        is_hangul = _HANGUL_NAME.fullmatch(run[0].text)
        is_apart = bool(separator.strip()) or labels[-1].text in _HANGUL_LABELS if is_hangul else bool(separator)
        self.is_explicit |= is_apart
        self.names += _join_names(run, is_chinese=self._is_chinese)

    def _add_before(self, role: _Token, run: list[_Token]) -> None:
        names = _last_list(run)
        self.unattached += len(run) - len(names) - sum(name.text.endswith("부") for name in run[: -len(names)])
        if role.kind is _Kind.AUTHOR:
            self.is_explicit |= bool(_HANGUL_NAME.fullmatch(names[-1].text)) and len(names[-1].text) >= MIN_FULL_NAME
            self.names += _join_names(names, is_chinese=self._is_chinese)


def _closes(tokens: list[_Token], at: int) -> bool:
    """Return whether an author's label closes the names before it (记者 陈思远 报道), not opens the next ones."""
    is_last = at + 1 == len(tokens) or tokens[at + 1].kind is not _Kind.NAME
    return is_last and tokens[at].kind is _Kind.AUTHOR


def _last_list(run: list[_Token]) -> list[_Token]:
    """Return the names before a role; in Korean, other words that only a space separates from them are departments."""
    if not _HANGUL_NAME.fullmatch(run[-1].text):
        return run
    first = len(run) - 1
    while first and (run[first - 1].separator.strip() or _KOREAN_NAME.fullmatch(run[first - 1].text)):
        first -= 1
    return run[first:]


def _join_names(run: list[_Token], *, is_chinese: bool) -> Iterator[str]:
    """Yield the names of a run, in which a space may separate two people, or the family name from the given name."""
    name = ""
    previous: _Token | None = None
    for token in run:
        is_space = previous is not None and not previous.separator.strip()
        if previous is not None and is_space and _is_one_name(previous.text, token.text, is_chinese=is_chinese):
            name += token.text if is_chinese else f" {token.text}"
        else:
            if name:
                yield name
            name = token.text
        previous = token
    if len(name) > 1:
        yield name


def _is_one_name(family: str, given: str, *, is_chinese: bool) -> bool:
    if not (re.fullmatch(f"[{_HAN}\u3040-\u30ff]+", family) and re.fullmatch(f"[{_HAN}\u3040-\u30ff]+", given)):
        return False
    if is_chinese:
        return len(family) == 1 or len(given) == 1
    is_kana = not re.search(f"[{_HAN}]", family + given)
    return is_kana or len(family) < MIN_FULL_NAME or len(given) < MIN_FULL_NAME

"""The shingles of texts that were stored or compared last: copies of a story come within minutes of each other."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from newscrawl.dedup.near_duplicates import MAX_COMPARED_LENGTH, shingle_body
from newscrawl.dedup.shingles import ShingledText

MAX_BYTES = 8 * 1024 * 1024
MAX_LENGTH = 20_000
"""Characters of a text that is kept; longer ones are rare, and would take the place of many."""


class RecentTexts:
    """A bounded cache, by text. Safe to use from several threads."""

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self._texts: OrderedDict[str, ShingledText] = OrderedDict()
        self._lock = Lock()
        self.size = 0
        """Bytes."""

    def get(self, body: str) -> ShingledText:
        """Return the shingles of *body*, as shingle_body() does."""
        text = body[:MAX_COMPARED_LENGTH]
        with self._lock:
            found = self._texts.get(text)
            if found is not None:
                self._texts.move_to_end(text)
        if found is None:
            found = shingle_body(text)
            self.add(found)
        return found

    def add(self, shingled: ShingledText) -> None:
        """Keep the shingles of a body."""
        if len(shingled.text) > MAX_LENGTH:
            return
        with self._lock:
            if shingled.text in self._texts:
                return
            self._texts[shingled.text] = shingled
            self.size += _measure(shingled)
            while self.size > self._max_bytes:
                self.size -= _measure(self._texts.popitem(last=False)[1])


def _measure(shingled: ShingledText) -> int:
    return 4 * len(shingled.text) + shingled.hashes.nbytes


RECENT_TEXTS = RecentTexts()
"""Those of this process, whose writer is its only user."""

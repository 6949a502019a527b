"""Collecting what a page states, field by field, each value with its source."""

from __future__ import annotations

from dataclasses import dataclass, field

from newscrawl.evidence import Evidence, ImageEvidence, ImagePlace
from newscrawl.text.clean import clean_line

MAX_VALUE = 5_000
MAX_VALUES = 200
"""For one field; a page that states more is not a source to be trusted."""


@dataclass(slots=True)
class EvidenceBook:
    """Values are kept in the order in which they are added: best source first."""

    evidence: dict[str, list[Evidence]] = field(default_factory=dict)
    images: list[ImageEvidence] = field(default_factory=list)

    def add(self, name: str, value: object, source: str) -> None:
        """Record one value of the field *name*; what is no text, or empty, or endless, is ignored."""
        if not isinstance(value, str) or len(value) > MAX_VALUE:
            return
        text = clean_line(value)
        known = self.evidence.setdefault(name, [])
        if text and len(known) < MAX_VALUES:
            known.append(Evidence(text, source))

    def add_image(
        self,
        url: object,
        source: str,
        caption: str | None = None,
        credit: str | None = None,
        place: ImagePlace | None = None,
    ) -> None:
        """Record one image; its URL may be relative."""
        if isinstance(url, str) and 0 < len(url) <= 2048 and len(self.images) < MAX_VALUES:
            self.images.append(ImageEvidence(clean_line(url), source, caption, credit, place))

    def first(self, name: str) -> str | None:
        """The best value of a field so far."""
        values = self.evidence.get(name)
        return values[0].value if values else None

    def all(self, name: str) -> list[str]:
        """All values of a field, best first."""
        return [evidence.value for evidence in self.evidence.get(name, ())]

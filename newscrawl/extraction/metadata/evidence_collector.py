"""Collect the evidence of a page, field by field, each value with its source."""

from __future__ import annotations

from dataclasses import dataclass, field

from newscrawl.evidence import Evidence, ImageEvidence, ImagePlace
from newscrawl.text.clean import clean_line

MAX_VALUE = 5_000
"""Characters."""
MAX_VALUES = 200
"""Values of one field, and images; a page that declares more is not trustworthy."""


@dataclass(slots=True)
class EvidenceCollector:
    """Evidence of one page, in the order in which it is added; add the best source first."""

    by_field: dict[str, list[Evidence]] = field(default_factory=dict)
    images: list[ImageEvidence] = field(default_factory=list)

    def add(self, name: str, value: object, source: str) -> None:
        """Add a value of field *name*; ignore it if it is not a string, empty or too long."""
        if not isinstance(value, str) or len(value) > MAX_VALUE:
            return
        text = clean_line(value)
        known = self.by_field.setdefault(name, [])
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
        """Add an image; its URL may be relative."""
        if isinstance(url, str) and 0 < len(url) <= 2048 and len(self.images) < MAX_VALUES:
            self.images.append(ImageEvidence(clean_line(url), source, caption, credit, place))

    def first(self, name: str) -> str | None:
        """Return the best value of a field so far, or None."""
        values = self.by_field.get(name)
        return values[0].value if values else None

    def all(self, name: str) -> list[str]:
        """Return all values of a field, best first."""
        return [evidence.value for evidence in self.by_field.get(name, ())]

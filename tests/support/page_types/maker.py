"""Build pages from generated text, the markup of a CMS family and a head."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

from tests.support.page_types.families import FAMILIES, Family
from tests.support.page_types.text_generator import TextGenerator

HOST = "https://news.example"


@dataclass(slots=True)
class Maker:
    """A page under construction; shapes combine its parts and set the metadata of its head."""

    fake: TextGenerator
    family_name: str
    url: str
    heads: list[str] = field(default_factory=list)

    @property
    def family(self) -> Family:
        return FAMILIES[self.family_name]

    def meta(self, **values: str) -> None:
        """Add OpenGraph and article metas; `og_type="article"` is `og:type`."""
        for name, value in values.items():
            self.heads.append(f"<meta property='{name.replace('_', ':', 1)}' content='{escape(value, quote=True)}'>")

    def data(self, *nodes: dict[str, Any]) -> None:
        """Add a JSON-LD block."""
        data: Any = nodes[0] if len(nodes) == 1 else {"@graph": nodes}
        if isinstance(data, dict):
            data = {"@context": "https://schema.org", **data}
        self.heads.append(f"<script type='application/ld+json'>{json.dumps(data, ensure_ascii=False)}</script>")

    def article_data(self, headline: str, **more: Any) -> None:
        self.data({"@type": "NewsArticle", "headline": headline, "datePublished": f"{self.fake.day()}T08:00:00+00:00",
                   "author": {"@type": "Person", "name": self.fake.person()}, "url": self.url, **more})  # fmt: skip

    def link(self) -> str:
        """Return the path of an article."""
        fake = self.fake
        form = fake.rng.choice(["/news/{}", "/{}.html", "/2024/05/03/{}/", "/article/{}"])
        return str(form.format(fake.slug()))

    def teaser(self, sentences: int = 1) -> str:
        fake = self.fake
        text = fake.paragraph(sentences) if sentences else ""
        return self.family.teaser.format(
            url=self.link(), title=fake.headline(), text=text, day=fake.day(), more=fake.say("more"),
            n=fake.number(100, 9999),
        )  # fmt: skip

    def listing(self, title: str, *, teasers: int = 20, sentences: int = 1) -> str:
        items = "".join(self.teaser(sentences) for _ in range(teasers))
        return self.family.listing.format(title=title, items=items)

    def links(self, count: int) -> str:
        """Return a plain list of linked headlines."""
        return "<ul>" + "".join(
            f"<li><a href='{self.link()}'>{self.fake.headline()}</a></li>" for _ in range(count)
        ) + "</ul>"  # fmt: skip

    def text(self, paragraphs: Iterable[str]) -> str:
        return "".join(self.family.paragraph.format(paragraph) for paragraph in paragraphs)

    def article(self, title: str, body: str, *, day: str = "", author: str = "") -> str:
        return self.family.article.format(title=title, body=body, day=day, author=author)

    def page(self, title: str, main: str, *, kind: str = "", aside: str = "", footer: str | None = None) -> str:
        """Return the whole page. *kind* selects the classes of the body element, if the family has any."""
        fake = self.fake
        heads = [f"<meta charset='utf-8'><title>{escape(title)} - {fake.site}</title>", *self.heads]
        return self.family.frame.format(
            lang=fake.language, dir=fake.direction, head="".join(heads), site=fake.site, main=main, aside=aside,
            body_class=self.family.body_classes.get(kind, ""), menu=self.menu(fake.words["sections"]),
            footer=self.menu(fake.words["service"]) + f"<p>© 2026 {fake.site}</p>" if footer is None else footer,
        )  # fmt: skip

    def menu(self, labels: Sequence[str]) -> str:
        return "".join(f"<li><a href='/s{number}/'>{label}</a></li>" for number, label in enumerate(labels))

    def bare(self, title: str, main: str) -> str:
        """Return a page without a frame, such as a wall or an error."""
        head = f"<meta charset='utf-8'><title>{escape(title)}</title>" + "".join(self.heads)
        return f"<!DOCTYPE html><html lang='{self.fake.language}'><head>{head}</head><body>{main}</body></html>"

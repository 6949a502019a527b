"""Write metadata.yaml, with which Datasette shows the database: `python docs/datasette/generate.py`.

The descriptions come from docs/fields.md and docs/schema.md, the rest stands here.
"""

from __future__ import annotations

import re
from html import escape
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent
DOCS = FOLDER.parent
HIDDEN = ("article_shingles", "alembic_version", "url_key_rules", "deleted_texts", "hosts", "learned_parameters")
"""Tables that are of no use to readers."""
SHOWN: dict[str, dict[str, Any]] = {
    "articles": {
        "facets": ["site", "in_language", "article_section"],
        "facet_size": 6,
        "sort_desc": "id",
        "label_column": "headline",
    },
    "article_authors": {"facets": ["name"]},
    "article_keywords": {"facets": ["keyword"]},
    "article_images": {},
    "article_revisions": {},
    "article_changes": {"facets": ["kind", "change_label"], "sort_desc": "change_id"},
    "article_merges": {},
    "rejected_versions": {"facets": ["reason"]},
    "pages": {"facets": ["site", "kind", "outcome", "reason"], "sort_desc": "id", "label_column": "url"},
    "fetches": {"facets": ["outcome", "reason"], "sort_desc": "id"},
    "crawls": {"facets": ["spider", "finish_reason"], "sort_desc": "id"},
    "site_crawls": {"facets": ["site", "outcome"]},
    "site_checks": {},
}
"""Table -> how Datasette shows it."""
STYLE = "<style>.column-descriptions {max-height: 7em; overflow: auto; columns: 3 20em; font-size: .8em}</style>"
"""Datasette lists all columns above the rows; the list is to leave room for them."""
QUERIES = {
    "articles_by_day": (
        "Articles a day and site",
        "SELECT date_published_day AS day, site, count(*) AS articles FROM articles\n"
        "WHERE date_published_day IS NOT NULL GROUP BY day, site ORDER BY day DESC, articles DESC, site",
    ),
    "headlines": (
        "Newest articles with these words in the headline",
        "SELECT id, site, date_published, headline, url FROM articles\n"
        "WHERE headline LIKE '%' || :words || '%' AND withdrawn_at IS NULL ORDER BY date_published DESC",
    ),
    "stories": (
        "Stories that most sites have",
        "SELECT story_id, headline, sites, articles, first_site, first_date_published FROM stories\n"
        "WHERE sites > 1 ORDER BY sites DESC, story_id DESC",
    ),
    "corrections": (
        "Corrected articles",
        "SELECT c.changed_at, a.site, a.headline, round(c.change_size, 2) AS change_size, a.url\n"
        "FROM article_changes c JOIN articles a ON a.id = c.article_id\n"
        "WHERE c.change_label = 'correction' ORDER BY c.change_id DESC",
    ),
    "why_not_stored": (
        "Pages that were not stored, by reason",
        "SELECT site, outcome, reason, count(*) AS pages FROM pages\n"
        "WHERE kind = 'article' AND outcome NOT IN ('stored', 'updated', 'unchanged')\n"
        "GROUP BY site, outcome, reason ORDER BY pages DESC",
    ),
    "authors": (
        "Who writes most",
        "SELECT n.name, a.site, count(*) AS articles FROM article_authors n JOIN articles a ON a.id = n.article_id\n"
        "GROUP BY n.name, a.site ORDER BY articles DESC",
    ),
}
"""Name -> title and SQL."""


def make_metadata() -> dict[str, Any]:
    """Return the content of metadata.yaml."""
    fields, tables = _read_fields(), _read_tables()
    shown = {name: _describe(name, options, tables, fields) for name, options in SHOWN.items()}
    shown |= {name: {"hidden": True} for name in HIDDEN}
    queries = {name: {"title": title, "sql": sql} for name, (title, sql) in QUERIES.items()}
    database = {
        "description": "News articles with their versions, and the pages that were fetched for them. Times are UTC.",
        "tables": shown,
        "queries": queries,
    }
    settings = {"title": "newscrawl", "about": "What each column means", "databases": {"newscrawl": database}}
    return settings


def _describe(
    name: str, options: dict[str, Any], tables: dict[str, str], fields: dict[str, dict[str, str]]
) -> dict[str, Any]:
    described = {"description_html": f"<p>One row is {escape(tables.get(name, name))}.</p>{STYLE}"}
    return described | options | {"columns": fields.get(name, {})}


def _read_fields() -> dict[str, dict[str, str]]:
    """Return table -> column -> description, from docs/fields.md."""
    sections = re.split(r"^## ", (DOCS / "fields.md").read_text(encoding="utf-8"), flags=re.M)[1:]
    described: dict[str, dict[str, str]] = {}
    for section in sections:
        columns = described.setdefault(section.split("\n")[0].strip("` "), {})
        for names, text in re.findall(r"^\| (`[^|]+`) \| (?:[^|]+ \| )*?([^|]+) \|$", section, re.M):
            columns |= dict.fromkeys(re.findall(r"`(\w+)`", names), _plain(text))
    return described


def _read_tables() -> dict[str, str]:
    """Return table -> what one row is, from docs/schema.md."""
    rows = re.findall(
        r"^\| (`[^|]+`)[^|]* \| ([^|]+) \| [^|]+ \|$", (DOCS / "schema.md").read_text(encoding="utf-8"), re.M
    )
    return {name: _plain(text) for names, text in rows for name in re.findall(r"`(\w+)`", names)}


def _plain(markdown: str) -> str:
    """Return the first sentence of a description, without marks: Datasette shows all of them above the rows."""
    text = re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", markdown).replace("`", "").strip()
    return re.split(r"(?<=\w\w)[.;:](?= )", text)[0].rstrip(".")


if __name__ == "__main__":
    content = yaml.safe_dump(make_metadata(), sort_keys=False, allow_unicode=True, width=110)
    header = "# Written by generate.py.  datasette newscrawl.db -m docs/datasette/metadata.yaml\n"
    (FOLDER / "metadata.yaml").write_text(header + content, encoding="utf-8")

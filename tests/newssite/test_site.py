"""The bundled site provides what the tests and benchmarks rely on."""

import gzip
import json
import re
import subprocess
import sys
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.newssite.model import GroundTruthArticle
from tests.newssite.site import NewsSite, build_site
from tests.newssite.visible_text import get_path, visible_lines

TODAY = date(2026, 11, 20)


def decode_html(site: NewsSite, article: GroundTruthArticle) -> str:
    page = site.pages[article.host][article.path]
    body = gzip.decompress(page.body) if page.headers.get("Content-Encoding") == "gzip" else page.body
    charsets = {site.special["latin_1"]: "latin-1", site.special["windows_1251"]: "windows-1251"}
    return body.decode(charsets.get(article.url, "utf-8"))


@pytest.fixture(scope="module")
def site() -> NewsSite:
    return build_site(today=TODAY)


@pytest.fixture(scope="module")
def second_edition() -> NewsSite:
    return build_site(edition=2, today=TODAY)


def test_same_seed_builds_the_same_site(site: NewsSite) -> None:
    assert build_site(today=TODAY) == site


def test_another_seed_writes_other_articles(site: NewsSite) -> None:
    other = build_site(seed=2, today=TODAY)
    assert not {a.article_body for a in other.articles} & {a.article_body for a in site.articles}


@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5])
def test_site_has_at_least_eighty_articles_on_two_hosts_in_four_themes_and_six_languages(seed: int) -> None:
    site = build_site(seed=seed, today=TODAY)
    assert len(site.fetchable) >= 80
    assert Counter(a.host for a in site.fetchable) == {0: 48, 1: 41}
    assert set(Counter(a.theme for a in site.articles)) == {"tagdiv", "schema", "classic", "hydrated"}
    foreign = Counter((a.theme, a.in_language) for a in site.articles if a.in_language != "en")
    assert len(foreign) == 4 * 5
    assert {a.genre for a in site.articles} == {"report", "feature", "list", "quotation", "live", "interview", "brief"}


@pytest.mark.parametrize("edition", [1, 2])
@pytest.mark.parametrize("seed", [1, 2])
def test_article_pages_contain_their_paragraphs_in_order_and_otherwise_only_boilerplate(
    seed: int, edition: int
) -> None:
    site = build_site(seed=seed, edition=edition, today=TODAY)
    for article in site.articles:
        if site.pages[article.host][article.path].status == 410:
            continue
        lines = visible_lines(decode_html(site, article))
        assert tuple(line for line in lines if line not in site.boilerplate_lines) == article.paragraphs, article.url
        assert article.headline in lines


def test_no_boilerplate_line_is_a_line_of_a_body(site: NewsSite, second_edition: NewsSite) -> None:
    for edition in (site, second_edition):
        lines = {line for article in edition.articles for line in article.paragraphs}
        assert not lines & edition.boilerplate_lines


def test_bodies_have_single_spaces_and_printable_characters_only(site: NewsSite) -> None:
    for article in site.articles:
        for line in (*article.paragraphs, article.headline, article.description):
            assert line == " ".join(line.split())
            assert line.isprintable()
        assert len(article.article_body) >= 120, article.url


def test_paragraphs_are_unique_except_in_the_syndicated_copy(site: NewsSite) -> None:
    own = [a for a in site.articles if a.duplicate_of is None]
    counts = Counter(line for article in own for line in article.paragraphs if len(line) > 60)
    assert counts.most_common(1)[0][1] == 1
    [copy] = [a for a in site.articles if a.duplicate_of]
    [original] = [a for a in site.articles if a.url == copy.duplicate_of]
    assert (copy.host, original.host) == (1, 0)
    assert copy.article_body == original.article_body


def test_articles_are_not_near_duplicates_of_each_other(site: NewsSite) -> None:
    def shingles(text: str) -> set[tuple[str, ...]]:
        words = text.split()
        return set(zip(words, words[1:], words[2:], words[3:], strict=False))

    sets = [shingles(a.article_body) for a in site.articles if a.duplicate_of is None]
    worst = max(len(a & b) / len(a | b) for i, a in enumerate(sets) for b in sets[:i])
    assert worst < 0.4


@pytest.mark.parametrize(
    "words", ["dvertisement", "latest news", "read more", "comments", "newsletter", "3 C", "elated news", "cookies"]
)
def test_some_body_contains_boilerplate_words(site: NewsSite, words: str) -> None:
    assert any(words in line for article in site.articles for line in article.paragraphs)


def test_tagdiv_theme_has_the_boilerplate_of_its_family(site: NewsSite) -> None:
    article = next(a for a in site.articles if a.theme == "tagdiv" and a.in_language == "en")
    lines = visible_lines(decode_html(site, article))
    expected = {"1.8 C", "Friday, November 20, 2026", "- Advertisement -", "Latest news", "Related news"}
    assert expected | {"Please enter your comment!", "Please enter your name here"} <= set(lines)
    assert 'alt="spot_img"' in decode_html(site, article)


def test_article_pages_have_a_realistic_size(site: NewsSite) -> None:
    sizes = [len(decode_html(site, article).encode()) for article in site.articles]
    assert min(sizes) >= 9_000
    assert max(sizes) <= 40_000


def test_dates_are_aware_past_and_recent_enough_for_their_listing(site: NewsSite) -> None:
    start = datetime(TODAY.year, TODAY.month, TODAY.day, tzinfo=UTC)
    for article in site.articles:
        assert article.date_published < start
        assert article.date_published_precision == "instant" or article.theme == "classic"
        if article.only_by == "news-sitemap" and article.date_published_precision == "instant":
            assert start - article.date_published < timedelta(days=2)
    assert {a.date_published_precision for a in site.articles if a.theme == "classic"} == {"instant", "day"}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_article_is_listed_and_some_in_only_one_place(seed: int) -> None:
    site = build_site(seed=seed, today=TODAY)
    assert all(article.found_by for article in site.articles)
    only = Counter(article.only_by for article in site.fetchable)
    assert set(only) == {None, "feed", "rdf", "news-sitemap", "sitemap", "section", "deep-section"}
    for article in site.articles:
        assert article.only_by is None or len(article.listed_on) == 1
        if article.only_by == "deep-section":
            assert re.search(r"page[/=]\d", article.listed_on[0])


def test_articles_listed_in_one_place_are_linked_from_no_other_page(site: NewsSite) -> None:
    texts = {
        f"{site.host_urls[host]}{path}": gzip.decompress(page.body) if page.body[:2] == b"\x1f\x8b" else page.body
        for host, pages in site.pages.items()
        for path, page in pages.items()
    }
    for article in site.articles:
        if article.only_by:
            own = {article.url, article.amp_url, *article.listed_on}
            link = re.compile(f'(?:{re.escape(article.url)}|"{re.escape(article.path)})["<?#]'.encode())
            assert not [url for url, text in texts.items() if url not in own and link.search(text)]


def test_feeds_and_sitemaps_are_well_formed_and_list_what_the_ground_truth_says(site: NewsSite) -> None:
    listed = {(url, article.url) for article in site.articles for url in article.listed_on}
    for host, pages in site.pages.items():
        for path, page in pages.items():
            if not path.endswith((".xml", ".xml.gz", ".rdf", "/feed/")):
                continue
            text = gzip.decompress(page.body) if path.endswith(".gz") else page.body
            root = ElementTree.fromstring(text)
            links = [node.text or node.get("href") or "" for node in root.iter() if node.tag.endswith(("}loc", "link"))]
            found = {link.partition("?utm_")[0] for link in links} & {article.url for article in site.articles}
            assert found == {article for url, article in listed if url == site.host_urls[host] + path}


def test_rss_feed_has_tracking_links(site: NewsSite) -> None:
    assert b"?utm_source=rss&amp;utm_medium=feed" in site.pages[0]["/feed/"].body


def test_robots_txt_declares_the_sitemap_and_disallows_the_private_article(site: NewsSite) -> None:
    robots = site.pages[0]["/robots.txt"].body.decode()
    assert "Disallow: /private/" in robots
    assert f"Sitemap: {site.host_urls[0]}/sitemap_index.xml" in robots
    assert "Crawl-delay" not in robots
    [private] = [a for a in site.articles if a.url in site.disallowed]
    assert private.path.startswith("/private/")
    assert not private.fetchable
    assert b'href="' + private.path.encode() in site.pages[0]["/politics/"].body
    delayed = build_site(today=TODAY, crawl_delay=2).pages[1]["/robots.txt"].body.decode()
    assert "Crawl-delay: 2\n" in delayed


def test_structured_data_matches_the_ground_truth(site: NewsSite) -> None:
    for article in site.articles:
        blocks = re.findall(
            r'<script type="application/ld\+json">(.*?)</script>', decode_html(site, article), re.DOTALL
        )
        assert bool(blocks) == (article.theme in ("schema", "hydrated"))
        for block in blocks:
            data = json.loads(block)
            news = data["@graph"][0] if "@graph" in data else data
            assert news["headline"] == article.headline
            assert datetime.fromisoformat(news["datePublished"]) == article.date_published
            people = news.get("author", [])
            names = [person["name"] for person in (people if isinstance(people, list) else [people])]
            assert tuple(names) == article.authors


def test_amp_pages_and_their_articles_link_to_each_other(site: NewsSite) -> None:
    with_copy = [article for article in site.articles if article.amp_url]
    assert {article.theme for article in with_copy} == {"tagdiv", "schema", "hydrated"}
    for article in with_copy:
        assert article.amp_url
        copy = site.pages[article.host][get_path(article.amp_url)].body.decode()
        assert f'<link rel="canonical" href="{article.url}">' in copy
        assert f'<link rel="amphtml" href="{article.amp_url}">' in decode_html(site, article)


def test_second_edition_changes_some_articles_withdraws_one_and_adds_six(
    site: NewsSite, second_edition: NewsSite
) -> None:
    before, after = ({a.url: a for a in edition.articles} for edition in (site, second_edition))
    changed = {url for url in before if before[url].article_body != after[url].article_body}
    assert changed == {a.url for a in site.articles if a.changed_in_edition_2}
    assert {before[url].theme for url in changed} == {"tagdiv", "schema", "classic", "hydrated"}
    assert set(after) - set(before) == {a.url for a in second_edition.articles if a.new_in_edition_2}
    assert len(set(after) - set(before)) == 6
    [gone] = [a for a in site.articles if a.gone_in_edition_2]
    assert (gone.fetchable, after[gone.url].fetchable) == (True, False)
    assert second_edition.pages[gone.host][gone.path].status == 410


def test_most_pages_are_equal_in_both_editions(site: NewsSite, second_edition: NewsSite) -> None:
    same = [a for a in site.articles if site.pages[a.host][a.path] == second_edition.pages[a.host][a.path]]
    assert {a.theme for a in same} == {"schema", "classic", "hydrated"}
    assert len(same) > 50


def test_site_can_have_two_thousand_articles() -> None:
    site = build_site(articles=2000, today=TODAY)
    assert len(site.fetchable) == 2001
    assert all(article.found_by for article in site.articles)


@pytest.mark.parametrize(("option", "value"), [("articles", 10), ("edition", 3)])
def test_invalid_option_raises_an_error_with_its_value(option: str, value: int) -> None:
    with pytest.raises(ValueError, match=str(value)):
        build_site(**{option: value})  # type: ignore[arg-type]


def test_ground_truth_command_writes_json_lines(site: NewsSite, tmp_path: Path) -> None:
    out = tmp_path / "ground-truth.jsonl"
    command = [sys.executable, "-m", "tests.newssite", "ground-truth", "--today", TODAY.isoformat(), "--out", str(out)]
    subprocess.run(command, check=True, timeout=60)
    rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [row["url"] for row in rows] == [article.url for article in site.articles]
    assert [row["article_body"] for row in rows] == [article.article_body for article in site.articles]

"""Rule files are checked key by key."""

from __future__ import annotations

import pytest

from newscrawl.boilerplate.names import NOTHING, meaning_of
from newscrawl.boilerplate.rules import names, patterns, phrases, read_names, read_patterns, read_phrases
from newscrawl.data_files import DataFileError
from newscrawl.extraction.metadata.images import read_decorations
from newscrawl.fields.captions import read_credits
from newscrawl.fields.dates import read_months
from newscrawl.fields.languages import read_languages
from newscrawl.fields.people import read_lists
from newscrawl.fields.truncation import read_truncation_patterns

PATTERN = '[[pattern]]\nid = "a"\nwhy = "b"\n'


def test_the_files_of_the_package_can_be_read() -> None:
    assert phrases()
    assert patterns()
    assert names()


@pytest.mark.parametrize(
    ("read", "text", "message"),
    [
        (read_phrases, '[[phrase]]\nid = "a"\nwhy = "b"\nalso_as_prefx = true\n[phrase.lines]\nen = ["c"]',
         "x.toml, line 4: unknown key 'also_as_prefx'; did you mean 'also_as_prefix'?"),
        (read_patterns, PATTERN + 'pattern = "c"\nmaximum = 3', "line 5: unknown key 'maximum'"),
        (read_patterns, PATTERN + 'pattern = "("\nmax_chars = 3', "line 2: pattern of 'a' is wrong"),
        (read_patterns, PATTERN + "max_chars = 3", "[[pattern]] 'a' lacks 'pattern'"),
        (read_names, '[[zone]]\nid = "a"\nwhy = "b"\nnames = ["c"]\n[[zones]]', "line 5: unknown key 'zones'"),
        (read_names, "[[zone\n", "not valid TOML"),
        (read_lists, '[[list]]\nid = "by"\nwhy = "b"\nword = ["c"]', "unknown key 'word'; did you mean 'words'?"),
        (read_lists, '[[list]]\nid = "by"\nwords = ["c"]', "[[list]] 'by' lacks 'why'"),
        (read_credits, '[[credits]]\nid = "a"', "line 1: unknown key 'credits'; did you mean 'credit'?"),
        (read_credits, '[[credit]]\nid = "a"\nwhy = "b"\npattern = "("', "line 2: pattern of 'a' is wrong"),
        (read_truncation_patterns, '[[notices]]\nid = "a"', "line 1: unknown key 'notices'; did you mean 'notice'?"),
        (read_decorations, '[[decoration]]\nid = "a"\npatern = "b"', "line 3: unknown key 'patern'"),
        (read_languages, "kin = []\n[word]\n", "line 2: unknown key 'word'; did you mean 'words'?"),
        (read_languages, '[scripts]\nGreck = "el"', "line 2: unknown key 'Greck'; did you mean 'Greek'?"),
        (read_months, "en = []\nenglish = []", "line 2: unknown key 'english'"),
        (read_months, 'en = [["jan"], ["feb"]]', "line 1: 'en' has 2 months instead of 12"),
    ],
)  # fmt: skip
def test_a_wrong_rule_file_names_file_key_and_line(read, text: str, message: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(DataFileError) as refused:
        list(read(text, "x.toml"))
    assert "x.toml" in str(refused.value)
    assert message in str(refused.value)


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("td-a-rec td-a-rec-id-content_inline", "ad-slot"),
        ("relatedArticles", "related"),
        ("td_block_related_posts", "related"),
        ("comment-respond", "comments"),
        ("NewsletterSignup_box__x7Hd2", "newsletter"),
        ("td-post-sharing", "share"),
        ("td-icons-location", "clock"),
        ("wp-caption-text", "caption"),
        ("td-header-top-menu", "page-frame"),
        ("screen-reader-text", "hidden-name"),
        ("hidden", "hidden-name"),
        ("secondary", "page-frame"),
        ("no-print", "promotion"),
        ("off-canvas position-left", "page-frame"),
    ],
)
def test_names_tell_the_zone(text: str, zone: str) -> None:
    assert meaning_of(text).zone == zone


@pytest.mark.parametrize(
    "text",
    [
        "headline",
        "roadmap",
        "shadow leadership",
        "hidden md:block",
        "d-none d-md-block",
        "elementor-widget-text-editor",
        "block-id-n1AuAdJlVL",
        "overflow-hidden",
        "commentary-page",
        "article-with-sidebar",
        "layout--has-rail",
        "no_toc_section",
        "tw-border-stroke-secondary",
        "md:text-secondary",
        "elementor-element-0243ad1",
        "component_bbc4ad583c",
        "cmp-container",
        "dialog-off-canvas-main-canvas",
    ],
)
def test_names_that_only_look_like_a_zone_are_none(text: str) -> None:
    assert meaning_of(text).zone is None


def test_names_that_say_nothing_say_nothing() -> None:
    assert meaning_of("sc-abc123 css-1xyz") is NOTHING


@pytest.mark.parametrize(
    "text", ["entry-content", "td-post-content tagdiv-type", "ArticleBody-articleBody", "story_body"]
)
def test_names_tell_the_container_of_the_text(text: str) -> None:
    assert meaning_of(text).content == "article-text"

"""Rule files are validated key by key, and name rules match the names of elements."""

from __future__ import annotations

import pytest

from newscrawl.boilerplate.class_names import NO_MATCH, match_names
from newscrawl.boilerplate.rules import name_rules, patterns, phrases, read_name_rules, read_patterns, read_phrases
from newscrawl.data_files import DataFileError
from newscrawl.extraction.metadata.images import read_decorations
from newscrawl.fields.captions import read_credits
from newscrawl.fields.languages import read_languages
from newscrawl.fields.month_names import read_months
from newscrawl.fields.name_lists import read_lists
from newscrawl.fields.truncation import read_truncation_patterns

PATTERN = '[[pattern]]\nid = "a"\nwhy = "b"\n'


def test_bundled_rule_files_load() -> None:
    assert phrases()
    assert patterns()
    assert name_rules()


@pytest.mark.parametrize(
    ("read", "text", "message"),
    [
        (read_phrases, '[[phrase]]\nid = "a"\nwhy = "b"\nalso_as_prefx = true\n[phrase.lines]\nen = ["c"]',
         "x.toml:4: unknown key 'also_as_prefx'; did you mean 'also_as_prefix'?"),
        (read_patterns, PATTERN + 'pattern = "c"\nmaximum = 3', ":5: unknown key 'maximum'"),
        (read_patterns, PATTERN + 'pattern = "("\nmax_chars = 3', ":2: invalid pattern of 'a'"),
        (read_patterns, PATTERN + "max_chars = 3", ":2: [[pattern]] 'a' lacks 'pattern'"),
        (read_name_rules, '[[zone]]\nid = "a"\nwhy = "b"\nnames = ["c"]\n[[zones]]', ":5: unknown key 'zones'"),
        (read_name_rules, "[[zone\n", "not valid TOML"),
        (read_lists, '[[list]]\nid = "by"\nwhy = "b"\nword = ["c"]', "unknown key 'word'; did you mean 'words'?"),
        (read_lists, '[[list]]\nid = "by"\nwords = ["c"]', ":2: [[list]] 'by' lacks 'why'"),
        (read_credits, '[[credits]]\nid = "a"', ":1: unknown key 'credits'; did you mean 'credit'?"),
        (read_credits, '[[credit]]\nid = "a"\nwhy = "b"\npattern = "("', ":2: invalid pattern of 'a'"),
        (read_truncation_patterns, '[[notices]]\nid = "a"', ":1: unknown key 'notices'; did you mean 'notice'?"),
        (read_decorations, '[[decoration]]\nid = "a"\npatern = "b"', ":3: unknown key 'patern'"),
        (read_languages, "kin = []\n[word]\n", ":2: unknown key 'word'; did you mean 'words'?"),
        (read_languages, '[scripts]\nGreck = "el"', ":2: unknown key 'Greck'; did you mean 'Greek'?"),
        (read_months, "en = []\nenglish = []", ":2: unknown key 'english'"),
        (read_months, 'en = [["jan"], ["feb"]]', ":1: 'en' has 2 months instead of 12"),
    ],
)  # fmt: skip
def test_invalid_rule_file_is_reported_with_file_key_and_line(read, text: str, message: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(DataFileError) as raised:
        list(read(text, "x.toml"))
    assert "x.toml" in str(raised.value)
    assert message in str(raised.value)


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
        ("wp-block-post-author-name", "byline"),
        ("wp-block-post-author-name__link", "byline"),
        ("wp-block-post post-12 type-post", "related"),
        ("wp-caption-text", "caption"),
        ("caption__text", "caption"),
        ("image-caption", "caption"),
        ("photo-caption caption-large", "caption"),
        ("media-caption", "caption"),
        ("caption", "caption"),
        ("td-header-top-menu", "page-frame"),
        ("screen-reader-text", "hidden-name"),
        ("hidden", "hidden-name"),
        ("secondary", "page-frame"),
        ("no-print", "promotion"),
        ("off-canvas position-left", "page-frame"),
    ],
)
def test_names_match_a_zone(text: str, zone: str) -> None:
    assert match_names(text).zone == zone


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
        "caption-with-letter-spacing",
        "circle-divider caption-large",
        "MuiTypography-root MuiTypography-caption css-1xyz",
        "text-caption",
        "Typography__caption",
        "u-font-caption",
        "elementor-element-0243ad1",
        "component_bbc4ad583c",
        "cmp-container",
        "dialog-off-canvas-main-canvas",
    ],
)
def test_names_that_only_resemble_a_zone_do_not_match(text: str) -> None:
    assert match_names(text).zone is None


def test_meaningless_names_do_not_match() -> None:
    assert match_names("sc-abc123 css-1xyz") is NO_MATCH


@pytest.mark.parametrize(
    "text", ["entry-content", "td-post-content tagdiv-type", "ArticleBody-articleBody", "story_body"]
)
def test_names_match_the_text_container(text: str) -> None:
    assert match_names(text).content == "article-text"

"""Site files: keys, values, messages, and which file a page belongs to."""

from __future__ import annotations

from pathlib import Path

import pytest

from newscrawl.exceptions import SiteFileError, UsageError
from newscrawl.sites.registry import Registry, parse_site, read_site
from newscrawl.urls.key_rules import UrlKeyRules
from tests.support.paths import ROOT

WHOLE = """
url = "https://example.org/"
delay = 2
max_pages = 500
max_time = "20m"
min_articles_per_day = 5

[discovery]
feeds = ["https://example.org/rss"]
deny = ['/sport/']

[extraction]
headline = "h1.title"
drop = ".promo"
drop_text = ['^Werbung$']
time_zone = "Europe/Vienna"
"""


EXTRACTION = 'url = "https://e.org/"\n[extraction]\n'
IDENTITY = 'url = "https://e.org/"\n[identity]\n'


def test_all_keys_of_a_site_file_are_read() -> None:
    site = parse_site(WHOLE, name="example.org")
    assert (site.name, site.url, site.delay, site.max_pages, site.enabled) == (
        "example.org",
        "https://example.org/",
        2.0,
        500,
        True,
    )
    assert (site.max_time, site.min_articles_per_day) == (1200.0, 5)
    assert site.discovery.feeds == ("https://example.org/rss",)
    assert site.discovery.deny == ("/sport/",)
    assert site.extraction.headline == "h1.title"
    assert site.extraction.drop == (".promo",)
    assert site.extraction.time_zone == "Europe/Vienna"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('url = "https://e.org/"\n\n[discovery]\nfeed = []', [":4:", "'feed'", "[discovery]", "'feeds'"]),
        ('urls = "https://e.org/"', [":1:", "'urls'", "'url'"]),
        ('url = "https://e.org/"\n[extracton]\nheadline = "h1"', [":2:", "'extracton'", "'extraction'"]),
        ('url = "https://e.org/"\ndelay = "2"', [":2:", "'delay'", "number of seconds"]),
        ('url = "https://e.org/"\nmax_time = "soon"', [":2:", "'max_time'", "'soon'", "90s, 30m or 2h"]),
        ('url = "https://e.org/"\nmax_time = 90', [":2:", "'max_time'", "string"]),
        ('url = "https://e.org/"\nmax_pages = true', [":2:", "'max_pages'", "whole number"]),
        ('url = "https://e.org/"\ndelay = -1', [":2:", "negative"]),
        ('url = "e.org"', [":1:", "no scheme", "https://e.org/"]),
        ("enabled = true", ["no key 'url'"]),
        ('url = "https://e.org/"\n[extraction]\ntime_zone = "Europe/Wien"', [":3:", "IANA", "Europe/Wien"]),
        ('url = "https://e.org/"\n[extraction]\ndrop_text = ["("]', [":3:", "'drop_text'"]),
        ('url = "https://e.org/"\n[extraction]\nheadline = "h1["', [":3:", "'headline'"]),
        ('url = "https://e.org/"\ndiscovery = 3', [":2:", "[discovery]"]),
        ('url = "https://e.org/"\n[discovery]\nfeeds = [3]', [":3:", "list of strings"]),
        ('name = "Example"\nurl = "https://e.org/"', [":1:", "lower-case"]),
        ("url = ", ["Invalid value"]),
        ('url = "https://e.org/"\ndelay = nan', [":2:", "'delay'", "number up to 1,000,000,000"]),
        ('url = "https://e.org/"\ndelay = inf', [":2:", "'delay'", "number up to 1,000,000,000"]),
        ('url = "https://e.org/"\nmax_pages = 0', [":2:", "enabled = false"]),
        ('url = "https://e.org/"\nmin_articles_per_day = -5', [":2:", "negative"]),
        (f'url = "https://e.org/"\nmax_pages = 1{"0" * 30}', [":2:", "number up to 1,000,000,000"]),
        (f'url = "https://e.org/"\nmax_pages = 1{"0" * 5_000}', ["4300 digits"]),
        (f'url = "https://e.org/"\nmax_time = "{"9" * 400}h"', [":2:", "invalid duration"]),
        (f'url = "https://e.org/"\nx = {"[" * 100_000}{"]" * 100_000}', ["nested too deeply"]),
        (f'url = "https://e.org/"\n{"a." * 100_000}b = 1', [":2:", "a key has more than 50 parts"]),
        (f'url = "https://e.org/"\n\n[{"a . " * 60}b]', [":3:", "a key has more than 50 parts"]),
        ("x = {" + '"a".' * 60 + "b = 1}", [":1:", "a key has more than 50 parts"]),
        ("# comment\n" * 200_000, ["more than 1,000,000 characters"]),
        (f'url = "https://e.org/"\nname = "{"e" * 251}"', [":2:", "at most 250"]),
        ('URL = "https://e.org/"', [":1:", "'URL'", "did you mean 'url'?"]),
        (
            'url = "https://e.org/"\n[fetch]',
            [":2:", "'fetch'", "min_articles_per_day, discovery, extraction, identity"],
        ),
        ('url = "https://e.org/"\n[discovery]\ndelay = 2', [":3:", "'delay'", "before the first [table]"]),
        ('url = "https://e.org/"\nfeeds = []', [":2:", "'feeds'", "belongs in [discovery]"]),
        ('url = "https://e.org/"\n[discovery]\ndrop_text = []', [":3:", "belongs in [extraction]"]),
        ('url = "https://e.org/"\n[discovery]\ndeny = [""]', [":3:", "must not be empty"]),
        ('url = "https://e.org/"\n[discovery]\ndeny = ["sport|"]', [":3:", "matches everything"]),
        ('url = "https://e.org/"\n[discovery]\ndeny = ["*.pdf"]', [":3:", "nothing to repeat"]),
        ('url = "https://e.org/"\n[extraction]\nheadline = ""', [":3:", "must not be empty"]),
        (EXTRACTION + 'encoding = "uft-8"', [":3:", "'uft-8'", "did you mean 'utf-8'?"]),
        (EXTRACTION + 'encoding = "windows1251"', [":3:", "did you mean 'windows-1251'?"]),
        (EXTRACTION + 'encoding = "ISO 88592"', [":3:", "did you mean 'iso-8859-2'?"]),
        (EXTRACTION + 'encoding = "base64"', [":3:", "not an encoding"]),
        (EXTRACTION + 'encoding = "chinese text"', [":3:", "not an encoding"]),
        (EXTRACTION + 'language = "Italian"', [":3:", "'Italian'", "did you mean 'it'?"]),
        (EXTRACTION + 'language = "jp"', [":3:", "did you mean 'ja'?"]),
        (EXTRACTION + 'language = "cn"', [":3:", "did you mean 'zh'?"]),
        (EXTRACTION + 'language = "ua"', [":3:", "did you mean 'uk'?"]),
        (EXTRACTION + 'language = "en-Ireland"', [":3:", "did you mean 'en'?"]),
        (EXTRACTION + 'language = "x"', [":3:", "not a language tag"]),
        (EXTRACTION + 'time_zone = "Lisbon"', [":3:", "did you mean 'Europe/Lisbon'?"]),
        (EXTRACTION + 'time_zone = "America/Sao Paulo"', [":3:", "did you mean 'America/Sao_Paulo'?"]),
        (IDENTITY + 'keep_parameter = ["ref"]', [":3:", "'keep_parameters'"]),
        (IDENTITY + 'keep_parameters = ["ref=1"]', [":3:", "without their values", "ref=1"]),
        (IDENTITY + 'keep_parameters = ["Ref"]\ndrop_parameters = ["ref"]', [":4:", "'ref'", "keep_parameters"]),
    ],
)
def test_an_error_in_a_site_file_names_file_line_key_and_fix(tmp_path: Path, text: str, words: list[str]) -> None:
    file = tmp_path / "e.org.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SiteFileError) as raised:
        read_site(file)
    assert all(word in str(raised.value) for word in [str(file), *words]), raised.value


@pytest.mark.parametrize(
    ("key", "given", "read"),
    [
        ("language", "en", "en"),
        ("language", "pt_br", "pt-BR"),
        ("language", "zh-hant-tw", "zh-Hant-TW"),
        ("language", "deu", "de"),
        ("language", "ckb", "ckb"),
        ("language", "es-419", "es-419"),
        ("encoding", "utf8", "utf8"),
        ("encoding", "Windows-1252", "Windows-1252"),
        ("encoding", "latin-1", "latin-1"),
        ("encoding", "x-sjis", "x-sjis"),
        ("encoding", "ks_c_5601-1987", "ks_c_5601-1987"),
        ("time_zone", "Asia/Calcutta", "Asia/Calcutta"),
        ("time_zone", "CET", "CET"),
        ("drop_text", "Advertisement|Werbung", ("Advertisement|Werbung",)),
    ],
)
def test_usual_values_are_accepted(key: str, given: str, read: object) -> None:
    site = parse_site(f"{EXTRACTION}{key} = '{given}'", name="e.org")
    assert getattr(site.extraction, key) == read


def test_a_byte_order_mark_is_skipped(tmp_path: Path) -> None:
    file = tmp_path / "e.org.toml"
    file.write_text('url = "https://e.org/"', encoding="utf-8-sig")
    assert read_site(file).url == "https://e.org/"


def test_disabled_sites_are_found_by_name_only(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('url = "https://a.org/"', encoding="utf-8")
    (tmp_path / "b.toml").write_text('url = "https://b.org/"\nenabled = false', encoding="utf-8")
    registry = Registry(tmp_path)
    assert [site.name for site in registry.enabled()] == ["a"]
    assert registry.named("b").url == "https://b.org/"


def test_an_unknown_site_name_suggests_the_nearest_one(tmp_path: Path) -> None:
    (tmp_path / "example.org.toml").write_text('url = "https://a.org/"', encoding="utf-8")
    with pytest.raises(UsageError, match=r"did you mean 'example\.org'"):
        Registry(tmp_path).named("exmple.org")


@pytest.mark.parametrize("name", ["../a", "/etc/passwd", "", "a" * 300, "a\0b"])
def test_a_site_name_that_no_file_of_the_folder_can_have_is_unknown(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="no site file"):
        Registry(tmp_path / "sites").named(name)


def test_the_error_for_no_enabled_site_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="-a url="):
        Registry(tmp_path).enabled()


def test_url_key_rules_are_found_by_registrable_domain(tmp_path: Path) -> None:
    (tmp_path / "a-paper.toml").write_text(
        'url = "https://www.example.org/"\n[identity]\nkeep_parameters = ["Ref", "view"]', encoding="utf-8"
    )
    (tmp_path / "b-paper.toml").write_text(
        'url = "https://m.example.org/"\n[identity]\ndrop_parameters = "id"', encoding="utf-8"
    )
    (tmp_path / "example.net.toml").write_text('url = "https://example.org/"', encoding="utf-8")
    (tmp_path / "example.com.toml").write_text(
        'url = "https://example.com/"\nenabled = false\n[identity]\ndrop_parameters = "nav"', encoding="utf-8"
    )
    assert Registry(tmp_path).url_key_rules() == {
        "example.org": UrlKeyRules(keep_parameters=("ref", "view")),
        "example.com": UrlKeyRules(drop_parameters=("nav",)),
    }


def test_the_site_files_of_the_repository_are_valid() -> None:
    for file in (ROOT / "sites").glob("*.toml*"):
        assert read_site(file).url, file


def test_a_page_belongs_to_the_file_named_after_its_domain_or_with_its_front_page_there(tmp_path: Path) -> None:
    for name, url in (("a-paper", "https://www.example.org/"), ("example.net", "https://example.com/")):
        (tmp_path / f"{name}.toml").write_text(f'url = "{url}"\nenabled = false\n', encoding="utf-8")
    registry = Registry(tmp_path)
    found = {
        url: site and site.name
        for url in ("https://m.example.org/x", "https://example.net/x", "https://example.com/x", "https://example.edu/")
        for site in [registry.find_by_url(url)]
    }
    assert list(found.values()) == ["a-paper", "example.net", "example.net", None]


def test_a_missing_site_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"nowhere. does not exist; create it"):
        Registry(tmp_path / "nowhere").url_key_rules()

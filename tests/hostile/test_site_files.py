"""A site file with a mistake is explained, and never takes long or raises anything else."""

from __future__ import annotations

import pytest

from newscrawl.exceptions import SiteFileError
from newscrawl.sites.registry import parse_site
from tests.hostile.site_files import SITE_FILES


@pytest.mark.parametrize("number", range(len(SITE_FILES)))
def test_site_file_is_read_or_explained(number: int) -> None:
    text, words = list(SITE_FILES.items())[number]
    if words is None:
        assert parse_site(text.removeprefix("\ufeff"), name="example.org").url == "https://example.org/"
        return
    with pytest.raises(SiteFileError) as error:
        parse_site(text, name="example.org")
    assert words in str(error.value)
    assert str(error.value).startswith("example.org.toml")

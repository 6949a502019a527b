"""URL keys and fetchable URLs by the rules of each site. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from newscrawl.urls.classify import LIKELY_ARTICLE, score_article_url
from newscrawl.urls.key_rules import PLAIN, UrlKeyRules
from newscrawl.urls.normalize import fetchable, get_site, normalize


@dataclass(frozen=True, slots=True)
class UrlKeys:
    """Computes URL keys and fetchable URLs, each by the rules of its site.

    All methods raise ValueError for anything but an http(s) URL.
    """

    by_site: Mapping[str, UrlKeyRules] = field(default_factory=dict)
    """Registrable domain -> rules; sites without rules are absent."""

    def get_rules(self, url: str) -> UrlKeyRules:
        """Return the rules of the site of *url*."""
        return self.by_site.get(get_site(url), PLAIN) if self.by_site else PLAIN

    def url_key(self, url: str) -> str:
        """Return the URL key of the page that *url* names."""
        rules = self.get_rules(url)
        return normalize(url) if rules is PLAIN else normalize(url, rules)

    def fetchable(self, url: str) -> str:
        """Return the URL to fetch."""
        rules = self.get_rules(url)
        return fetchable(url) if rules is PLAIN else fetchable(url, rules)

    def article_key(self, url: str, canonical_url: str | None) -> str:
        """Return the key of the article at *url*: that of its canonical URL where it is plausible, else its own.

        Some sites declare their front page, a section or a placeholder as canonical URL of every article, which would
        merge them all. A canonical URL that does not look like an article is therefore trusted only where the page's
        own URL does not look like one either, and never where it is a front page.
        """
        own = self.url_key(url)
        if canonical_url is None:
            return own
        canonical = self.url_key(canonical_url)
        if canonical == own or score_article_url(canonical) >= LIKELY_ARTICLE:
            return canonical
        is_front = canonical.count("/") == 3 and canonical.endswith("/")
        return own if is_front or score_article_url(own) >= LIKELY_ARTICLE else canonical

"""The keys of pages by the rules of their sites. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from newscrawl.urls.classify import LIKELY_ARTICLE, score_article_url
from newscrawl.urls.key_rules import PLAIN, UrlKeyRules
from newscrawl.urls.normalize import fetchable, get_site, normalize


@dataclass(frozen=True, slots=True)
class UrlKeys:
    """Makes the keys of pages and the URLs to fetch, each by the rules of its site.

    All methods raise ValueError for what is no http(s) URL.
    """

    by_site: Mapping[str, UrlKeyRules] = field(default_factory=dict)
    """Registrable domain -> its rules, where there are any."""

    def rules_at(self, url: str) -> UrlKeyRules:
        """Give the rules of the site that *url* is on."""
        return self.by_site.get(get_site(url), PLAIN) if self.by_site else PLAIN

    def url_key(self, url: str) -> str:
        """Give the identity key of the page that *url* names."""
        rules = self.rules_at(url)
        return normalize(url) if rules is PLAIN else normalize(url, rules)

    def fetchable(self, url: str) -> str:
        """Give the URL to ask for."""
        rules = self.rules_at(url)
        return fetchable(url) if rules is PLAIN else fetchable(url, rules)

    def article_key(self, url: str, canonical_url: str | None) -> str:
        """Give the key of the article that was read from *url*: its canonical URL's, where that can be believed.

        Some sites declare their front page, a section or a placeholder as the canonical URL of every article, which
        would make them all one. So a canonical URL that does not look like an article is believed only of a page whose
        own URL does not look like one either.
        """
        own = self.url_key(url)
        if canonical_url is None:
            return own
        canonical = self.url_key(canonical_url)
        if canonical == own or score_article_url(canonical) >= LIKELY_ARTICLE:
            return canonical
        is_front = canonical.count("/") == 3 and canonical.endswith("/")
        return own if is_front or score_article_url(own) >= LIKELY_ARTICLE else canonical

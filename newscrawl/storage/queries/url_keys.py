"""The rules that the stored URL keys were made by."""

from __future__ import annotations

import json

from sqlalchemy import Connection, select

from newscrawl.storage.schema import learned_parameters, url_key_rules
from newscrawl.urls.key_rules import PLAIN, UrlKeyRules
from newscrawl.urls.keys import UrlKeys

ALL_SITES = "*"
"""Stands in `url_key_rules.site` for the normalizer itself."""


def get_keys_version(connection: Connection) -> int:
    """Return the version of the normalizer that made the stored keys."""
    stored = connection.execute(select(url_key_rules.c.made_by).where(url_key_rules.c.site == ALL_SITES))
    return int(stored.scalar_one())


def get_stored_keys(connection: Connection) -> UrlKeys:
    """Return the rules that made the stored keys. Site files that changed since have others."""
    rows = connection.execute(select(url_key_rules).where(url_key_rules.c.site != ALL_SITES))
    return UrlKeys({row.site: parse_rules(row.made_by) for row in rows})


def add_learned(connection: Connection, keys: UrlKeys) -> UrlKeys:
    """Return *keys* with the parameters that were learned to be ignorable; what a site file keeps stays."""
    by_site = dict(keys.by_site)
    for row in connection.execute(select(learned_parameters.c.site, learned_parameters.c.parameter)):
        rules = by_site.get(row.site, PLAIN)
        if row.parameter not in rules.keep_parameters:
            dropped = tuple(sorted({*rules.drop_parameters, row.parameter}))
            by_site[row.site] = UrlKeyRules(rules.keep_parameters, dropped)
    return UrlKeys(by_site)


def dump_rules(rules: UrlKeyRules) -> str:
    """Return *rules* as `url_key_rules.made_by` holds them."""
    return json.dumps({"keep": sorted(rules.keep_parameters), "drop": sorted(rules.drop_parameters)})


def parse_rules(text: str) -> UrlKeyRules:
    """Return the rules that `dump_rules` wrote."""
    rules = json.loads(text)
    return UrlKeyRules(tuple(rules["keep"]), tuple(rules["drop"]))

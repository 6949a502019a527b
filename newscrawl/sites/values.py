"""Check values of site files that are names: languages, encodings, time zones. Pure.

Each check raises ValueError, with the nearest right one, for a value that cannot be right.
"""

from __future__ import annotations

import locale
import re
from collections import Counter
from encodings.aliases import aliases
from zoneinfo import available_timezones

from newscrawl.fields.languages import parse_language_tag
from newscrawl.text.encodings import find_text_encoding
from newscrawl.text.suggestions import suggest

_CODES = """
aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo
es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik in io is it iu iw ja ji
jv jw ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mo mr ms mt my na nb
nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr
ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
"""
LANGUAGES = frozenset(_CODES.split())
"""The two-letter codes of ISO 639, with those that newer ones replaced."""
ENCODINGS = sorted({name.replace("_", "-") for pair in aliases.items() for name in pair})


def check_language(tag: str) -> str:
    """Return the BCP 47 tag *tag* in canonical case. Raises ValueError unless its language is known."""
    parsed = parse_language_tag(tag)
    code = parsed.partition("-")[0] if parsed else ""
    if parsed is None or (len(code) == 2 and code not in LANGUAGES):
        right = _find_language(tag.strip().lower()) or _find_language(code)
        hint = f"; did you mean {right!r}?" if right else ""
        raise ValueError(f"not a language tag such as 'en' or 'de-AT'{hint}")
    if len(re.split("[-_]", tag)) != len(parsed.split("-")):
        raise ValueError(f"not a language tag; did you mean {parsed!r}?")
    return parsed


def check_encoding(name: str) -> str:
    """Return *name*. Raises ValueError unless it is a text encoding."""
    if find_text_encoding(name) is not None:
        return name
    folded = re.sub(r"^(win|windows|iso)[-_ ]?(?=\d)", lambda found: _FAMILIES[found[1]], name.strip().lower())
    folded = re.sub("[_ ]", "-", folded)
    hint = f"did you mean {folded!r}?" if find_text_encoding(folded) else suggest(folded, ENCODINGS)
    raise ValueError(
        "not an encoding" + (f"; {hint}" if "known:" not in hint else " such as 'utf-8' or 'windows-1252'")
    )


def check_time_zone(name: str) -> str:
    """Return *name*. Raises ValueError unless it is an IANA time zone."""
    zones = available_timezones()
    if name in zones:
        return name
    city = name.rpartition("/")[2].replace(" ", "_").lower()
    same_city = next((zone for zone in sorted(zones) if zone.lower().rpartition("/")[2] == city), None)
    hint = f"did you mean {same_city!r}?" if same_city else suggest(name, sorted(zones))
    raise ValueError("not an IANA time zone" + (f"; {hint}" if "known:" not in hint else " such as 'Europe/Vienna'"))


_FAMILIES = {"win": "windows-", "windows": "windows-", "iso": "iso-"}


def _find_language(name: str) -> str | None:
    """Return the code of the language with this English name, or of the main one of the country with this code."""
    if name in locale.locale_alias and len(name) > 3:
        found = [locale.locale_alias[name]]
    else:
        found = [
            one for one in locale.locale_alias.values() if re.fullmatch(rf"[a-z]+_{re.escape(name.upper())}\b.*", one)
        ]
    codes = Counter(code for one in found if (code := one.partition("_")[0]) in LANGUAGES and "_XX" not in one)
    return codes.most_common(1)[0][0] if codes else None

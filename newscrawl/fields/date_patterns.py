"""Regular expressions of dates in words and numbers, for text with ASCII digits."""

from __future__ import annotations

import re
from functools import lru_cache

from newscrawl.fields.calendars import calendars

_SEPARATOR = r"(?P<separator>[-./·])"
_ALONE = r"(?<!\d)(?<!\d[:./-])"
_NAME = r"[^\s\d,/|()\[\]:;·•\"'-]{2,20}"
_MONTH = rf"(?P<month>{_NAME}(?: الأول| الثاني)?)(?:\s?[/(]\s?{_NAME}\)?)?"
"""A month, maybe with a second name, as in Arabic: "نيسان / أبريل"."""
_DAY = rf"{_ALONE}(?P<day>\d{{1,2}})(?:st|nd|rd|th|er|ère|\.?[ºª°]|ος|η|-?го|-?е|an|a\.)?"
_YEAR = r"(?P<year>\d{4})(?!\d(?!\d?:\d\d))"
"""A clock may follow without a space, because it is in another element: "March 16, 20267:22 AM"."""
_OF = r"(?:(?:de|del|di|of|do|da|den|ta'|του|the)\s|d')?"
_YEAR_WORD = r"(?:(?:năm|พ\.ศ\.|ค\.ศ\.|roku)\s?)?"
_FORMS = (
    rf"{_DAY}\.?[\s,./-]{{0,3}}{_OF}{_MONTH}[\s.,/-]{{1,3}}{_OF}{_YEAR_WORD}{_YEAR}",
    rf"(?P<month>{_NAME})[\s.,-]{{1,3}}(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.)?[\s,.-]{{1,3}}{_YEAR}",
    rf"(?<!\d){_YEAR}[.,]?(?:\s(?:m\.|yil))?\s(?P<month>{_NAME})\s(?P<day>\d{{1,2}})(?!\d)",
    rf"(?<!\d){_YEAR}\.?\s?(?:gada|жылғы|ж\.|m\.)\s(?P<day>\d{{1,2}})\.?\s(?P<month>{_NAME})",
    rf"{_DAY}\s?(?P<month>[\u0e00-\u0e7f.]{{3,20}})\s?(?P<year>\d{{2}})(?![\d:.])",
    rf"{_DAY}\s+tháng\s+(?P<month>\d{{1,2}})(?:,?\s+năm|,)?\s+{_YEAR}",
)
LONG = tuple(re.compile(form, re.IGNORECASE) for form in _FORMS)
"""Dates with the name of the month; "5 tháng 6 năm 2026", with a number, too."""
CSTYLE = re.compile(
    rf"(?P<month>{_NAME})\s+(?P<day>\d{{1,2}})\s+(?P<clock>\d{{1,2}}:\d{{2}}(?::\d{{2}})?[^\d]{{0,12}}(?:[+-]\d{{2}}:?\d{{2}})?)"
    rf"\s+{_YEAR}$"
)
"""As C and Java print dates: "Fri Jun 05 15:21:41 CEST 2026"."""
YEAR_FIRST = re.compile(
    rf"{_ALONE}(?P<year>[12]\d{{3}})\s?(?P<separator>[-./·年년])\s?(?P<month>\d{{1,2}})\s?(?:(?P=separator)|[月월])\s?"
    r"(?P<day>\d{1,2})(?!\d)"
)
NUMERIC = re.compile(
    rf"{_ALONE}(?P<first>\d{{1,2}})\s?{_SEPARATOR}\s?(?P<second>\d{{1,2}})\s?(?P=separator)\s?(?P<year>[12]\d{{3}})(?!\d)"
)
TWO_DIGIT_YEAR = re.compile(
    rf"{_ALONE}(?P<first>\d{{1,2}})(?P<separator>[./])\s?(?P<second>\d{{1,2}})(?P=separator)\s?(?P<year>\d{{2}})(?![\d:./-])"
)
MINGUO = re.compile(
    rf"{_ALONE}(?P<year>1[0-3]\d)\s?(?P<separator>[-./年])\s?(?P<month>\d{{1,2}})\s?(?:(?P=separator)|月)\s?(?P<day>\d{{1,2}})(?!\d)"
)
"""A year of the Republic of China without its name."""


@lru_cache(maxsize=1)
def era_pattern() -> re.Pattern[str]:
    """Return the pattern of "令和8年6月5日", "R8.6.5" and "民國115年6月5日"."""
    names = "|".join(re.escape(name) if len(name) > 1 else rf"(?<![^\W\d]){name}(?=\d)" for name in calendars().eras)
    return re.compile(
        rf"(?P<era>{names})\s?(?P<year>\d{{1,3}}|元)\s?[年./-]\s?(?P<month>\d{{1,2}})\s?[月./-]\s?(?P<day>\d{{1,2}})(?!\d)"
    )

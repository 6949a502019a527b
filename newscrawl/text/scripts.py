"""Scripts that need care when characters or words are counted. The names in capitals are for character classes."""

from __future__ import annotations

import re
from typing import Final

KANA_AND_HAN: Final = "\u3040-\u30ff\u3400-\u9fff"
KANA_TO_HAN: Final = "\u3040-\u9fff"
"""All from kana to Han: with bopomofo, Hangul letters, circled and squared characters in between."""
HANGUL: Final = "\uac00-\ud7af"
THAI: Final = "\u0e00-\u0e7f"
SOUTHEAST_ASIAN: Final = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
"""Thai, Lao, Myanmar and Khmer."""
UNSPACED: Final = SOUTHEAST_ASIAN + KANA_AND_HAN
"""Scripts written without spaces between words."""

DENSE_CHARACTER: Final = re.compile(f"[{KANA_AND_HAN}{HANGUL}]")
"""A Chinese, Japanese or Korean character, which carries more meaning than a letter."""
UNSPACED_CHARACTER: Final = re.compile(f"[{UNSPACED}\uf900-\ufaff]")
"""A character of a script without spaces, compatibility ideographs included."""

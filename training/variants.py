"""Build variants of a page that lack what another site may lack, so that a model does not rely on it."""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Collection, Sequence

from lxml import etree

_NAMES = re.compile(rb"""(?i)(\s(?:class|id)\s*=\s*)("[^"]*"|'[^']*'|[^\s>]+)""")


def hash_names(body: bytes) -> bytes:
    """Replace every word of class and id attributes by a hash of it, as build tools for style sheets do.

    What had the same name still has the same name, but the name says nothing.
    """
    return _NAMES.sub(_hash_words, body)


def _hash_words(attribute: re.Match[bytes]) -> bytes:
    words = attribute[2].strip(b"\"'").split()
    return attribute[1] + b'"' + b" ".join(b"x%07x" % (zlib.crc32(word) & 0xFFFFFFF) for word in words) + b'"'


def lengthen(root: etree._Element, body: Collection[str], paragraphs: Sequence[str]) -> bool:
    """Insert *paragraphs* between those of the article, with the same tag and attributes. Return whether that was done.

    *body* are the texts of the article's blocks. Corpora have few articles of more than a hundred paragraphs, and a
    model that never saw one takes what stands far below the headline for something else.
    """
    found = [element for element in root.iter("p") if " ".join("".join(element.itertext()).split()) in body]
    parents = Counter(element.getparent() for element in found)
    if not parents:
        return False
    parent, _ = parents.most_common(1)[0]
    siblings = [element for element in found if element.getparent() is parent]
    for number, text in enumerate(paragraphs):
        above = siblings[number * len(siblings) // len(paragraphs)]
        inserted = etree.Element("p", dict(above.attrib))
        inserted.text = text
        above.addnext(inserted)
    return True

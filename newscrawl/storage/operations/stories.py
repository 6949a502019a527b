"""Story clusters: near-duplicates are found in the transaction that stores an article."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import numpy as np
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Connection,
    Engine,
    any_,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from newscrawl.dedup.near_duplicates import MAX_COMPARED_LENGTH, Text, measure_similarity
from newscrawl.dedup.shingles import SHINGLES_VERSION, Hashes, ShingledText, compute_shingle_hashes
from newscrawl.items import Article, Fingerprints
from newscrawl.storage.advisory_lock import lock_article_writes
from newscrawl.storage.operations.recent_texts import RECENT_TEXTS
from newscrawl.storage.schema import article_shingles, articles

MAX_PER_HASH = 32
"""Articles indexed per shingle hash. What more texts share is boilerplate, a common phrase, or a story that its first
articles suffice to find. It bounds the rows of a look-up: this times the hashes of a text."""
MIN_COMMON_HASHES = 2
RARE_HASH = 4
"""Articles that a hash may lead to at most to make a candidate by itself."""
MIN_FULL_HASHES = 3
"""Common hashes required where each of them is full: two phrases that many texts share make no candidate."""
MAX_COMPARED = 4
"""Texts that are compared with a new one, those with the most and rarest common hashes first."""
MIN_ON_ONE_SITE = 5
"""Common hashes required of articles of one site, which must agree in 80 % of their text: of 2,059 such pairs made from
real texts none had fewer than six. Fewer are boilerplate that all articles of the site share."""
SHARE_OF_BEST = 0.25
"""Candidates that weigh less than this share of the first one are not compared."""
INDEX_BATCH = 200

_members = select(article_shingles).where(article_shingles.c.shingle_hash.in_(bindparam("hashes", expanding=True)))
# PostgreSQL takes arrays: one prepared statement in place of one for each row.
_hashes, _ids = (bindparam(name, type_=ARRAY(BigInteger)) for name in ("hashes", "ids"))
_members_of_array = select(article_shingles).where(article_shingles.c.shingle_hash == any_(_hashes))
_insert_arrays = insert(article_shingles).from_select(
    ["shingle_hash", "article_id"], select(func.unnest(_hashes), func.unnest(_ids))
)
_text_of = select(
    articles.c.id,
    articles.c.story_id,
    articles.c.similarity,
    articles.c.site,
    articles.c.headline,
    articles.c.article_body,
)
_texts = _text_of.where(articles.c.id.in_(bindparam("ids", expanding=True)))
_texts_of_array = _text_of.where(articles.c.id == any_(_ids))
_set_similarity = (
    update(articles).where(articles.c.id == bindparam("article")).values(similarity=bindparam("new_similarity"))
)


@dataclass(frozen=True, slots=True)
class StoryAssignment:
    """The story cluster of an article."""

    story_id: int
    similarity: float | None
    """To the most similar article of the cluster; None for a cluster of one."""

    def columns(self) -> dict[str, Any]:
        """Return the values for `articles`."""
        return {"story_id": self.story_id, "similarity": self.similarity, "shingles_version": SHINGLES_VERSION}


@dataclass(slots=True)
class _StoredText:
    """A text that new ones are compared with."""

    story_id: int
    site: str | None
    headline: str | None
    article_body: str | None
    similarity: float | None = None
    fingerprints: Fingerprints | None = None
    _text: Text | None = None

    @property
    def text(self) -> Text:
        """Shingled on first use: most articles are compared with nothing."""
        if self._text is None:
            self._text = Text(self.site, self.headline, self.body)
        return self._text

    @property
    def body(self) -> ShingledText:
        """The shingles of the body: from its fingerprints or an earlier comparison, else computed."""
        prints, body = self.fingerprints, self.article_body or ""
        if prints is None:
            return RECENT_TEXTS.get(body)
        hashes: Hashes = np.frombuffer(prints.shingles, np.uint64)
        return ShingledText(body[:MAX_COMPARED_LENGTH], prints.shingle_size, prints.shingled_words, hashes)


@dataclass(slots=True)
class Stories:
    """Assigns the articles of one batch, which one transaction writes, to story clusters."""

    connection: Connection
    members: dict[int, list[int]] = field(default_factory=dict)
    """Shingle hash -> ids of the articles indexed under it."""
    texts: dict[int, _StoredText] = field(default_factory=dict)
    new_rows: list[dict[str, int]] = field(default_factory=list)
    raised: dict[int, float] = field(default_factory=dict)
    """Article -> similarity, where a new article is the most similar one so far."""

    @property
    def has_arrays(self) -> bool:
        """Return whether the engine is PostgreSQL."""
        return self.connection.dialect.name == "postgresql"

    @classmethod
    def load(cls, connection: Connection, new: Iterable[Article]) -> Stories:
        """Look up the shingle hashes of all *new* articles at once, and read the candidates."""
        stories = cls(connection)
        lock_article_writes(connection)
        members = _members
        if stories.has_arrays:
            members = _members_of_array
        hash_lists = [article.shingle_hashes for article in new if article.shingle_hashes]
        shingle_hashes = {shingle_hash for hashes in hash_lists for shingle_hash in hashes}
        rows = connection.execute(members, {"hashes": list(shingle_hashes)}).all() if shingle_hashes else ()
        for shingle_hash, article_id in rows:
            stories.members.setdefault(shingle_hash, []).append(article_id)
        stories._read({one for hashes in hash_lists for one in stories._rank(hashes)})
        return stories

    def assign(self, article_id: int, article: Article, copies: Sequence[int] = ()) -> StoryAssignment:
        """Find the story cluster of a new article; clusters that it links are merged.

        *copies* are articles with the same headline and body, however short these are.
        """
        new = _StoredText(article_id, article.site, article.headline, article.article_body)
        if article.fingerprints is not None and article.fingerprints.describe(article):
            new.fingerprints = article.fingerprints
            RECENT_TEXTS.add(new.body)
        joined, best = set[int](), 0.0
        for other_id, other in self._find_candidates(article_id, article, copies):
            if other.story_id in joined:
                continue
            similarity = 1.0 if other_id in copies else measure_similarity(new.text, other.text)
            if similarity is not None:
                joined.add(other.story_id)
                best = max(best, similarity)
                if similarity > (other.similarity or 0.0):
                    other.similarity = self.raised[other_id] = similarity
        new.story_id, new.similarity = min(joined | {article_id}), best or None
        self.texts[article_id] = new
        self.join(joined, new.story_id)
        self._index(article_id, article.shingle_hashes or ())
        return StoryAssignment(new.story_id, new.similarity)

    def reassign(
        self, article_id: int, article: Article, copies: Sequence[int], old_hashes: Sequence[int]
    ) -> StoryAssignment:
        """Find the story cluster of an article whose text is about to change; *old_hashes* are those of the old one."""
        self.write()
        columns = (articles.c.story_id, articles.c.shingles_version)
        old = self.connection.execute(select(*columns).where(articles.c.id == article_id)).one()
        if old.shingles_version == SHINGLES_VERSION:
            self._unindex(article_id, old_hashes)
        self._leave(article_id, old.story_id)
        return self.assign(article_id, article, copies)

    def join(self, story_ids: set[int], story_id: int) -> None:
        """Merge story clusters under *story_id*."""
        others = story_ids - {story_id}
        if not others:
            return
        self.connection.execute(update(articles).where(articles.c.story_id.in_(others)).values(story_id=story_id))
        for text in self.texts.values():
            if text.story_id in others:
                text.story_id = story_id

    def write(self) -> None:
        """Write the queued rows of the index and the changed similarities of other articles."""
        if self.new_rows and self.has_arrays:
            arrays = {
                "hashes": [row["shingle_hash"] for row in self.new_rows],
                "ids": [row["article_id"] for row in self.new_rows],
            }
            self.connection.execute(_insert_arrays, arrays)
        elif self.new_rows:
            self.connection.execute(insert(article_shingles), self.new_rows)
        if self.raised:
            raised = [{"article": one, "new_similarity": value} for one, value in self.raised.items()]
            self.connection.execute(_set_similarity, raised)
        self.new_rows.clear()
        self.raised.clear()

    def _find_candidates(
        self, article_id: int, article: Article, copies: Sequence[int]
    ) -> Iterator[tuple[int, _StoredText]]:
        """Yield the articles to compare a new one with, best candidates first."""
        shingle_hashes = article.shingle_hashes or ()
        ids = [one for one in (*copies, *self._rank(shingle_hashes)) if one != article_id]
        self._read({*ids})
        for one in ids:
            other = self.texts.get(one)
            if other is not None and (
                one in copies or other.site != article.site or self._may_be_copy(one, shingle_hashes)
            ):
                yield one, other

    def _may_be_copy(self, other_id: int, shingle_hashes: Iterable[int]) -> bool:
        """Return whether an article of the same site may be a copy; it may have a full hash without being indexed."""
        lists = (self.members.get(shingle_hash, ()) for shingle_hash in shingle_hashes)
        possible = sum(other_id in members or len(members) >= MAX_PER_HASH for members in lists)
        return possible >= MIN_ON_ONE_SITE

    def _rank(self, shingle_hashes: Iterable[int]) -> list[int]:
        lists = [members for shingle_hash in shingle_hashes if (members := self.members.get(shingle_hash))]
        common = Counter(chain.from_iterable(lists))
        rarity: Counter[int] = Counter()
        """What the hashes of an article weigh beyond their number: a full one nothing, a rarer one more."""
        for members in lists:
            if (added := MAX_PER_HASH // len(members) - 1) > 0:
                for one in members:
                    rarity[one] += added
        # Oldest first among equals, so that the result does not depend on the order of rows.
        found = sorted(
            (-number - rarity.get(one, 0), one)
            for one, number in common.items()
            if number >= MIN_FULL_HASHES or (one in rarity and _is_candidate(number, number + rarity[one]))
        )
        return [one for weight, one in found[:MAX_COMPARED] if weight <= SHARE_OF_BEST * found[0][0]]

    def _read(self, article_ids: set[int]) -> None:
        unread = article_ids - self.texts.keys()
        texts = _texts_of_array if self.has_arrays else _texts
        rows = self.connection.execute(texts, {"ids": sorted(unread)}).all() if unread else ()
        for row in rows:
            story_id = row.story_id or row.id
            self.texts[row.id] = _StoredText(story_id, row.site, row.headline, row.article_body, row.similarity)

    def _index(self, article_id: int, shingle_hashes: Iterable[int]) -> None:
        for shingle_hash in shingle_hashes:
            members = self.members.setdefault(shingle_hash, [])
            if len(members) < MAX_PER_HASH:
                members.append(article_id)
                self.new_rows.append({"shingle_hash": shingle_hash, "article_id": article_id})

    def _unindex(self, article_id: int, shingle_hashes: Sequence[int]) -> None:
        """Remove an article from the index."""
        of_article = (article_shingles.c.article_id == article_id, article_shingles.c.shingle_hash.in_(shingle_hashes))
        self.connection.execute(delete(article_shingles).where(*of_article))
        for shingle_hash in shingle_hashes:
            if article_id in self.members.get(shingle_hash, ()):
                self.members[shingle_hash].remove(article_id)

    def _leave(self, article_id: int, story_id: int | None) -> None:
        """Remove an article from its cluster; the others stay together and are not compared again."""
        is_other = (articles.c.story_id == story_id, articles.c.id != article_id)
        others = list(self.connection.execute(select(articles.c.id).where(*is_other).order_by(articles.c.id)).scalars())
        if not others:
            return
        alone = {"similarity": None} if len(others) == 1 else {}
        self.connection.execute(update(articles).where(*is_other).values(story_id=others[0], **alone))
        for text in (self.texts[other] for other in others if other in self.texts):
            text.story_id = others[0]
            if alone:
                text.similarity = None


def leave_stories(connection: Connection, article_ids: Sequence[int]) -> None:
    """Remove articles that are about to be deleted from their clusters; the other members stay together.

    A cluster has the smallest id of its members; the similarity of one that is left alone becomes NULL.
    """
    is_leaving = articles.c.id.in_(article_ids)
    left = select(articles.c.story_id).where(is_leaving)
    members = select(articles.c.story_id, func.min(articles.c.id), func.count())
    is_staying = (articles.c.story_id.in_(left), articles.c.id.not_in(article_ids))
    for story_id, first, count in connection.execute(members.where(*is_staying).group_by(articles.c.story_id)).all():
        values = {"story_id": first} | ({"similarity": None} if count == 1 else {})
        of_story = (articles.c.story_id == story_id, articles.c.id.not_in(article_ids))
        connection.execute(update(articles).where(*of_story).values(values))


def _is_candidate(common: int, weight: int) -> bool:
    """Return whether articles with *common* hashes may be copies; a full hash weighs 1, a rarer one more."""
    if common < MIN_COMMON_HASHES:
        return weight >= MAX_PER_HASH // RARE_HASH
    return common >= (MIN_COMMON_HASHES if weight > common else MIN_FULL_HASHES)


def count_unindexed(connection: Connection) -> int:
    """Return how many articles have no shingle hashes of this version, so that near-duplicates are not found."""
    return connection.execute(select(func.count()).select_from(articles).where(_is_unindexed())).scalar_one()


def index_all(engine: Engine) -> int:
    """Index and assign all articles without shingle hashes of this version, oldest first; return their number.

    Each batch is a transaction. Hashes of another version are removed first, because they cannot be told apart later;
    story clusters stay until their articles are assigned again.
    """
    with engine.begin() as connection:
        if not _has_other_versions(connection) and not count_unindexed(connection):
            return 0
        if _has_other_versions(connection):
            connection.execute(delete(article_shingles))
            connection.execute(update(articles).values(shingles_version=None))
    number = 0
    while indexed := _index_batch(engine):
        number += indexed
    return number


def _is_unindexed() -> Any:
    # Databases cannot use an index for "not equal".
    version = articles.c.shingles_version
    return or_(version.is_(None), version < SHINGLES_VERSION, version > SHINGLES_VERSION)


def _has_other_versions(connection: Connection) -> bool:
    version = articles.c.shingles_version
    other = select(articles.c.id).where(or_(version < SHINGLES_VERSION, version > SHINGLES_VERSION))
    return connection.execute(other.limit(1)).first() is not None


def _index_batch(engine: Engine) -> int:
    names = ("id", "site", "headline", "article_body", "content_hash")
    unindexed = select(*(articles.c[name] for name in names)).where(articles.c.shingles_version.is_(None))
    with engine.begin() as connection:
        rows = connection.execute(unindexed.order_by(articles.c.id).limit(INDEX_BATCH)).mappings().all()
        if rows:
            _index(connection, rows)
    return len(rows)


def _index(connection: Connection, rows: Sequence[Mapping[Any, Any]]) -> None:
    found = {row["id"]: Article(site=row["site"], headline=row["headline"]) for row in rows}
    for row in rows:
        article = found[row["id"]]
        article.article_body, article.shingle_hashes = row["article_body"], compute_shingle_hashes(row["article_body"])
    stories = Stories.load(connection, found.values())
    for row in rows:
        same = select(articles.c.id).where(articles.c.content_hash == row["content_hash"], articles.c.id < row["id"])
        copies = list(connection.execute(same.order_by(articles.c.id).limit(1)).scalars())
        story = stories.assign(row["id"], found[row["id"]], copies)
        # Articles that were assigned by older hashes may be in a cluster with this id.
        stories.join({row["id"]}, story.story_id)
        connection.execute(update(articles).where(articles.c.id == row["id"]).values(**story.columns()))
    stories.write()

"""Stories: which articles are near-duplicates of each other, found and kept in the transaction that stores them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

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

from newscrawl.dedup.near_duplicates import Text, measure_similarity
from newscrawl.dedup.shingles import SHINGLES_VERSION, compute_shingle_hashes
from newscrawl.items import Article
from newscrawl.storage.advisory_lock import lock_article_writes
from newscrawl.storage.schema import article_shingles, articles

MAX_PER_BAND = 32
"""Articles that one band leads to. What stands in more texts is boilerplate or a phrase of the language, or a story
whose first articles are enough to find it by; so a lookup reads at most BANDS times as many rows."""
MIN_COMMON_BANDS = 2
RARE_BAND = 4
"""Articles that a band leads to at most to be a hint by itself."""
MIN_FULL_BANDS = 3
"""In common where all of these lead to as many articles as they may: two phrases that many texts have are no hint."""
MAX_COMPARED = 4
"""Texts that are read and compared with a new one, those with the most and rarest bands in common first."""
MIN_ON_ONE_SITE = 5
"""In common with an article of the same site, of which 80 % must be the same: of 2,059 such pairs made from real texts
none had fewer than six. What texts of one site share beside that are the words around all its articles."""
SHARE_OF_BEST = 0.25
"""What weighs less than this beside the first of them is not read."""
SIGNED_AT_ONCE = 200

_members = select(article_shingles).where(article_shingles.c.shingle_hash.in_(bindparam("hashes", expanding=True)))
# PostgreSQL takes arrays: one statement that it keeps prepared, where each row would be one.
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
    """Where an article stands among the stories."""

    story_id: int
    similarity: float | None
    """None for an article that is alone in its story."""

    def columns(self) -> dict[str, Any]:
        """What `articles` says of it."""
        return {"story_id": self.story_id, "similarity": self.similarity, "shingles_version": SHINGLES_VERSION}


@dataclass(slots=True)
class _Known:
    """A text that new ones are compared with."""

    story_id: int
    site: str | None
    headline: str | None
    article_body: str | None
    similarity: float | None = None
    _text: Text | None = None

    @property
    def text(self) -> Text:
        """Read when it is needed: most articles are compared with nothing."""
        if self._text is None:
            self._text = Text.of(self.site, self.headline, self.article_body)
        return self._text


@dataclass(slots=True)
class Stories:
    """Places the articles of one batch, which one transaction writes."""

    connection: Connection
    members: dict[int, list[int]] = field(default_factory=dict)
    """Band -> ids of the articles that it leads to."""
    known: dict[int, _Known] = field(default_factory=dict)
    new_rows: list[dict[str, int]] = field(default_factory=list)
    raised: dict[int, float] = field(default_factory=dict)
    """Article -> similarity, of those that are more like a new one than like any before."""

    @property
    def has_arrays(self) -> bool:
        """Whether this is PostgreSQL."""
        return self.connection.dialect.name == "postgresql"

    @classmethod
    def of(cls, connection: Connection, new: Iterable[Article]) -> Stories:
        """Look up the bands of all *new* articles at once, and read what they lead to."""
        stories = cls(connection)
        lock_article_writes(connection)
        members = _members
        if stories.has_arrays:
            members = _members_of_array
        signatures = [article.shingle_hashes for article in new if article.shingle_hashes]
        shingle_hashes = {shingle_hash for signature in signatures for shingle_hash in signature}
        rows = connection.execute(members, {"hashes": list(shingle_hashes)}).all() if shingle_hashes else ()
        for shingle_hash, article_id in rows:
            stories.members.setdefault(shingle_hash, []).append(article_id)
        stories._read({one for signature in signatures for one in stories._candidates(signature)})
        return stories

    def place(self, article_id: int, article: Article, copies: Sequence[int] = ()) -> StoryAssignment:
        """Find the story of a new article; stories that it joins become one.

        *copies* are articles that are known to have the same headline and body, however short these are.
        """
        new = _Known(article_id, article.site, article.headline, article.article_body)
        joined, best = set[int](), 0.0
        for other_id, other in self._alike(article_id, article, copies):
            if other.story_id in joined:
                continue
            similarity = 1.0 if other_id in copies else measure_similarity(new.text, other.text)
            if similarity is not None:
                joined.add(other.story_id)
                best = max(best, similarity)
                if similarity > (other.similarity or 0.0):
                    other.similarity = self.raised[other_id] = similarity
        new.story_id, new.similarity = min(joined | {article_id}), best or None
        self.known[article_id] = new
        self.join(joined, new.story_id)
        self._index(article_id, article.shingle_hashes or ())
        return StoryAssignment(new.story_id, new.similarity)

    def place_again(self, article_id: int, article: Article, copies: Sequence[int] = ()) -> StoryAssignment:
        """Find the story of an article whose text is about to change; call it while `articles` has the old text."""
        self.write()
        columns = (articles.c.article_body, articles.c.story_id, articles.c.shingles_version)
        old = self.connection.execute(select(*columns).where(articles.c.id == article_id)).one()
        if old.shingles_version == SHINGLES_VERSION:
            self._forget(article_id, compute_shingle_hashes(old.article_body))
        self._leave(article_id, old.story_id)
        return self.place(article_id, article, copies)

    def join(self, story_ids: set[int], story_id: int) -> None:
        """Make one story of several, under *story_id*."""
        others = story_ids - {story_id}
        if not others:
            return
        self.connection.execute(update(articles).where(articles.c.story_id.in_(others)).values(story_id=story_id))
        for known in self.known.values():
            if known.story_id in others:
                known.story_id = story_id

    def write(self) -> None:
        """Write what placing them changed of the bands and of other articles."""
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

    def _alike(self, article_id: int, article: Article, copies: Sequence[int]) -> Iterator[tuple[int, _Known]]:
        """The articles to compare a new one with, the likeliest first."""
        shingle_hashes = article.shingle_hashes or ()
        ids = [one for one in (*copies, *self._candidates(shingle_hashes)) if one != article_id]
        self._read({*ids})
        for one in ids:
            other = self.known.get(one)
            if other is not None and (
                one in copies or other.site != article.site or self._is_likely(one, shingle_hashes)
            ):
                yield one, other

    def _is_likely(self, other_id: int, shingle_hashes: Iterable[int]) -> bool:
        """Tell whether an article of the same site may be a copy; a full band may be one of its, though not written."""
        lists = (self.members.get(shingle_hash, ()) for shingle_hash in shingle_hashes)
        possible = sum(other_id in members or len(members) >= MAX_PER_BAND for members in lists)
        return possible >= MIN_ON_ONE_SITE

    def _candidates(self, shingle_hashes: Iterable[int]) -> list[int]:
        common: Counter[int] = Counter()
        weight: Counter[int] = Counter()
        for shingle_hash in shingle_hashes:
            members = self.members.get(shingle_hash, ())
            rarity = max(1, MAX_PER_BAND // max(1, len(members)))
            common.update(members)
            for member in members:
                weight[member] += rarity
        found = [one for one, number in common.items() if _is_hint(number, weight[one])]
        # Of equals the oldest, so that all find the same ones.
        found.sort(key=lambda one: (-weight[one], one))
        return [one for one in found[:MAX_COMPARED] if weight[one] >= SHARE_OF_BEST * weight[found[0]]]

    def _read(self, article_ids: set[int]) -> None:
        unread = article_ids - self.known.keys()
        texts = _texts_of_array if self.has_arrays else _texts
        rows = self.connection.execute(texts, {"ids": sorted(unread)}).all() if unread else ()
        for row in rows:
            story_id = row.story_id or row.id
            self.known[row.id] = _Known(story_id, row.site, row.headline, row.article_body, row.similarity)

    def _index(self, article_id: int, shingle_hashes: Iterable[int]) -> None:
        for shingle_hash in shingle_hashes:
            members = self.members.setdefault(shingle_hash, [])
            if len(members) < MAX_PER_BAND:
                members.append(article_id)
                self.new_rows.append({"shingle_hash": shingle_hash, "article_id": article_id})

    def _forget(self, article_id: int, shingle_hashes: Sequence[int]) -> None:
        """Take an article out of the index."""
        is_it = (article_shingles.c.article_id == article_id, article_shingles.c.shingle_hash.in_(shingle_hashes))
        self.connection.execute(delete(article_shingles).where(*is_it))
        for shingle_hash in shingle_hashes:
            if article_id in self.members.get(shingle_hash, ()):
                self.members[shingle_hash].remove(article_id)

    def _leave(self, article_id: int, story_id: int | None) -> None:
        """Leave the other articles of the story to themselves; what they look like is not asked again."""
        is_other = (articles.c.story_id == story_id, articles.c.id != article_id)
        others = list(self.connection.execute(select(articles.c.id).where(*is_other).order_by(articles.c.id)).scalars())
        if not others:
            return
        alone = {"similarity": None} if len(others) == 1 else {}
        self.connection.execute(update(articles).where(*is_other).values(story_id=others[0], **alone))
        for known in (self.known[other] for other in others if other in self.known):
            known.story_id = others[0]
            if alone:
                known.similarity = None


def _is_hint(common: int, weight: int) -> bool:
    """Tell whether articles with *common* bands may be copies; a full band weighs 1, a rarer one more."""
    if common < MIN_COMMON_BANDS:
        return weight >= MAX_PER_BAND // RARE_BAND
    return common >= (MIN_COMMON_BANDS if weight > common else MIN_FULL_BANDS)


def unsigned(connection: Connection) -> int:
    """How many articles have no signature of this version, so that no copy of them is found."""
    return connection.execute(select(func.count()).select_from(articles).where(_is_unsigned())).scalar_one()


def sign_all(engine: Engine) -> int:
    """Place all articles that have no signature of this version, oldest first; gives their number.

    A batch is a transaction. Bands of another version are removed at once, as nobody can tell any more whose they are;
    stories stay as they are until their articles find each other again.
    """
    with engine.begin() as connection:
        if not _has_others(connection) and not unsigned(connection):
            return 0
        if _has_others(connection):
            connection.execute(delete(article_shingles))
            connection.execute(update(articles).values(shingles_version=None))
    number = 0
    while signed := _sign_some(engine):
        number += signed
    return number


def _is_unsigned() -> Any:
    # An index is of no use for "not equal".
    version = articles.c.shingles_version
    return or_(version.is_(None), version < SHINGLES_VERSION, version > SHINGLES_VERSION)


def _has_others(connection: Connection) -> bool:
    version = articles.c.shingles_version
    other = select(articles.c.id).where(or_(version < SHINGLES_VERSION, version > SHINGLES_VERSION))
    return connection.execute(other.limit(1)).first() is not None


def _sign_some(engine: Engine) -> int:
    names = ("id", "site", "headline", "article_body", "content_hash")
    waiting = select(*(articles.c[name] for name in names)).where(articles.c.shingles_version.is_(None))
    with engine.begin() as connection:
        rows = connection.execute(waiting.order_by(articles.c.id).limit(SIGNED_AT_ONCE)).mappings().all()
        if rows:
            _sign(connection, rows)
    return len(rows)


def _sign(connection: Connection, rows: Sequence[Mapping[Any, Any]]) -> None:
    found = {row["id"]: Article(site=row["site"], headline=row["headline"]) for row in rows}
    for row in rows:
        article = found[row["id"]]
        article.article_body, article.shingle_hashes = row["article_body"], compute_shingle_hashes(row["article_body"])
    stories = Stories.of(connection, found.values())
    for row in rows:
        same = select(articles.c.id).where(articles.c.content_hash == row["content_hash"], articles.c.id < row["id"])
        copies = list(connection.execute(same.order_by(articles.c.id).limit(1)).scalars())
        place = stories.place(row["id"], found[row["id"]], copies)
        # Articles that were found by an older signature may be named after this one.
        stories.join({row["id"]}, place.story_id)
        connection.execute(update(articles).where(articles.c.id == row["id"]).values(**place.columns()))
    stories.write()

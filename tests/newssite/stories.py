"""Generate stories from a seed: news-like text without repeated paragraphs."""

import re
from dataclasses import replace
from random import Random

from tests.newssite.model import Block, Kind, Story
from tests.newssite.words import Topic, Vocabulary, vocabulary

GENRES = (
    "report", "feature", "report", "list", "report", "quotation", "live", "report", "interview", "report", "brief",
)  # fmt: skip
MAX_ATTEMPTS = 500
_CHOICE = re.compile(r"\[([^\[\]]*)\]")
_SLOT = re.compile(r"\{(\w+)\}")


class Deck:
    """Templates in random order; none repeats before all have been drawn."""

    def __init__(self, templates: tuple[str, ...], rng: Random) -> None:
        self._templates, self._rng, self._left = templates, rng, list[str]()

    def draw(self) -> str:
        if not self._left:
            self._left = self._rng.sample(self._templates, len(self._templates))
        return self._left.pop()


class Writer:
    """Writes one story with the same people and places throughout."""

    def __init__(self, words: Vocabulary, topic: Topic, rng: Random, used: set[str]) -> None:
        self.words, self.topic, self.rng, self.used = words, topic, rng, used
        place, *others = rng.sample(words.places, 5)
        first, second = rng.sample(words.last_names, 2)
        self.others = others[:3]
        self.cast = {
            "place": place, "elsewhere2": others[3], "thing": topic.thing, "org": rng.choice(topic.orgs),
            "speaker": f"{rng.choice(words.first_names)} {first}", "surname": first, "role": rng.choice(words.roles),
            "second": f"{rng.choice(words.first_names)} {second}", "second_surname": second,
            "second_role": rng.choice(words.roles),
        }  # fmt: skip
        self.sentences, self.details = Deck(words.sentences, rng), Deck(topic.details, rng)
        self.quotes, self.speech = Deck(words.quotes, rng), Deck(words.speech, rng)

    def number(self, low: int, high: int) -> int:
        while str(value := self.rng.randint(low, high))[-1] not in self.words.last_digits:
            pass
        return value

    def slot(self, match: re.Match[str]) -> str:
        name, words, rng = match[1], self.words, self.rng
        if name in self.cast:
            return self.cast[name]
        if name in ("n", "n2"):
            return str(self.number(11, words.n_max))
        if name == "percent":
            return f"{rng.randint(1, 39)}{words.decimal}{rng.randint(1, 9)}"
        if name == "percent2":
            return f"{rng.randint(41, 89)}{words.decimal}{rng.randint(1, 9)}"
        if name == "money":
            return words.money.format(n=self.number(11, 98))
        if name == "name":
            return self.name()
        if name in ("quote", "quote2"):
            return self.expand(self.quotes.draw())
        pools = {"few": words.few, "elsewhere": self.others, "weekday": words.weekdays, "month": words.months}
        return rng.choice(pools[name])

    def name(self) -> str:
        return f"{self.rng.choice(self.words.first_names)} {self.rng.choice(self.words.last_names)}"

    def expand(self, template: str) -> str:
        chosen = _CHOICE.sub(lambda match: self.rng.choice(match[1].split("|")), template)
        text = _SLOT.sub(self.slot, chosen)
        return text[:1].upper() + text[1:]

    def fresh(self, *decks: Deck) -> str:
        """Return a text with one sentence per deck that no story has used yet."""
        for _ in range(MAX_ATTEMPTS):
            if (text := " ".join(self.expand(deck.draw()) for deck in decks)) not in self.used:
                self.used.add(text)
                return text
        raise RuntimeError(f"no unused text found in {MAX_ATTEMPTS} attempts; add templates about {self.topic.thing}")

    def block(self, kind: Kind, *decks: Deck) -> Block:
        return Block(kind, self.fresh(*decks))

    def paragraph(self) -> Block:
        """Return a paragraph of one to three sentences, or of direct speech."""
        shapes = [(self.sentences,), (self.details, self.sentences), (self.sentences, self.details, self.sentences)]
        shapes += [(self.speech,), (self.speech, self.sentences), (self.sentences, self.sentences)]
        return self.block("paragraph", *self.rng.choice(shapes))

    def paragraphs(self, low: int, high: int) -> list[Block]:
        return [self.paragraph() for _ in range(self.rng.randint(low, high))]

    def deck(self, templates: tuple[str, ...]) -> Deck:
        return Deck(templates, self.rng)


def _feature(writer: Writer) -> list[Block]:
    headings = writer.deck(writer.words.headings)
    blocks = writer.paragraphs(1, 2)
    for _ in range(writer.rng.randint(2, 3)):
        blocks += [writer.block("heading", headings), *writer.paragraphs(2, 3)]
    return blocks


def _list(writer: Writer) -> list[Block]:
    items = writer.deck(writer.words.list_items)
    intro = writer.block("paragraph", writer.deck(writer.words.list_intros))
    listed = [writer.block("item", items) for _ in range(writer.rng.randint(3, 4))]
    return [*writer.paragraphs(2, 3), intro, *listed, *writer.paragraphs(2, 4)]


def _quotation(writer: Writer) -> list[Block]:
    words = writer.words
    template = tuple(f"{words.quote_open}{quote}.{words.quote_close}" for quote in words.quotes)
    return [*writer.paragraphs(2, 4), writer.block("quotation", writer.deck(template)), *writer.paragraphs(2, 4)]


def _live(writer: Writer) -> list[Block]:
    minute = writer.rng.randint(8 * 60, 12 * 60)
    titles, blocks = writer.deck(writer.words.live_titles), list[Block]()
    for _ in range(writer.rng.randint(4, 6)):
        minute += writer.rng.randint(4, 55)
        title = writer.fresh(titles)
        blocks += [Block("heading", f"{minute // 60:02}:{minute % 60:02} – {title}"), *writer.paragraphs(1, 2)]
    return blocks


def _interview(writer: Writer) -> list[Block]:
    questions, blocks = writer.deck(writer.words.questions), writer.paragraphs(1, 1)
    for _ in range(writer.rng.randint(3, 4)):
        answer = writer.block("paragraph", writer.details, writer.sentences)
        blocks += [writer.block("question", questions), answer]
    return blocks


_MIDDLES = {"feature": _feature, "list": _list, "quotation": _quotation, "live": _live, "interview": _interview}


def _blocks(writer: Writer, genre: str, trap: str) -> tuple[Block, ...]:
    lead = writer.deck(writer.words.leads)
    if genre == "brief":
        return (writer.block("paragraph", lead, writer.details),)
    middle = _MIDDLES[genre](writer) if genre in _MIDDLES else writer.paragraphs(3, 10)
    if trap:
        decks = [writer.deck((trap,))]
        if writer.rng.random() < 0.6:
            decks.append(writer.sentences)
        if genre not in ("interview", "list"):
            middle.insert(writer.rng.randint(1, len(middle)), writer.block("paragraph", *decks))
        else:
            middle.append(writer.block("paragraph", *decks))
    return (writer.block("paragraph", lead), *middle)


def _writer(seed: int, number: int, language: str, topic: Topic, used: set[str]) -> Writer:
    return Writer(vocabulary(language), topic, Random(f"{seed}/story/{number}"), used)


def get_topics(language: str, sections: tuple[str, ...] = ()) -> tuple[Topic, ...]:
    """Return the topics of a language, restricted to *sections* if any are given."""
    return tuple(topic for topic in vocabulary(language).topics if not sections or topic.section in sections)


def write_story(seed: int, number: int, language: str, topic: Topic, used: set[str]) -> Story:
    """Write story *number*; *used* holds all texts so far, so that none repeats."""
    writer = _writer(seed, number, language, topic, used)
    words, genre = writer.words, GENRES[number % len(GENRES)]
    if genre == "brief" and language != "en":
        genre = "report"
    trap = words.traps[number // 2 % len(words.traps)] if number % 2 == 0 else ""
    names = {writer.name(): None for _ in range((1, 1, 2, 1, 0, 3)[number // 2 % 6])}
    headline = writer.fresh(writer.deck(topic.headlines))
    blocks = _blocks(writer, genre, trap)
    description = writer.fresh(writer.details)
    return Story(language, genre, topic.section, headline, description, blocks, tuple(names), topic.keywords)


def revise_story(seed: int, number: int, story: Story, used: set[str]) -> Story:
    """Return the story for edition 2: one paragraph rewritten, one added, and for odd numbers a new headline."""
    topic = next(topic for topic in get_topics(story.language) if topic.keywords == story.keywords)
    writer = _writer(seed, -1 - number, story.language, topic, used)
    at = max(index for index, block in enumerate(story.blocks) if block.kind == "paragraph")
    blocks = (*story.blocks[:at], writer.paragraph(), *story.blocks[at + 1 :], writer.paragraph())
    headline = writer.fresh(writer.deck(topic.headlines)) if number % 2 else story.headline
    return replace(story, blocks=blocks, headline=headline)

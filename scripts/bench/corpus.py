"""A synthetic news corpus as drafts: the same articles on every run, of any number.

A smaller corpus is a prefix of a larger one. Each article has 1 to 4 topics, an author, 250
to 700 words, 3 to 8 related articles (earlier ones, or of the same block of 1,000) and a few
comments, four of ten of them replies; every 50th has a long discussion.
"""

from __future__ import annotations

from bisect import bisect, bisect_left
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from random import Random
from typing import NamedTuple

from hub.drafts import ArticleDraft, AuthorDraft, CommentDraft, RelationDraft, TopicDraft
from hub.models import CommentStatus, RelationKind, Status
from hub.text.bodies import Body, Markup
from scripts.bench.language.vocabulary import Vocabulary, rng
from scripts.bench.language.words import FIRST_NAMES, FUNCTION, LAST_NAMES, TOPICS

SOURCE = "bench"
BLOCK = 1_000
FIRST_DAY = datetime(2016, 1, 4, 6, tzinfo=UTC)
MINUTES_BETWEEN = 50
MOST_COMMENTS = 12
DISCUSSED_EVERY = 50
LONG_DISCUSSION = 24
"""Additional top-level comments of every 50th article."""

LINKED = 3
"""Number of related articles that an article's text links to."""

AUTHORS = [
    f"{first} {LAST_NAMES[(place * 7 + 3 * (place // 30)) % 30]}"
    for place, first in enumerate(FIRST_NAMES * 2)
]
_TOPIC_SLUGS = list(TOPICS)
_TOPIC_SHARES = list(accumulate(1 / (rank + 4) ** 0.7 for rank in range(len(TOPICS))))
_UNACCENTED = str.maketrans("éöíáøřäåü", "eoiaoraau")


class Head(NamedTuple):
    """The part of an article that links to it need."""

    topics: list[str]
    title: str
    slug: str


class Corpus:
    """The first `size` articles of the corpus; drafts are generated on access."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._vocabulary = Vocabulary()
        # Heads of complete blocks, so that an article has the same links in a corpus of any size.
        self.heads = [self._head(place) for place in range(-(-size // BLOCK) * BLOCK)]
        self._by_topic: dict[str, list[int]] = {slug: [] for slug in TOPICS}
        for place, head in enumerate(self.heads):
            self._by_topic[head.topics[0]].append(place)

    def drafts(self) -> Iterator[ArticleDraft]:
        """Yield every article, the oldest first."""
        return map(self.draft, range(self.size))

    def draft(self, place: int) -> ArticleDraft:
        """Return the article at this place, from 0; published, with its relations and comments."""
        head, random = self.heads[place], rng("body", place)
        related = self._related(random, place)
        minutes = MINUTES_BETWEEN * place + random.randint(0, 40)
        published_at = FIRST_DAY + timedelta(minutes=minutes)
        html, summary = self._body(
            random, head, [self.heads[target] for target in related[:LINKED]]
        )
        comments = self._comments(random, head.topics, published_at)
        if place % DISCUSSED_EVERY == 0:
            comments += self._discussion(place, head.topics, published_at, len(comments))
        return ArticleDraft(
            source=SOURCE,
            key=str(place),
            title=head.title,
            slug=head.slug,
            summary=summary,
            body=Body(html, Markup.HTML),
            status=Status.PUBLISHED,
            published_at=published_at,
            authors=(AuthorDraft(AUTHORS[random.randrange(len(AUTHORS))]),),
            topics=tuple(TopicDraft(slug.replace("-", " ").title(), slug) for slug in head.topics),
            relations=tuple(
                _relation(self.heads[target], linked=number < LINKED)
                for number, target in enumerate(related)
            ),
            comments=tuple(comments),
        )

    def queries(self, count: int) -> list[str]:
        """Return `count` different queries of two words each, as readers might search for."""
        random, queries = rng("queries"), dict[str, None]()
        common = [word for word in self._vocabulary.words[:3000] if len(word) >= 4]
        common = [word for word in common if word.isascii()]
        while len(queries) < count:
            first, second = random.sample(TOPICS[random.choice(_TOPIC_SLUGS)], 2)
            x = random.random()
            if x > 0.6:
                second = random.choice(TOPICS[random.choice(_TOPIC_SLUGS)])
            elif x > 0.45:
                second = random.choice(common)
            if first != second:
                queries[f"{first} {second}"] = None
        return list(queries)

    def _head(self, place: int) -> Head:
        random = rng("head", place)
        [topic_count] = random.choices((1, 2, 3, 4), (30, 40, 20, 10))
        topics = list[str]()
        while len(topics) < topic_count:
            slug = _TOPIC_SLUGS[bisect(_TOPIC_SHARES, random.random() * _TOPIC_SHARES[-1])]
            if slug not in topics:
                topics.append(slug)
        length, words = random.randint(6, 11), list[str]()
        while len(words) < length:
            word = self._title_word(random, topics)
            if not words or words[-1] != word:
                words.append(word)
        title = " ".join(words)
        title = title[0].upper() + title[1:]
        return Head(topics, title, f"{_slug(title)[:70].strip('-')}-{place}")

    def _title_word(self, random: Random, topics: list[str]) -> str:
        x = random.random()
        if x < 0.4:
            topic = topics[0] if random.random() < 0.7 else random.choice(topics)
            return random.choice(TOPICS[topic])
        if x < 0.6:
            return random.choice(FUNCTION[:40])
        return self._vocabulary.choose(random)

    def _related(self, random: Random, place: int) -> list[int]:
        """Choose the related articles: mostly of the same topic, newer ones more often."""
        block_end = (place // BLOCK + 1) * BLOCK
        related, count = list[int](), random.randint(3, 8)
        same_topic = self._by_topic[self.heads[place].topics[0]]
        reachable = bisect_left(same_topic, block_end)
        for _ in range(60):
            if len(related) == count:
                break
            if reachable > 1 and random.random() < 0.85:
                x = random.random()
                other = same_topic[int(reachable * (1 - x * x)) if x else reachable - 1]
            else:
                other = random.randrange(block_end)
            if other != place and other not in related:
                related.append(other)
        return related

    def _body(self, random: Random, head: Head, links: list[Head]) -> tuple[str, str]:
        """Return an article's HTML, and its summary: the first words."""
        words = self._vocabulary.choose_text(random, random.randint(250, 700), head.topics)
        sentences, blocks, linked = _sentences(random, words), list[str](), 0
        while sentences:
            size = random.randint(2, 5)
            paragraph, sentences = sentences[:size], sentences[size:]
            x = random.random()
            if blocks and x < 0.10:
                heading = " ".join(
                    self._vocabulary.choose_text(random, 4, head.topics)
                ).capitalize()
                blocks.append(f"<h2>{heading}</h2>")
            if blocks and x > 0.95:
                blocks.append(f"<blockquote><p>{' '.join(paragraph)}</p></blockquote>")
                continue
            if x > 0.90 and len(paragraph) > 2:
                items = "".join(f"<li>{sentence}</li>" for sentence in paragraph)
                blocks.append(f"<ul>{items}</ul>")
                continue
            text = " ".join(paragraph)
            if linked < len(links) and random.random() < 0.2:
                text += f' <a href="/articles/{links[linked].slug}">{links[linked].title}</a>.'
                linked += 1
            elif random.random() < 0.2:
                strong = " ".join(paragraph[0].split()[:3])
                text = f"<strong>{strong}</strong> {text[len(strong) + 1 :]}"
            blocks.append(f"<p>{text}</p>")
        return "\n".join(blocks), " ".join(words[:30]).capitalize() + "."

    def _comments(self, random: Random, topics: list[str], at: datetime) -> list[CommentDraft]:
        comments = list[CommentDraft]()
        for number in range(min(MOST_COMMENTS, int(random.expovariate(1 / 3.2)))):
            at += timedelta(minutes=random.randint(3, 600))
            name, email = _person(random)
            parent = random.randrange(number) if number and random.random() < 0.4 else None
            comments.append(self._comment(random, topics, number, name, email, at, parent))
        return comments

    def _discussion(
        self, place: int, topics: list[str], at: datetime, number: int
    ) -> list[CommentDraft]:
        """Return the long discussion: top-level comments, numbered from `number`."""
        random, comments = rng("discussion", place), list[CommentDraft]()
        for key in range(number, number + LONG_DISCUSSION):
            at += timedelta(minutes=random.randint(3, 600))
            comments.append(self._comment(random, topics, key, *_person(random), at, None))
        return comments

    def _comment(
        self,
        random: Random,
        topics: list[str],
        number: int,
        name: str,
        email: str,
        at: datetime,
        parent: int | None,
    ) -> CommentDraft:
        words = self._vocabulary.choose_text(random, random.randint(6, 60), topics, 0.15)
        return CommentDraft(
            key=str(number),
            author_name=name,
            author_email=email,
            body=Body(" ".join(_sentences(random, words)), Markup.TEXT),
            created_at=at,
            status=CommentStatus.APPROVED,
            parent_key=None if parent is None else str(parent),
        )


def _sentences(random: Random, words: list[str]) -> list[str]:
    sentences, start = list[str](), 0
    while start < len(words):
        length = random.randint(8, 24)
        sentence = words[start : start + length]
        start += length
        sentence[0] = sentence[0].capitalize()
        if len(sentence) > 12 and random.random() < 0.5:
            sentence[6] += ","
        sentences.append(" ".join(sentence) + ".")
    return sentences


def _slug(text: str) -> str:
    words = text.lower().translate(_UNACCENTED).split()
    return "-".join("".join(filter(str.isalnum, word)) for word in words)


def _person(random: Random) -> tuple[str, str]:
    """Return a commenter's name and e-mail address."""
    number = random.randrange(2000)
    first, last = FIRST_NAMES[number % 30], LAST_NAMES[(number // 30) % 30]
    return f"{first} {last}", f"{_slug(first)}.{_slug(last)}{number}@example.org"


def _relation(head: Head, *, linked: bool) -> RelationDraft:
    kind = RelationKind.INLINE if linked else RelationKind.MORE_TO_READ
    return RelationDraft(kind, anchor=head.title, slug=head.slug)

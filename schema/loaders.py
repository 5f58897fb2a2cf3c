"""Loaders of one request: each reads many keys in one statement.

Every key that is asked for is added to the cache tags (`schema.execution.cache_tags`), whether or
not a row exists, since an absent row may be created later.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from functools import cached_property
from typing import Any, Literal, TypeVar

from hub.auth import Viewer
from hub.db.database import Reader
from hub.db.keyset import Slice, Window
from hub.reads import articles, authors, comments, related, topics
from hub.reads.articles import ArticleFilter, ArticleRow, BodyRow, Order, RevisionRow
from hub.reads.authors import AuthorRow
from hub.reads.comments import CommentRow, ModeratedRow
from hub.reads.projection import Only
from hub.reads.related import Looks, RelatedRow
from hub.reads.topics import TopicRow
from hub.related import EDITORIAL
from hub.text.slugs import digest
from schema.execution.cache_tags import EVERY, Notes
from schema.execution.dataloader import Loader, Turns

K = TypeVar("K")
V = TypeVar("V")
DRAWN_BY_PEOPLE = frozenset(kind.value for kind in EDITORIAL)
EMPTY: Slice[Any] = Slice([], has_next=False, has_previous=False)
Label = Literal["topics", "authors"]


class Loaders:
    """Made anew for each request, so that nothing seen by one viewer is kept for the next.

    A question by key alone is an attribute. One with arguments is a method, which answers with
    the loader for these arguments.
    """

    def __init__(self, db: Reader, viewer: Viewer, notes: Notes | None = None) -> None:
        """`notes` take in what is read."""
        self.turns = Turns(db)
        self._db = db
        self._viewer = viewer
        self._notes = notes or Notes()
        self._made: dict[object, Loader[Any, Any]] = {}

    def forget(self) -> None:
        """Let go of what was read; they cannot be used afterwards.

        Loaders and what they read by refer to each other: left to themselves, all rows of an
        answer would wait for the garbage collector.
        """
        vars(self).clear()

    @cached_property
    def article(self) -> Loader[int, ArticleRow | None]:
        """Articles by id; None for what the viewer may not see."""
        return self._loader(self._seen(articles.by_ids, "article"), None)

    def article_of(self, only: Only) -> Loader[int, ArticleRow | None]:
        """Articles by id, of which only these fields will be looked at; likewise."""
        if only is None:
            return self.article

        def read(ids: list[int]) -> Awaitable[dict[int, ArticleRow]]:
            return articles.by_ids(self._db, ids, self._viewer, only)

        return self._once(("article", only), self._noted(read, "article"), None)

    @cached_property
    def body(self) -> Loader[int, BodyRow | None]:
        """Bodies by their articles' id; None for what the viewer may not see."""
        return self._loader(self._seen(articles.bodies, "article"), None)

    @cached_property
    def translations(self) -> Loader[str, list[ArticleRow]]:
        """The articles that share a translation key."""

        async def read(keys: list[str]) -> dict[str, list[ArticleRow]]:
            self._notes.read("translations", [digest(key) for key in keys])
            found = await articles.translations(self._db, keys, self._viewer)
            self._notes.read("article", [row.id for rows in found.values() for row in rows])
            return found

        return self._loader(read, [])

    @cached_property
    def topics(self) -> Loader[int, list[TopicRow]]:
        """The topics of an article."""
        return self._loader(self._labels(topics.of_articles, "article"), [])

    @cached_property
    def authors(self) -> Loader[int, list[AuthorRow]]:
        """The authors of an article."""
        return self._loader(self._labels(authors.of_articles, "article"), [])

    @cached_property
    def topic(self) -> Loader[int, TopicRow | None]:
        """Topics by id."""
        return self._loader(self._labels(topics.by_ids), None)

    @cached_property
    def children(self) -> Loader[int, list[TopicRow]]:
        """The topics right below a topic."""
        return self._loader(self._labels(topics.children), [])

    @cached_property
    def ancestors(self) -> Loader[int, list[TopicRow]]:
        """The topics above a topic, the nearest first."""
        return self._loader(self._labels(topics.ancestors), [])

    @cached_property
    def author(self) -> Loader[int, AuthorRow | None]:
        """Authors by id."""
        return self._loader(self._labels(authors.by_ids), None)

    @cached_property
    def comment(self) -> Loader[int, CommentRow | None]:
        """Comments by id; None for what the viewer may not see."""

        async def read(keys: list[int]) -> dict[int, CommentRow]:
            found = await comments.by_ids(self._db, keys, self._viewer)
            about: Collection[object] = [row.article_id for row in found.values()]
            if len(found) < len(keys):  # nobody knows which articles the others are about
                about = EVERY
            self._notes.read("comments", about)
            self._notes.read("article", about)
            return found

        return self._loader(read, None)

    @cached_property
    def moderated(self) -> Loader[int, ModeratedRow | None]:
        """Comments by id as their moderators see them; None for everybody else."""
        return self._loader(self._seen(comments.moderated_by_ids), None)

    @cached_property
    def revision(self) -> Loader[int, RevisionRow | None]:
        """Revisions by id; None for what the viewer may not see."""
        return self._loader(self._seen(articles.revisions_by_ids), None)

    @cached_property
    def thread_count(self) -> Loader[int, int]:
        """How many threads of comments an article has."""
        return self._loader(self._seen(comments.thread_counts, "comments"), 0)

    @cached_property
    def reply_count(self) -> Loader[int, int]:
        """How many replies stand right below a comment."""
        return self._loader(self._seen(comments.reply_counts), 0)

    @cached_property
    def metadata(self) -> Loader[int, list[tuple[str, str]]]:
        """What the source of an article keeps about it."""
        return self._loader(self._seen(articles.metadata), [])

    @cached_property
    def revision_count(self) -> Loader[int, int]:
        """How many revisions an article has."""
        return self._loader(self._seen(articles.revision_counts), 0)

    def threads(self, cut: Window, *, newest_first: bool) -> Loader[int, Slice[CommentRow]]:
        """A slice of the threads of an article."""

        def read(ids: list[int]) -> Awaitable[dict[int, Slice[CommentRow]]]:
            return comments.threads(self._db, ids, cut, self._viewer, newest_first=newest_first)

        return self._once(("threads", cut, newest_first), self._noted(read, "comments"), EMPTY)

    def replies(self, cut: Window, *, newest_first: bool) -> Loader[int, Slice[CommentRow]]:
        """A slice of the replies right below a comment."""

        def read(ids: list[int]) -> Awaitable[dict[int, Slice[CommentRow]]]:
            return comments.replies(self._db, ids, cut, self._viewer, newest_first=newest_first)

        return self._once(("replies", cut, newest_first), read, EMPTY)

    def revisions(self, cut: Window) -> Loader[int, Slice[RevisionRow]]:
        """A slice of the revisions of an article."""

        def read(ids: list[int]) -> Awaitable[dict[int, Slice[RevisionRow]]]:
            return articles.revisions(self._db, ids, cut, self._viewer)

        return self._once(("revisions", cut), read, EMPTY)

    def related(
        self, cut: Window, kinds: tuple[str, ...], looks: Looks, *, dangling: bool
    ) -> Loader[int, Slice[RelatedRow]]:
        """A slice of the edges that leave an article, with the articles they lead to."""

        async def read(ids: list[int]) -> dict[int, Slice[RelatedRow]]:
            found = await related.from_articles(
                self._db, ids, cut, self._viewer, kinds=kinds, dangling=dangling, looks=looks
            )
            self._note_ends(part.rows for part in found.values())
            return found

        key = ("related", cut, kinds, looks, dangling)
        return self._once(key, self._noted(read, "article"), EMPTY)

    @cached_property
    def anchored(self) -> Loader[tuple[int, int], list[RelatedRow]]:
        """The edges at a paragraph of an article: its id, and the paragraph's position."""

        async def read(places: list[tuple[int, int]]) -> dict[tuple[int, int], list[RelatedRow]]:
            self._notes.read("article", [source for source, _ in places])
            found = await related.at_paragraphs(self._db, places, self._viewer)
            self._note_ends(found.values())
            return found

        return self._loader(read, [])

    def related_by(
        self, cut: Window, kinds: tuple[str, ...], looks: Looks
    ) -> Loader[int, Slice[RelatedRow]]:
        """A slice of the edges that lead to an article, with the articles they leave."""

        async def read(ids: list[int]) -> dict[int, Slice[RelatedRow]]:
            self._note_derived(kinds)
            found = await related.to_articles(
                self._db, ids, cut, self._viewer, kinds=kinds, looks=looks
            )
            self._note_ends(part.rows for part in found.values())
            return found

        return self._once(("related_by", cut, kinds, looks), self._noted(read, "article"), EMPTY)

    def related_count(self, kinds: tuple[str, ...], *, dangling: bool) -> Loader[int, int]:
        """How many edges leave an article."""

        def read(ids: list[int]) -> Awaitable[dict[int, int]]:
            return related.counts_from(self._db, ids, self._viewer, kinds=kinds, dangling=dangling)

        return self._once(("related_count", kinds, dangling), self._noted(read, "article"), 0)

    def related_by_count(self, kinds: tuple[str, ...]) -> Loader[int, int]:
        """How many edges lead to an article."""

        def read(ids: list[int]) -> Awaitable[dict[int, int]]:
            self._note_derived(kinds)
            return related.counts_to(self._db, ids, self._viewer, kinds=kinds)

        return self._once(("related_by_count", kinds), self._noted(read, "article"), 0)

    def articles_of(
        self, label: Label, cut: Window, order: Order
    ) -> Loader[str, Slice[ArticleRow]]:
        """A slice of the articles under a topic's or author's slug."""

        def read(slugs: list[str]) -> Awaitable[dict[str, Slice[ArticleRow]]]:
            return articles.pages(self._db, cut, order, _by_slug(label, slugs), self._viewer)

        return self._once(("articles_of", label, cut, order), read, EMPTY)

    def article_count_of(self, label: Label) -> Loader[str, int]:
        """How many articles stand under a topic's or author's slug."""

        def read(slugs: list[str]) -> Awaitable[dict[str, int]]:
            return articles.counts(self._db, _by_slug(label, slugs), self._viewer)

        return self._once(("article_count_of", label), read, 0)

    def _note_ends(self, found: Iterable[list[RelatedRow]]) -> None:
        """Articles at the other ends of edges have been read, too."""
        ends = [row.article.id for rows in found for row in rows if row.article is not None]
        self._notes.read("article", ends)

    def _seen(
        self, read: Callable[[Reader, list[K], Viewer], Awaitable[Mapping[K, V]]], kind: str = ""
    ) -> Callable[[list[K]], Awaitable[Mapping[K, V]]]:
        """`read` for this viewer; with a `kind`, its keys are noted as such."""

        def asked(keys: list[K]) -> Awaitable[Mapping[K, V]]:
            if kind:
                self._notes.read(kind, keys)
            return read(self._db, keys, self._viewer)

        return asked

    def _labels(
        self, read: Callable[[Reader, list[K]], Awaitable[Mapping[K, V]]], kind: str = ""
    ) -> Callable[[list[K]], Awaitable[Mapping[K, V]]]:
        """`read`, which answers with topics or authors; with a `kind`, its keys are noted too."""

        def asked(keys: list[K]) -> Awaitable[Mapping[K, V]]:
            self._notes.read("labels")
            if kind:
                self._notes.read(kind, keys)
            return read(self._db, keys)

        return asked

    def _noted(
        self, read: Callable[[list[K]], Awaitable[Mapping[K, V]]], kind: str
    ) -> Callable[[list[K]], Awaitable[Mapping[K, V]]]:
        def noted(keys: list[K]) -> Awaitable[Mapping[K, V]]:
            self._notes.read(kind, keys)
            return read(keys)

        return noted

    def _note_derived(self, kinds: tuple[str, ...]) -> None:
        """Edges that the hub draws are announced where they begin; what they lead to needs more."""
        if not kinds or not DRAWN_BY_PEOPLE.issuperset(kinds):
            self._notes.read("similar")

    def _loader(
        self, read: Callable[[list[K]], Awaitable[Mapping[K, V]]], default: V
    ) -> Loader[K, V]:
        return Loader(self.turns, read, default)

    def _once(
        self, key: object, read: Callable[[list[K]], Awaitable[Mapping[K, V]]], default: V
    ) -> Loader[K, V]:
        loader = self._made.get(key)
        if loader is None:
            loader = self._made[key] = self._loader(read, default)
        return loader


def _by_slug(label: Label, slugs: list[str]) -> dict[str, ArticleFilter]:
    if label == "topics":
        return {slug: ArticleFilter(topics=(slug,)) for slug in slugs}
    return {slug: ArticleFilter(authors=(slug,)) for slug in slugs}

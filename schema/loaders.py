"""Loaders of one request: each reads many keys in one statement.

Every requested key is added to the cache tags (`schema.execution.cache_tags`), whether or
not a row exists, since an absent row may be created later.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping
from functools import cached_property
from typing import Literal, TypeVar, assert_never, cast

from hub import snapshots
from hub.db.database import Reader
from hub.db.keyset import Page, PageArgs
from hub.media import rows as media
from hub.media.rows import FileRow
from hub.reads import (
    adjacent,
    articles,
    audit,
    authors,
    comments,
    lifecycle,
    links,
    previews,
    related,
    revisions,
    topics,
)
from hub.reads.articles import ArticleFilter, ArticleRow, BodyRow, Order
from hub.reads.audit import AuditRow
from hub.reads.authors import AuthorRow
from hub.reads.comments import CommentRow, moderation
from hub.reads.comments.moderation import ModeratedRow, ReportCount
from hub.reads.lifecycle import PlannedRow, ReleaseItemRow, ReleaseRow, TrashedRow, WorkingRow
from hub.reads.links import LinkRow, OutsideRow
from hub.reads.per_key import batched
from hub.reads.previews import PreviewRow
from hub.reads.projection import Fields, PartialArticleRow
from hub.reads.related import BodyLink
from hub.reads.revisions import RevisionRow
from hub.reads.topics import TopicPath, TopicRow
from hub.snapshots import Snapshot
from hub.taxonomy.history import Label as PastLabel
from hub.taxonomy.history import StoredLabel, labels_then
from hub.text import markup
from hub.text.markup import Heading
from hub.text.slugs import digest
from schema.budget import CHARACTERS_OF_UNIT
from schema.edge_loaders import EMPTY_PAGE, EdgeLoaders
from schema.execution.cache_tags import ALL_OF_KIND
from schema.execution.dataloader import Loader

K = TypeVar("K")
V = TypeVar("V")
Label = Literal["topics", "authors"]


class Loaders(EdgeLoaders):
    """The loaders of one request; never shared, since rows depend on the viewer.

    A loader without arguments is an attribute. One with arguments is a method, which returns the
    loader for these arguments.
    """

    @cached_property
    def article(self) -> Loader[int, ArticleRow | None]:
        """Articles by id; None for what the viewer may not see."""
        return self._loader(self._for_viewer(articles.by_ids, "article"), None)

    def partial_article(self, fields: Fields) -> Loader[int, PartialArticleRow | None]:
        """Articles by id with only these fields; None for what the viewer may not see."""
        if fields is None:  # all of them; a loader's values are only read, so the cast is safe
            return cast("Loader[int, PartialArticleRow | None]", self.article)

        def read(ids: list[int]) -> Awaitable[dict[int, PartialArticleRow]]:
            return articles.by_ids(self._db, ids, self._viewer, fields)

        return self._loader_for(("article", fields), self._tagged(read, "article"), None)

    @cached_property
    def body(self) -> Loader[int, BodyRow | None]:
        """Bodies by their articles' id; None for what the viewer may not see."""
        return self._loader(self._read_bodies, None)

    async def _read_bodies(self, ids: list[int]) -> dict[int, BodyRow]:
        self._cache_tags.add("article", ids)
        bodies: dict[int, BodyRow] = {}
        for batch in batched(ids):
            rows = await articles.bodies(self._db, batch, self._viewer)
            length = sum(len(row.html) + len(row.text) for row in rows.values())
            self._budget.charge_work(length // CHARACTERS_OF_UNIT)
            bodies |= rows
        return bodies

    @cached_property
    def heading(self) -> Loader[tuple[int, int], Heading | None]:
        """The heading that is, or stands above, a paragraph, by article id and its number."""

        async def read(keys: list[tuple[int, int]]) -> dict[tuple[int, int], Heading]:
            bodies = await self._read_bodies(list(dict.fromkeys(id_ for id_, _ in keys)))
            headings = {id_: markup.headings(row.html) for id_, row in bodies.items()}
            above = {
                (id_, number): [
                    heading for heading in headings.get(id_, []) if heading.position <= number
                ]
                for id_, number in keys
            }
            return {key: passed[-1] for key, passed in above.items() if passed}

        return self._loader(read, None)

    @cached_property
    def body_links(self) -> Loader[int, list[BodyLink]]:
        """The links in the body of an article to those that the viewer may see."""
        return self._loader(self._for_viewer(related.body_links), [])

    @cached_property
    def translations(self) -> Loader[str, list[ArticleRow]]:
        """The articles that share a translation key."""

        async def read(keys: list[str]) -> dict[str, list[ArticleRow]]:
            self._cache_tags.add("translations", [digest(key) for key in keys])
            translations = await articles.translations(self._db, keys, self._viewer)
            self._cache_tags.add(
                "article", [row.id for rows in translations.values() for row in rows]
            )
            return translations

        return self._loader(read, [])

    @cached_property
    def topics(self) -> Loader[int, list[TopicRow]]:
        """The topics of an article."""
        return self._loader(self._for_labels(topics.of_articles, "article"), [])

    @cached_property
    def authors(self) -> Loader[int, list[AuthorRow]]:
        """The authors of an article."""
        return self._loader(self._for_labels(authors.of_articles, "article"), [])

    @cached_property
    def topic(self) -> Loader[int, TopicRow | None]:
        """Topics by id."""
        return self._loader(self._for_viewer(topics.by_ids, "topic", of_labels=True), None)

    @cached_property
    def topic_path(self) -> Loader[str, TopicPath | None]:
        """Places of topics in the tree by slug; None for what the viewer may not see."""
        return self._loader(self._for_viewer(topics.paths, of_labels=True), None)

    @cached_property
    def children(self) -> Loader[int, list[TopicRow]]:
        """The topics right below a topic."""
        return self._loader(self._for_viewer(topics.children, "topic", of_labels=True), [])

    @cached_property
    def ancestors(self) -> Loader[int, list[TopicRow]]:
        """The topics above a topic, the nearest first."""
        return self._loader(self._for_labels(topics.ancestors), [])

    @cached_property
    def author(self) -> Loader[int, AuthorRow | None]:
        """Authors by id."""
        return self._loader(self._for_viewer(authors.by_ids, "author", of_labels=True), None)

    @cached_property
    def comment(self) -> Loader[int, CommentRow | None]:
        """Comments by id; None for what the viewer may not see."""

        async def read(keys: list[int]) -> dict[int, CommentRow]:
            rows = await comments.by_ids(self._db, keys, self._viewer)
            article_ids: Collection[object] = [row.article_id for row in rows.values()]
            if len(rows) < len(keys):  # the articles of the missing comments are unknown
                article_ids = ALL_OF_KIND
            self._cache_tags.add("comments", article_ids)
            self._cache_tags.add("article", article_ids)
            return rows

        return self._loader(read, None)

    @cached_property
    def moderated(self) -> Loader[int, ModeratedRow | None]:
        """Comments by id as their moderators see them; None for everybody else."""
        return self._loader(self._for_viewer(moderation.moderated_by_ids), None)

    @cached_property
    def reports(self) -> Loader[int, list[ReportCount]]:
        """Why readers reported a comment, for its moderators; nothing for everybody else."""
        return self._loader(self._for_viewer(moderation.reports), [])

    @cached_property
    def revision(self) -> Loader[int, RevisionRow | None]:
        """Revisions by id; None for what the viewer may not see."""
        return self._loader(self._for_viewer(revisions.by_ids), None)

    @cached_property
    def snapshot(self) -> Loader[int, Snapshot | None]:
        """What a revision holds, by its id."""

        async def read(ids: list[int]) -> dict[int, Snapshot]:
            rows = await revisions.contents(self._db, ids, snapshots.STORED, self._viewer)
            contents = {id_: snapshots.from_row(row) for id_, row in rows.items()}
            length = sum(len(content.get("body_html", "")) for content in contents.values())
            self._budget.charge_work(length // CHARACTERS_OF_UNIT)
            return contents

        return self._loader(read, None)

    @cached_property
    def past_label(self) -> Loader[StoredLabel, PastLabel | None]:
        """Topics and authors of a version as they were at a later moment; None if deleted."""
        return self._loader(self._for_viewer(labels_then), None)

    @cached_property
    def media_file(self) -> Loader[str, FileRow | None]:
        """What is known of a picture that the hub holds, by the hash in its address."""

        def read(hashes: list[str]) -> Awaitable[dict[str, FileRow]]:
            return media.by_hashes(self._db, hashes)

        return self._loader(read, None)

    @cached_property
    def working_version(self) -> Loader[int, WorkingRow | None]:
        """The working version of an article."""

        def read(ids: list[int]) -> Awaitable[dict[int, WorkingRow]]:
            columns, viewer = snapshots.STORED, self._viewer
            return lifecycle.working_versions(self._db, ids, columns, viewer)

        return self._loader(read, None)

    @cached_property
    def planned_changes(self) -> Loader[int, list[PlannedRow]]:
        """What is planned for an article."""
        return self._loader(self._for_viewer(lifecycle.planned_changes), [])

    @cached_property
    def release(self) -> Loader[int, ReleaseRow | None]:
        """Releases by id."""
        return self._loader(self._for_viewer(lifecycle.releases_by_ids), None)

    @cached_property
    def preview(self) -> Loader[int, PreviewRow | None]:
        """Previews by id; None for what the viewer may not see."""
        return self._loader(self._for_viewer(previews.by_ids), None)

    @cached_property
    def trashed(self) -> Loader[int, TrashedRow | None]:
        """Articles in the trash by id; None for what the viewer may not see."""
        return self._loader(self._for_viewer(lifecycle.trashed_by_ids), None)

    @cached_property
    def audit_entry(self) -> Loader[int, AuditRow | None]:
        """Entries of the audit trail by id; None for what the viewer may not see."""
        return self._loader(self._for_viewer(audit.by_ids), None)

    @cached_property
    def reported_link(self) -> Loader[int, LinkRow | None]:
        """Edges by id as the link report has them; None for who may not read it."""
        return self._loader(self._for_viewer(links.by_ids), None)

    @cached_property
    def outside_link(self) -> Loader[int, OutsideRow | None]:
        """Links to other sites by id; None for who may not read the report."""
        return self._loader(self._for_viewer(links.outside_by_ids), None)

    @cached_property
    def release_items(self) -> Loader[int, list[ReleaseItemRow]]:
        """The articles of a release."""
        return self._loader(self._for_viewer(lifecycle.release_items), [])

    @cached_property
    def thread_count(self) -> Loader[int, int]:
        """The number of comment threads of an article."""
        return self._loader(self._for_viewer(comments.thread_counts, "comments"), 0)

    @cached_property
    def flat_count(self) -> Loader[int, int]:
        """The number of comments of an article, replies included."""
        return self._loader(self._for_viewer(comments.counts, "comments"), 0)

    @cached_property
    def article_of_comment(self) -> Loader[tuple[int, int], ArticleRow | None]:
        """The article of a comment, by the ids of both."""

        async def read(keys: list[tuple[int, int]]) -> dict[tuple[int, int], ArticleRow | None]:
            rows = await self.article.load_many([article_id for article_id, _ in keys])
            return dict(zip(keys, rows, strict=True))

        return self._loader(read, None)

    @cached_property
    def reply_count(self) -> Loader[int, int]:
        """The number of replies right below a comment."""
        return self._loader(self._for_viewer(comments.reply_counts), 0)

    @cached_property
    def metadata(self) -> Loader[int, list[tuple[str, str]]]:
        """The metadata of an article from its source."""
        return self._loader(self._for_viewer(articles.metadata), [])

    @cached_property
    def revision_count(self) -> Loader[int, int]:
        """The number of revisions of an article."""
        return self._loader(self._for_viewer(revisions.counts), 0)

    def threads(self, page_args: PageArgs, *, newest_first: bool) -> Loader[int, Page[CommentRow]]:
        """A page of the threads of an article."""

        def read(ids: list[int]) -> Awaitable[dict[int, Page[CommentRow]]]:
            return comments.threads(
                self._db, ids, page_args, self._viewer, newest_first=newest_first
            )

        return self._loader_for(
            ("threads", page_args, newest_first), self._tagged(read, "comments"), EMPTY_PAGE
        )

    def flat_comments(
        self, page_args: PageArgs, *, newest_first: bool
    ) -> Loader[int, Page[CommentRow]]:
        """A page of the comments of an article, replies included.

        Their parents and counts of replies are loaded with them.
        """

        async def read(ids: list[int]) -> dict[int, Page[CommentRow]]:
            flat = await comments.flat(
                self._db, ids, page_args, self._viewer, newest_first=newest_first
            )
            self.comment.prime(flat.parents)
            self.reply_count.prime(flat.reply_counts)
            return flat.pages

        return self._loader_for(
            ("flat_comments", page_args, newest_first), self._tagged(read, "comments"), EMPTY_PAGE
        )

    def replies(self, page_args: PageArgs, *, newest_first: bool) -> Loader[int, Page[CommentRow]]:
        """A page of the replies right below a comment."""

        def read(ids: list[int]) -> Awaitable[dict[int, Page[CommentRow]]]:
            return comments.replies(
                self._db, ids, page_args, self._viewer, newest_first=newest_first
            )

        return self._loader_for(("replies", page_args, newest_first), read, EMPTY_PAGE)

    def revisions(self, page_args: PageArgs) -> Loader[int, Page[RevisionRow]]:
        """A page of the revisions of an article."""

        def read(ids: list[int]) -> Awaitable[dict[int, Page[RevisionRow]]]:
            return revisions.revisions(self._db, ids, page_args, self._viewer)

        return self._loader_for(("revisions", page_args), read, EMPTY_PAGE)

    def articles_of(
        self, label: Label, page_args: PageArgs, order: Order
    ) -> Loader[str, Page[ArticleRow]]:
        """A page of the articles under a topic's or author's slug."""

        def read(slugs: list[str]) -> Awaitable[dict[str, Page[ArticleRow]]]:
            return articles.pages(self._db, page_args, order, _by_slug(label, slugs), self._viewer)

        return self._loader_for(("articles_of", label, page_args, order), read, EMPTY_PAGE)

    def article_count_of(self, label: Label) -> Loader[str, int]:
        """The number of articles under a topic's or author's slug."""

        def read(slugs: list[str]) -> Awaitable[dict[str, int]]:
            return articles.counts(self._db, _by_slug(label, slugs), self._viewer)

        return self._loader_for(("article_count_of", label), read, 0)

    def adjacent(
        self, topic: str | None, *, backward: bool
    ) -> Loader[tuple[int, str, str], ArticleRow | None]:
        """The article after one in a topic, or before, by an article's `place`.

        Without a `topic`, in its series, or else in its main topic.
        """

        async def read(
            places: list[tuple[int, str, str]],
        ) -> dict[tuple[int, str, str], ArticleRow]:
            self._cache_tags.add("articles")
            self._cache_tags.add("labels")
            rows = await adjacent.adjacent(self._db, places, topic, self._viewer, backward=backward)
            self._cache_tags.add("article", [row.id for row in rows.values()])
            return rows

        return self._loader_for(("adjacent", topic, backward), read, None)

    @cached_property
    def topic_counts(self) -> Loader[int, int]:
        """The number of articles of a topic, or of one below it."""
        return self._loader(self._for_viewer(topics.article_counts, "topic", of_labels=True), 0)

    @cached_property
    def author_counts(self) -> Loader[int, int]:
        """The number of articles of an author."""
        return self._loader(self._for_viewer(authors.article_counts, "author", of_labels=True), 0)

    def _for_labels(
        self, read: Callable[[Reader, list[K]], Awaitable[Mapping[K, V]]], kind: str = ""
    ) -> Callable[[list[K]], Awaitable[Mapping[K, V]]]:
        """Return `read` of topics or authors; with a `kind`, it adds the tags of its keys."""

        def load(keys: list[K]) -> Awaitable[Mapping[K, V]]:
            self._cache_tags.add("labels")
            if kind:
                self._cache_tags.add(kind, keys)
            return read(self._db, keys)

        return load


def _by_slug(label: Label, slugs: list[str]) -> dict[str, ArticleFilter]:
    match label:
        case "topics":
            return {slug: ArticleFilter(topics=(slug,)) for slug in slugs}
        case "authors":
            return {slug: ArticleFilter(authors=(slug,)) for slug in slugs}
        case _:
            assert_never(label)

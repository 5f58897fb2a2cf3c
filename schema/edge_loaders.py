"""Loaders of the edges of the related graph: of one article, or at one of its paragraphs."""

from __future__ import annotations

from collections.abc import Awaitable, Iterable, Sequence
from functools import cached_property
from typing import Any

from hub.auth import Permission
from hub.db.keyset import Page, PageArgs
from hub.reads import query_statistics, related
from hub.reads.articles import ArticleRow
from hub.reads.projection import PartialRelatedRow
from hub.reads.related import EdgeFields, RelatedRow
from hub.related import EDITORIAL
from schema.execution.dataloader import Loader
from schema.loader_base import LoaderBase

SEARCH_DAYS = 30
"""Days of which the searches for the headline of a dangling link are counted."""

EDITORIAL_KINDS = frozenset(kind.value for kind in EDITORIAL)
EMPTY_PAGE: Page[Any] = Page([], has_next=False, has_previous=False)


class EdgeLoaders(LoaderBase):
    """Those of the loaders of one request that read edges."""

    def related(
        self, page_args: PageArgs, kinds: tuple[str, ...], fields: EdgeFields, *, dangling: bool
    ) -> Loader[int, Page[PartialRelatedRow]]:
        """A page of the edges that leave an article, with the articles they lead to."""

        async def read(ids: list[int]) -> dict[int, Page[PartialRelatedRow]]:
            pages = await related.from_articles(
                self._db,
                ids,
                page_args,
                self._viewer,
                kinds=kinds,
                dangling=dangling,
                fields=fields,
            )
            self._tag_ends(page.rows for page in pages.values())
            return pages

        key = ("related", page_args, kinds, fields, dangling)
        return self._loader_for(key, self._tagged(read, "article"), EMPTY_PAGE)

    @cached_property
    def anchored(self) -> Loader[tuple[int, int], list[RelatedRow]]:
        """The edges at a paragraph of an article: its id, and the paragraph's position."""

        async def read(places: list[tuple[int, int]]) -> dict[tuple[int, int], list[RelatedRow]]:
            self._cache_tags.add("article", [source for source, _ in places])
            edges = await related.at_paragraphs(self._db, places, self._viewer)
            self._tag_ends(edges.values())
            return edges

        return self._loader(read, [])

    @cached_property
    def edge_kinds(self) -> Loader[tuple[int, int | None, str], tuple[str, ...]]:
        """The kinds of all edges that join the ends of one: its source, its target and its kind."""

        async def read(
            keys: list[tuple[int, int | None, str]],
        ) -> dict[tuple[int, int | None, str], tuple[str, ...]]:
            pairs = {(source, target) for source, target, _ in keys if target is not None}
            kinds = await related.kinds_of(self._db, pairs) if pairs else {}
            return {key: kinds.get((key[0], key[1] or 0), key[2:]) for key in keys}

        return self._loader(read, ())

    @cached_property
    def hidden_suggestions(self) -> Loader[int, list[ArticleRow] | None]:
        """The articles hidden as suggestions of an article; None for who may not see them."""

        async def read(ids: list[int]) -> dict[int, list[ArticleRow] | None]:
            if not (self._viewer.may(Permission.READ) and self._viewer.may(Permission.WRITE)):
                return {}
            hidden = await related.hidden_suggestions(self._db, ids, self._viewer)
            return {id_: hidden.get(id_, []) for id_ in ids}

        return self._loader(read, None)

    @cached_property
    def searches_like(self) -> Loader[str, int | None]:
        """How often readers searched for a headline lately; None for who may not see that."""

        async def read(headlines: list[str]) -> dict[str, int | None]:
            if not self._viewer.may(Permission.TUNE):
                return {}
            days = query_statistics.last_days(SEARCH_DAYS)
            return {**await query_statistics.searches_like(self._db, days, headlines)}

        return self._loader(read, None)

    def related_by(
        self, page_args: PageArgs, kinds: tuple[str, ...], fields: EdgeFields
    ) -> Loader[int, Page[PartialRelatedRow]]:
        """A page of the edges that lead to an article, with the articles they leave."""

        async def read(ids: list[int]) -> dict[int, Page[PartialRelatedRow]]:
            self._tag_derived(kinds)
            pages = await related.to_articles(
                self._db, ids, page_args, self._viewer, kinds=kinds, fields=fields
            )
            self._tag_ends(page.rows for page in pages.values())
            return pages

        return self._loader_for(
            ("related_by", page_args, kinds, fields), self._tagged(read, "article"), EMPTY_PAGE
        )

    def related_count(self, kinds: tuple[str, ...], *, dangling: bool) -> Loader[int, int]:
        """The number of edges that leave an article."""

        def read(ids: list[int]) -> Awaitable[dict[int, int]]:
            return related.counts_from(self._db, ids, self._viewer, kinds=kinds, dangling=dangling)

        return self._loader_for(
            ("related_count", kinds, dangling), self._tagged(read, "article"), 0
        )

    def related_by_count(self, kinds: tuple[str, ...]) -> Loader[int, int]:
        """The number of edges that lead to an article."""

        def read(ids: list[int]) -> Awaitable[dict[int, int]]:
            self._tag_derived(kinds)
            return related.counts_to(self._db, ids, self._viewer, kinds=kinds)

        return self._loader_for(("related_by_count", kinds), self._tagged(read, "article"), 0)

    def _tag_ends(self, edges: Iterable[Sequence[PartialRelatedRow]]) -> None:
        """Add the tags of the articles at the other ends of edges."""
        ends = [row.article.id for rows in edges for row in rows if row.article is not None]
        self._cache_tags.add("article", ends)

    def _tag_derived(self, kinds: tuple[str, ...]) -> None:
        """Add a tag for derived edges: a change of them has the tag of their source only."""
        if not kinds or not EDITORIAL_KINDS.issuperset(kinds):
            self._cache_tags.add("similar")

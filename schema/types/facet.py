"""Facets of a search: counts of the hits by their values, and the names of these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated

import strawberry

from hub.auth import Viewer
from hub.db.database import Reader
from hub.reads import authors, topics
from hub.reads.authors import AuthorRow
from hub.reads.topics import TopicPath, TopicRow
from schema.context import Info
from schema.execution.field_resolvers import LoaderField
from schema.types.fields import batched, field
from schema.types.lists import choose_name
from search_index import query
from search_index.query import FacetField

FacetFields = Annotated[
    list[FacetField] | None,
    strawberry.argument(
        description="What to count by; all but `MONTH` and `IMAGE` where nothing is named."
    ),
]
FacetSize = Annotated[
    int, strawberry.argument(description="Values of each field, 1 to 100, the most frequent.")
]
FacetLanguage = Annotated[
    str | None,
    strawberry.argument(
        description="A language tag: topics and authors are labelled by their names in it, as "
        "`Topic.name` chooses them."
    ),
]


@dataclass(frozen=True, slots=True)
class FacetBucket(query.Bucket):
    """Source object of `Bucket`; `topic_slug` is that of the topic, None for other values."""

    topic_slug: str | None = None


Translations = Mapping[tuple[FacetField, str], TopicRow | AuthorRow]
"""The topics and authors of facets, by field and slug."""


def facet_buckets(
    facet: query.Facet, size: int, translations: Translations, language: str | None
) -> query.Facet:
    """Return a facet with the first `size` values, and those that are selected.

    Topics and authors have their names in `language`, where `translations` has one.
    """
    is_topic = facet.field is FacetField.TOPIC

    def label(bucket: query.Bucket) -> str:
        row = translations.get((facet.field, bucket.value))
        if row is None or language is None:
            return bucket.label
        return choose_name(row.name, row.translations, language)

    buckets = tuple(
        FacetBucket(
            bucket.value,
            label(bucket),
            bucket.count,
            bucket.selected,
            bucket.value if is_topic else None,
        )
        for place, bucket in enumerate(facet.buckets)
        if place < size or bucket.selected
    )
    return query.Facet(facet.field, buckets)


async def facet_translations(db: Reader, page: query.Page, viewer: Viewer) -> Translations:
    """Return the topics and authors of a page's facets that `viewer` may see.

    One statement for topics and one for authors, only if there are any.
    """
    translations: dict[tuple[FacetField, str], TopicRow | AuthorRow] = {}
    for facet in page.facets:
        slugs = [bucket.value for bucket in facet.buckets]
        rows: Mapping[str, TopicRow | AuthorRow] = {}
        if slugs and facet.field is FacetField.TOPIC:
            rows = await topics.by_slugs(db, slugs, viewer)
        elif slugs and facet.field is FacetField.AUTHOR:
            rows = await authors.by_slugs(db, slugs, viewer)
        translations |= {(facet.field, slug): row for slug, row in rows.items()}
    return translations


def unlabelled(page: query.Page) -> bool:
    """Return whether `label_selected` would read names."""
    return any(_missing(facet) for facet in page.facets)


async def label_selected(db: Reader, page: query.Page, viewer: Viewer) -> query.Page:
    """Return a page whose selected values have the names that `viewer` may see, else their slugs.

    One statement for topics and one for authors, only if a selected one has no hit.
    """
    if not unlabelled(page):
        return page
    facets = [await _label(db, facet, viewer) for facet in page.facets]
    return replace(page, facets=tuple(facets))


async def _label(db: Reader, facet: query.Facet, viewer: Viewer) -> query.Facet:
    slugs = _missing(facet)
    if not slugs:
        return facet
    rows: Mapping[str, TopicPath | AuthorRow] = (
        await topics.paths(db, slugs, viewer)
        if facet.field is FacetField.TOPIC
        else await authors.by_slugs(db, slugs, viewer)
    )
    buckets = [
        replace(bucket, label=rows[bucket.value].name)
        if bucket.value in slugs and bucket.value in rows
        else bucket
        for bucket in facet.buckets
    ]
    return replace(facet, buckets=tuple(buckets))


def _missing(facet: query.Facet) -> frozenset[str]:
    if facet.field not in (FacetField.TOPIC, FacetField.AUTHOR):
        return frozenset()
    return frozenset(bucket.value for bucket in facet.buckets if not bucket.count)


def _parent(info: Info) -> LoaderField:
    return LoaderField(
        info.context.loaders.topic_path, lambda path, _: None if path is None else path.parent
    )


def _level(info: Info) -> LoaderField:
    return LoaderField(
        info.context.loaders.topic_path, lambda path, _: None if path is None else path.level
    )


@strawberry.type(description="How many hits carry a value.")
class Bucket:
    """Resolved from a `FacetBucket`."""

    value: str = field("The value as filters take it.")
    label: str = field("The value as readers see it: a name, or words.")
    count: int = field("How many hits carry it.")
    selected: bool = field("Whether the filter names it.")
    parent: str | None = batched(
        _parent, "Of a topic, the slug of the one right above; null at the top.", "topic_slug"
    )
    level: int | None = batched(
        _level, "Of a topic, how many are above it; null for other values.", "topic_slug"
    )


@strawberry.type(
    description="The counts of one field, counted as if this field's own filter were not set."
)
class Facet:
    """Resolved from a `search_index.query.Facet`."""

    field: FacetField = strawberry.field(description="What is counted by.")
    buckets: list[Bucket] = strawberry.field(
        description="The values, the most frequent first, equal ones by their labels; those that "
        "the filter names are there even if no hit carries them."
    )

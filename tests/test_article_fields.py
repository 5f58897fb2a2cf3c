"""An article's fields are declared once: every place that lists them lists the same."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import fields, replace
from datetime import UTC
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.drafts import (
    ARTICLE_FIELDS,
    ArticleChanges,
    ArticleContent,
    ArticleDraft,
    AuthorDraft,
    NewArticle,
    RelationDraft,
    TopicDraft,
    digest,
)
from hub.models import Article, Kind, RelationKind, Status
from hub.reads.articles import ArticleRow
from hub.reads.export import _ARTICLE
from hub.text.bodies import Body, Markup
from schema.build import schema
from schema.mutations.article_inputs import (
    CreateArticleInput,
    ImportedArticleInput,
    ReviseArticleInput,
)
from scripts.importers.records.models import _TYPES

PLAIN = {field.name for field in ARTICLE_FIELDS}


def _names(dataclass: Any) -> set[str]:
    return {field.name for field in fields(dataclass)}


@pytest.mark.parametrize(
    ("_place", "listed", "others"),
    [
        ("content", _names(ArticleContent), {"body", "slug", "status", "published_at"}),
        ("changes", _names(ArticleChanges), {"body", "slug", "topics", "authors", "seo"}),
        ("createArticle", _names(CreateArticleInput), _names(NewArticle) | {"wait_for_index"}),
        (
            "reviseArticle",
            _names(ReviseArticleInput),
            _names(ArticleChanges) | {"id", "seen_version", "wait_for_index"},
        ),
        (
            "importArticles",
            _names(ImportedArticleInput),
            _names(ArticleDraft) - {"place", "language_is_own"},
        ),
        (
            "records",
            set(_TYPES["article"].model_fields),
            (_names(ArticleDraft) - {"place", "language_is_own", "detected_language"})
            | {"type", "body_format"},
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_inputs_hold_the_declared_fields(
    _place: str, listed: set[str], others: Iterable[str]
) -> None:
    assert listed == PLAIN | set(others)


def test_columns_rows_and_exports_hold_the_declared_fields() -> None:
    assert set(Article._meta.fields_map) >= PLAIN
    assert set(ArticleRow._fields) >= PLAIN
    assert set(_ARTICLE) >= PLAIN


def test_the_article_type_returns_the_declared_fields() -> None:
    returned = {
        field.python_name
        for field in schema().get_type_by_name("Article").fields  # type: ignore[union-attr]  # it is an object type
    }
    elsewhere = {"image_url", "image_alt", "translation_key"}  # fields of `image`; `translations`
    assert returned >= PLAIN - elsewhere


TEXT = st.text(max_size=20)
DRAFTS = st.builds(
    ArticleDraft,
    source=TEXT,
    key=TEXT,
    title=TEXT,
    body=st.builds(Body, TEXT, st.sampled_from(Markup)),
    summary=TEXT,
    kind=st.sampled_from(Kind),
    status=st.sampled_from(Status),
    published_at=st.none() | st.datetimes(timezones=st.just(UTC)),
    comments_open=st.booleans(),
    image_url=st.none() | TEXT,
    aliases=st.lists(TEXT, max_size=2).map(tuple),
    authors=st.lists(st.builds(AuthorDraft, TEXT, st.none() | TEXT), max_size=2).map(tuple),
    topics=st.lists(
        st.builds(TopicDraft, TEXT, above=st.tuples(st.builds(TopicDraft, TEXT))), max_size=2
    ).map(tuple),
    relations=st.lists(
        st.builds(RelationDraft, st.sampled_from(RelationKind), TEXT, st.none() | TEXT), max_size=2
    ).map(tuple),
)


@given(DRAFTS)
def test_a_field_at_its_default_is_no_part_of_a_digest_unless_it_was_always(
    draft: ArticleDraft,
) -> None:
    """The digest is the hash of the representation of a draft as version 0.1 had it."""
    values = {
        name: getattr(draft, name)
        for name in _names(ArticleDraft) - {"place", "comments", "metadata"}
        if name in FIELDS_OF_0_1
    }
    from_repr = repr(sorted(values.items()))
    for later in (
        *(", chosen=False", ", taxonomy=None", ", translations=()"),
        ", image_url=None, image_alt=None, links=()",
    ):
        from_repr = from_repr.replace(later, "")
    assert digest(draft) == _blake2b(from_repr)
    # How a topic is classified, or an author looks, is no change of their articles.
    topics = tuple(replace(topic, taxonomy="tag") for topic in draft.topics)
    authors = tuple(replace(author, image_url="/a.jpg") for author in draft.authors)
    assert digest(replace(draft, topics=topics, authors=authors)) == digest(draft)


FIELDS_OF_0_1 = {
    *("source", "key", "title", "body", "slug", "summary", "language", "kind", "status"),
    *("published_at", "created_at", "updated_at", "comments_open", "image_url", "image_alt"),
    *("canonical_url", "translation_key", "authors", "topics", "relations", "addresses", "aliases"),
}


def _blake2b(text: str) -> str:

    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=32).hexdigest()

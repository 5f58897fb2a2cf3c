"""The mutation that imports articles in bulk, identified by their source and key."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

import strawberry

from hub import imports
from hub.drafts import ArticleDraft, AuthorDraft, CommentDraft, RelationDraft, TopicDraft
from hub.errors import Invalid as InvalidError
from hub.imports import Outcome
from hub.models import CommentKind, CommentStatus
from schema import ids
from schema.context import Info
from schema.mutations.articles import BodyInput
from schema.mutations.inputs import Input, optional
from schema.types.enums import ArticleKind, ArticleStatus, ImportAction, RelatedKind
from schema.types.enums import CommentKind as CommentKindEnum
from schema.types.enums import CommentStatus as CommentStatusEnum
from schema.types.fields import field

MAX_ARTICLES = 100
"""Maximum number of articles of one mutation: as many as one transaction stores."""


def _list_field() -> Any:
    return strawberry.field(default_factory=list, description="In their order.")


@strawberry.input(description="A topic, found by its slug, or else by its name.")
class ImportedTopicInput:
    """See `hub.drafts.TopicDraft`."""

    name: str = field("Its name.")
    slug: str | None = optional("Its slug; made from the name if left out.")
    parent: str | None = optional("The slug of the topic above it.")
    description: str | None = optional("What it is about.")
    above: list[ImportedTopicInput] = strawberry.field(
        default_factory=list,
        description="The topics above it, the topmost first, where they may not be stored yet.",
    )

    def draft(self) -> TopicDraft:
        """Return it as a draft."""
        above = tuple(topic.draft() for topic in self.above)
        return TopicDraft(self.name, self.slug, self.parent, self.description, above)


@strawberry.input(description="An author, found by slug, or else by name.")
class ImportedAuthorInput:
    """See `hub.drafts.AuthorDraft`."""

    name: str = field("The name.")
    slug: str | None = optional("The slug; made from the name if left out.")
    bio: str | None = optional("Who this is.")

    def draft(self) -> AuthorDraft:
        """Return it as a draft."""
        return AuthorDraft(self.name, self.slug, self.bio)


@strawberry.input(description="An edge to an article that may not be there yet.")
class ImportedRelationInput:
    """See `hub.drafts.RelationDraft`."""

    kind: RelatedKind = field("Why the two are related; one of the first four kinds.")
    anchor: str = field("The words of the link: the headline itself, if `byHeadline`.")
    url: str | None = optional("The address of the article that it leads to.")
    slug: str | None = optional("The slug of the article that it leads to.")
    by_headline: bool = optional("Whether `anchor` is the headline of that article.", False)
    position: int | None = optional("The paragraph (from 0) that holds the link.")

    def draft(self) -> RelationDraft:
        """Return it as a draft."""
        return RelationDraft(
            self.kind, self.anchor, self.url, self.slug, self.by_headline, self.position
        )


@strawberry.input(description="A comment, found again by its key within its article.")
class ImportedCommentInput:
    """See `hub.drafts.CommentDraft`."""

    key: str = field("Unique within its article.")
    author_name: str = field("Who wrote it.")
    body: BodyInput = field("What it says.")
    created_at: datetime = field("When it was written.")
    status: CommentStatusEnum = optional("Its moderation.", CommentStatus.PENDING)
    kind: CommentKindEnum = optional("What sort of comment it is.", CommentKind.COMMENT)
    parent_key: str | None = optional("The key of the comment that it answers.")
    author_email: str | None = optional("For moderators alone.")

    def draft(self) -> CommentDraft:
        """Return it as a draft."""
        return CommentDraft(
            key=self.key,
            author_name=self.author_name,
            body=self.body.body(),
            created_at=_utc(self.created_at) or datetime.now(UTC),
            status=self.status,
            kind=self.kind,
            parent_key=self.parent_key,
            author_email=self.author_email,
        )


@strawberry.input(description="A custom field of an article.")
class ImportedFieldInput:
    """An entry of `ArticleDraft.metadata`."""

    name: str = field("Its name.")
    value: str = field("Its value.")


@strawberry.input(description="An article of an import, found again by its source and key.")
class ImportedArticleInput:
    """See `hub.drafts.ArticleDraft`."""

    source: str = field("Where it comes from: a site's address, a folder's name.")
    key: str = field("What it is called there.")
    title: str = field("The headline, as plain text.")
    body: BodyInput = field("The text.")
    slug: str | None = optional("Made from the title if left out.")
    summary: str = optional("What it is about, as plain text.", "")
    language: str = optional("A language tag.", "en")
    kind: ArticleKind = optional("What sort of writing it is.", ArticleKind.ARTICLE)
    status: ArticleStatus = optional("Where it is in its life.", ArticleStatus.DRAFT)
    published_at: datetime | None = optional("When it was published.")
    created_at: datetime | None = optional("When it was written.")
    updated_at: datetime | None = optional("When it was changed last.")
    comments_open: bool = optional("Whether readers may comment on it.", True)
    image_url: str | None = optional("The address of a picture.")
    image_alt: str | None = optional("What the picture shows, in words.")
    canonical_url: str | None = optional("Where it was first published.")
    translation_key: str | None = optional("Articles that share it are each other's translations.")
    authors: list[ImportedAuthorInput] = _list_field()
    topics: list[ImportedTopicInput] = _list_field()
    relations: list[ImportedRelationInput] = _list_field()
    comments: list[ImportedCommentInput] = _list_field()
    addresses: list[str] = strawberry.field(
        default_factory=list, description="Addresses under which other articles may link to it."
    )
    aliases: list[str] = strawberry.field(
        default_factory=list, description="Slugs that it had before."
    )

    metadata: list[ImportedFieldInput] = strawberry.field(
        default_factory=list, description="What its source keeps about it besides, for staff only."
    )

    def draft(self) -> ArticleDraft:
        """Return it as a draft."""
        values = {
            attribute.name: getattr(self, attribute.name)
            for attribute in fields(ArticleDraft)
            if attribute.name not in ("place", "body")
        }
        lists = ("authors", "topics", "relations", "comments")
        values |= {name: tuple(item.draft() for item in values[name]) for name in lists}
        moments = ("published_at", "created_at", "updated_at")
        values |= {name: _utc(values[name]) for name in moments}
        values |= {name: tuple(values[name]) for name in ("addresses", "aliases")}
        values["metadata"] = tuple((entry.name, entry.value) for entry in self.metadata)
        return ArticleDraft(**values, body=self.body.body())


@strawberry.input(description="A batch of an import.")
class ImportArticlesInput:
    """See `hub.imports.import_articles`."""

    articles: list[ImportedArticleInput] = strawberry.field(
        default_factory=list, description=f"The articles, at most {MAX_ARTICLES}."
    )
    topics: list[ImportedTopicInput] = strawberry.field(
        default_factory=list, description="Topics that stand by themselves."
    )
    authors: list[ImportedAuthorInput] = strawberry.field(
        default_factory=list, description="Authors who stand by themselves."
    )
    theirs: bool = optional("Whether the import wins over edits made in the hub.", False)
    dry_run: bool = optional("Whether to tell what would happen, and to write nothing.", False)


@strawberry.type(description="A field as it is, and as an import would have it.")
class ImportDifference:
    """See `hub.imports.Difference`."""

    field: str = strawberry.field(description="The field's name.")
    before: str = strawberry.field(description="As it is; bodies as plain text.")
    after: str = strawberry.field(description="As it would be.")


@strawberry.type(description="What became of one article of an import.")
class ImportOutcome:
    """See `hub.imports.Outcome`."""

    key: str = field("The article's key.")
    title: str = field("Its title.")
    action: ImportAction = field("What became of it.")
    article_id: strawberry.ID | None = field("The article's global id, once it is stored.")
    reason: str | None = field("Why it was refused, or what was altered on the way in.")
    comments_added: int = field("Comments that the hub did not have yet.")
    fields: list[str] = field("What an update changed.")
    differences: list[ImportDifference] = field("What it would change; in a dry run alone.")


@strawberry.type(description="The batch has been looked at; each article has its outcome.")
class ImportArticlesPayload:
    """Payload of `importArticles`."""

    outcomes: list[ImportOutcome] = field("One for each article, in their order.")


async def import_articles(info: Info, input: Input[ImportArticlesInput]) -> ImportArticlesPayload:
    """Call `hub.imports.import_taxonomy`, then `hub.imports.import_articles`."""
    viewer = info.context.viewer
    if len(input.articles) > MAX_ARTICLES:
        raise InvalidError("articles", f"must be at most {MAX_ARTICLES}")
    if (input.topics or input.authors) and not input.dry_run:
        await imports.import_taxonomy(
            [topic.draft() for topic in input.topics],
            [author.draft() for author in input.authors],
            by=viewer,
        )
    drafts = [article.draft() for article in input.articles]
    outcomes = await imports.import_articles(
        drafts, by=viewer, overwrite=input.theirs, dry_run=input.dry_run
    )
    pairs = zip(drafts, outcomes, strict=True)
    return ImportArticlesPayload(
        outcomes=[_to_payload(draft.key, outcome) for draft, outcome in pairs]
    )


def _to_payload(key: str, outcome: Outcome) -> ImportOutcome:
    id_ = outcome.article_id
    return ImportOutcome(
        key=key,
        title=outcome.title,
        action=outcome.action,
        article_id=None if id_ is None else strawberry.ID(ids.global_id(ids.ARTICLE, id_)),
        reason=outcome.reason,
        comments_added=outcome.comments_added,
        fields=list(outcome.fields),
        differences=[
            ImportDifference(field=change.field, before=change.before, after=change.after)
            for change in outcome.differences
        ],
    )


def _utc(moment: datetime | None) -> datetime | None:
    if moment is None:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)

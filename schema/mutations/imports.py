"""The mutation that imports articles in bulk, identified by their source and key."""

from __future__ import annotations

import strawberry

from hub import imports
from hub.errors import Invalid as InvalidError
from hub.import_plan import Outcome
from schema import ids
from schema.context import Info
from schema.mutations.article_inputs import (
    ImportedArticleInput,
    ImportedAuthorInput,
    ImportedTopicInput,
)
from schema.mutations.inputs import Input, optional
from schema.types.enums import ImportAction
from schema.types.fields import field

MAX_ARTICLES = 100
"""Maximum number of articles of one mutation: as many as one transaction stores."""


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
    as_draft: bool = optional(
        "Whether new articles become drafts, and none becomes public; later imports publish none of"
        " them that an editor has not.",
        False,
    )
    dry_run: bool = optional("Whether to tell what would happen, and to write nothing.", False)


@strawberry.type(description="A field as it is, and as an import would have it.")
class ImportDifference:
    """See `hub.import_plan.Difference`."""

    field: str = strawberry.field(description="The field's name.")
    before: str = strawberry.field(description="As it is; bodies as plain text.")
    after: str = strawberry.field(description="As it would be.")


@strawberry.type(description="What became of one article of an import.")
class ImportOutcome:
    """See `hub.import_plan.Outcome`."""

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
        drafts,
        by=viewer,
        overwrite=input.theirs,
        dry_run=input.dry_run,
        as_draft=input.as_draft,
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

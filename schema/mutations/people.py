"""The mutations on what a person left."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import strawberry

from hub import people
from hub.db.keyset import MAX_PAGE
from schema import ids
from schema.context import Info
from schema.loaders import Loaders
from schema.mutations.inputs import Input, optional
from schema.types.enums import CommentKind, CommentStatus
from schema.types.fields import field

EMAIL = "The person's e-mail address; case does not matter."


@strawberry.input(description="A person whose comments are collected.")
class ExportPersonInput:
    """See `hub.people.export`."""

    email: str = field(EMAIL)
    after: strawberry.ID | None = optional("Continue behind the comment with this id.")


@strawberry.input(description="A person whose comments are erased.")
class ErasePersonInput:
    """See `hub.people.erase`."""

    email: str = field(EMAIL)


@strawberry.type(description="A comment of a person, with all that is stored of it.")
class PersonalComment:
    """Built from a `hub.people.PersonalComment`."""

    id: strawberry.ID = field("The comment's global id.")
    article_id: strawberry.ID = field("The global id of the article that it is about.")
    parent_id: strawberry.ID | None = field("The global id of the comment that it replies to.")
    kind: CommentKind = field("A reader's words, or another site's note.")
    status: CommentStatus = field("Where it is in moderation.")
    author_name: str = field("The name that the reader gave.")
    author_email: str = field("The address that the reader gave.")
    body: str = field("What the reader says, as HTML.")
    published_at: datetime = field("When it was written.")
    is_in_trash: bool = field("Whether its article is in the trash.")


@strawberry.type(description="The comments of a person.")
class ExportPersonPayload:
    """Payload of `exportPerson`."""

    comments: list[PersonalComment] = field(
        "Up to 100, in the order of their ids; with the last ones those in the trash, for tokens "
        "with `delete`."
    )
    has_next_page: bool = field("Whether more follow: continue behind `endCursor`.")
    end_cursor: strawberry.ID | None = field("The id of the last of these comments.")


@strawberry.type(description="What a person left is erased.")
class ErasePersonPayload:
    """Payload of `erasePerson`."""

    comments: int = field("How many comments were erased.")
    placeholders: int = field("How many of them stay, empty, since they have replies.")
    is_finished: bool = field(
        "Whether the files of the database hold nothing of them any more. If not, the hub tries "
        "again; its indexes are rebuilt in any case."
    )
    mentioned_in: list[strawberry.ID] = field(
        "Ids of articles whose own text holds the address, at most 100: editors have to change "
        "them."
    )


async def export_person(info: Info, input: Input[ExportPersonInput]) -> ExportPersonPayload:
    """Call `hub.people.export`."""
    context = info.context
    after = ids.local_id(input.after, ids.COMMENT, "after") if input.after is not None else 0
    rows, has_next = await people.export(
        context.db, input.email, by=context.viewer, after=after, limit=MAX_PAGE
    )
    comments = [_to_comment(row) for row in rows]
    last = comments[-1].id if comments and has_next else None
    return ExportPersonPayload(comments=comments, has_next_page=has_next, end_cursor=last)


def _to_comment(row: people.PersonalComment) -> PersonalComment:
    parent: Any = None if row.parent_id is None else ids.global_id(ids.COMMENT, row.parent_id)
    return PersonalComment(
        id=strawberry.ID(ids.global_id(ids.COMMENT, row.id)),
        article_id=strawberry.ID(ids.global_id(ids.ARTICLE, row.article_id)),
        parent_id=parent,
        kind=CommentKind(row.kind),
        status=CommentStatus(row.status),
        author_name=row.author_name,
        author_email=row.author_email,
        body=row.body_html,
        published_at=datetime.fromisoformat(row.created_at),
        is_in_trash=row.is_in_trash,
    )


async def erase_person(info: Info, input: Input[ErasePersonInput]) -> ErasePersonPayload:
    """Call `hub.people.erase`."""
    context = info.context
    erasure = await people.erase(context.db, input.email, by=context.viewer)
    context.loaders = Loaders(context.db, context.viewer, context.budget)
    articles = await context.loaders.article.load_many(list(erasure.mentioned_in))
    return ErasePersonPayload(
        comments=erasure.comments,
        placeholders=erasure.placeholders,
        is_finished=erasure.is_finished,
        mentioned_in=[
            strawberry.ID(ids.global_id(ids.ARTICLE, row.id)) for row in articles if row is not None
        ],
    )

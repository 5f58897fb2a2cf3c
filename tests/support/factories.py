"""Factories of records for tests; every value can be set, and has a default."""

from __future__ import annotations

from itertools import count
from typing import Any

from hub import articles, comments, tokens
from hub.auth import ANONYMOUS, SYSTEM, Viewer, viewer_of
from hub.drafts import ArticleDraft, NewArticle
from hub.models import CommentStatus, Role, Status
from hub.text.bodies import Body, Markup

_numbers = count(1)

READER = ANONYMOUS
WRITER = viewer_of("Wilma", Role.WRITER, "")
EDITOR = viewer_of("Edgar", Role.EDITOR, "")
ADMIN = viewer_of("Ada", Role.ADMIN, "")


def text(words: str) -> Body:
    return Body(words, Markup.TEXT)


async def an_article(
    title: str = "", body: str = "Some words.", by: Viewer = SYSTEM, **values: Any
) -> int:
    """Create an article, published unless `status` is set; return its id."""
    values = {"status": Status.PUBLISHED} | values
    title = title or f"Article {next(_numbers)}"
    return await articles.create(NewArticle(title=title, body=text(body), **values), by=by)


async def a_comment(
    article_id: int,
    body: str = "Well said.",
    *,
    status: CommentStatus = CommentStatus.APPROVED,
    parent_id: int | None = None,
    email: str | None = "reader@example.com",
    name: str = "Rita",
) -> int:
    """Create a comment, approved unless `status` is set; return its id."""
    id_ = await comments.submit(
        article_id,
        author_name=name,
        author_email=email,
        body=body,
        by=SYSTEM,
        parent_id=parent_id,
    )
    await comments.moderate(id_, status, by=SYSTEM)
    return id_


async def a_token(role: Role = Role.EDITOR, name: str = "a token") -> str:
    """Create a token; return its secret."""
    return await tokens.create(name, role, by=SYSTEM)


def a_draft(key: str, **values: Any) -> ArticleDraft:
    """Create a draft of an import from `example.test`, published unless `status` is set."""
    defaults: dict[str, Any] = {
        "source": "example.test",
        "title": f"Title of {key}",
        "body": text(f"Body of {key}."),
        "status": Status.PUBLISHED,
        "place": f"{key}.md",
    }
    return ArticleDraft(key=key, **(defaults | values))

"""`/comment/own`: readers edit and delete their own comment, without a script.

The key that a comment is sent with is in the body of a form alone, never in an address: so it is in
no log, no `Referer` and no history. Nothing here is stored by a cache.
"""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from hub.errors import RateLimited
from hub.settings import Settings
from schema.server.requests import Refused, read_form
from schema.web import html_pages
from schema.web.html_pages import Head
from schema.web.pages.session import PageProblem, Session, read_data
from schema.web.words import Words

MAX_FORM_BYTES = 300_000
"""Bytes of a form: 20,000 characters, percent-encoded."""

_EDIT = """mutation EditOwn($input: EditOwnCommentInput!) {
  editOwnComment(input: $input) { __typename ...Problems ... on EditOwnCommentPayload { status } }
}
fragment Problems on Problem { message ... on Invalid { path } }"""

_DELETE = """mutation DeleteOwn($input: DeleteOwnCommentInput!) {
  deleteOwnComment(input: $input) { __typename ...Problems }
}
fragment Problems on Problem { message ... on Invalid { path } }"""

REFUSED = (
    "This key belongs to no comment, or the time in which it may be edited is over. Deleting it is"
    " possible at any time."
)
A_MINUTE = "You have sent a lot. Please wait a minute, then send it again."
_SAVED = {
    "APPROVED": "Your comment says this now.",
    "PENDING": "Thank you. What it says now appears once it has been looked at.",
}


async def own_comment(request: Request, settings: Settings) -> Response:
    """Serve the form into which the key of a comment is put."""
    return render_own(Session(request, settings))


async def change_own_comment(request: Request, settings: Settings) -> Response:
    """Take the sent form: edit or delete the comment by the API, and tell what came of it."""
    session = Session(request, settings)
    try:
        require_same_origin(request)
        fields = await read_form(request.scope, request.receive, MAX_FORM_BYTES)
        secret, words = fields.get("secret", "").strip(), fields.get("words", "")
        if fields.get("action") == "delete":
            return await _delete(session, secret, words)
        return await _edit(session, secret, words)
    except RateLimited as limited:
        return render_own(session, wait(session.words, limited), 429)
    except Refused as refused:
        return session.problem(PageProblem(refused.status, "This cannot be read", refused.message))
    except PageProblem as problem:
        return session.problem(problem)


def require_same_origin(request: Request) -> None:
    """Raise PageProblem for a form that another site sent."""
    if request.headers.get("sec-fetch-site", "") in ("cross-site", "same-site"):
        raise PageProblem(403, "Not from here", "Comments are sent from the story itself.")


def wait(words: Words, limited: RateLimited) -> str:
    """Return the message of a limit: in other languages than English, the common one."""
    return str(limited) if words.language == "en" else words(A_MINUTE)


def render_own(
    session: Session,
    message: str = "",
    status: int = 200,
    *,
    secret: str = "",
    words: str = "",
    story: str = "",
    is_deleted: bool = False,
) -> Response:
    """Render the form for a key, with a message, and a link to the story if there is one."""
    content = session.render(
        "own_comment.html",
        Head(session.words("Your comment"), robots="noindex", scripts=()),
        message=message,
        is_problem=status != 200,
        secret=secret,
        words=words,
        story=story,
        is_deleted=is_deleted,
        minutes=session.settings.comment_edit_minutes,
    )
    policy = {"content-security-policy": html_pages.SCRIPTLESS_POLICY}
    headers = {**html_pages.HEADERS, **policy, "cache-control": "no-store"}
    return Response(content, status, headers, html_pages.HTML)


async def _edit(session: Session, secret: str, words: str) -> Response:
    variables = {"input": {"secret": secret, "body": words}}
    result = read_data(await session.execute((_EDIT, variables)))["editOwnComment"]
    if result["__typename"] == "EditOwnCommentPayload":
        return render_own(
            session, session.words(_SAVED[result["status"]]), secret=secret, words=words
        )
    return _refuse(session, result, secret, words)


async def _delete(session: Session, secret: str, words: str) -> Response:
    variables = {"input": {"secret": secret}}
    result = read_data(await session.execute((_DELETE, variables)))["deleteOwnComment"]
    if result["__typename"] == "DeleteOwnCommentPayload":
        return render_own(session, session.words("Your comment is deleted."), is_deleted=True)
    return _refuse(session, result, secret, words)


def _refuse(session: Session, result: dict[str, Any], secret: str, words: str) -> Response:
    """Return the form with what was sent, and the problem of the API in words."""
    status, message = 422, session.words(REFUSED)
    match result["__typename"], (result.get("path") or [""])[-1]:
        case "Invalid", "body":
            reason = result["message"].partition(": ")[2] or result["message"]
            message = f"{session.words('Your comment')}: {reason}."
        case "RateLimited", _:
            status, message = 429, session.words(A_MINUTE)
        case "Invalid", _:
            pass
        case _:
            status, message = 403, str(result["message"])
    return render_own(session, message, status, secret=secret, words=words)

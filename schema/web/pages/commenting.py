"""`/comment`: the form for a comment or reply, which works without a script.

A form token has to be in the form that is sent, and stories are cached without one. So what is sent
without a token is shown once more with one, to be read again and sent. Nobody is logged in and no
cookie is set: a form of another site could send nothing that its author could not send himself.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from hub.errors import RateLimited
from hub.settings import Settings
from schema import ids
from schema.server.requests import Refused, read_form
from schema.web import html_pages
from schema.web.html_pages import Head
from schema.web.pages.articles import story_path
from schema.web.pages.discussion import OUTCOMES
from schema.web.pages.own_comment import MAX_FORM_BYTES, render_own, require_same_origin, wait
from schema.web.pages.session import PageProblem, Session, not_found, read_data
from schema.web.words import Words

_ARTICLE = """query Commented($slug: String!, $language: String) {
  article(slug: $slug, language: $language) { id slug language title commentsOpen }
}"""

_PARENT = """query Parent($id: ID!) {
  node(id: $id) { ... on Comment { id anchor authorName body publishedAt article { id } } }
}"""

_TOKEN = "query FormToken($id: ID!) { commentFormToken(articleId: $id) }"

_SUBMIT = """mutation Submit($input: SubmitCommentInput!) {
  submitComment(input: $input) {
    __typename
    ... on SubmitCommentPayload { status secret comment { anchor } }
    ... on Problem { message }
    ... on Invalid { path }
    ... on RateLimited { retryAfterSeconds }
  }
}"""

_FIELDS = {
    "authorName": "Your name",
    "authorEmail": "Your e-mail address",
    "body": "Your comment",
    "articleId": "This story",
}


@dataclass(slots=True)
class Form:
    """The fields of the form as they were sent; `to` is the number of the comment replied to."""

    name: str = ""
    email: str = ""
    words: str = ""
    website: str = ""
    token: str = ""
    to: str = ""


async def comment_form(request: Request, settings: Settings) -> Response:
    """Serve the form for a comment on `article`, or for a reply to the comment `to`."""
    session = Session(request, settings)
    try:
        article = await _article(session)
        form = Form(to=request.query_params.get("to", ""))
        return await _render(session, article, form, "", 200)
    except PageProblem as problem:
        return session.problem(problem)


async def send_comment(request: Request, settings: Settings) -> Response:
    """Take a sent form: submit its comment by the API, and redirect to the story."""
    session = Session(request, settings)
    try:
        require_same_origin(request)
        fields = await read_form(request.scope, request.receive, MAX_FORM_BYTES)
        form = Form(**{name: fields.get(name, "") for name in Form.__dataclass_fields__})
        article = await _article(session)
        if not form.token:
            message = session.words("Please read it once more, then send it.")
            return await _render(session, article, form, message, 200, is_preview=True)
        return await _submit(session, article, form)
    except Refused as refused:
        return session.problem(PageProblem(refused.status, "This cannot be read", refused.message))
    except PageProblem as problem:
        return session.problem(problem)


async def _article(session: Session) -> dict[str, Any]:
    """Return the article that the parameters name. Raises PageProblem."""
    parameters = session.request.query_params
    name = {"slug": parameters.get("article", ""), "language": parameters.get("language") or None}
    article: dict[str, Any] | None = (await session.ask(_ARTICLE, **name))["article"]
    if article is None:
        raise not_found("There is no such story to comment on.")
    session.language = article["language"]
    return article


async def _submit(session: Session, article: dict[str, Any], form: Form) -> Response:
    parent = _parent_id(form.to)
    submission = {
        "articleId": article["id"],
        "authorName": form.name,
        "authorEmail": form.email.strip() or None,
        "body": form.words,
        "parentId": parent,
        "formToken": form.token,
        "honeypot": form.website,
    }
    try:
        response = await session.execute((_SUBMIT, {"input": submission}))
        result = read_data(response)["submitComment"]
    except RateLimited as limited:
        return await _render(session, article, form, wait(session.words, limited), 429)
    if result["__typename"] == "SubmitCommentPayload":
        return _respond(session, article, result, form.words)
    status, message = _explain(result, session.words)
    if "formToken" in (result.get("path") or ()):
        form.token = ""
    return await _render(session, article, form, message, status)


def _respond(
    session: Session, article: dict[str, Any], result: dict[str, Any], words: str
) -> Response:
    """Redirect to the comment, or to the message that it waits for a moderator.

    If its writer may edit it, its key is shown instead, which may stand in no address.
    """
    outcome, anchor = {"said": "pending"}, "comments"
    if comment := result["comment"]:
        anchor = comment["anchor"]
        outcome = {"said": "approved", "comment": anchor.rpartition("-")[2]}
    path = f"{session.root}{story_path(article, session.settings)}"
    if key := result["secret"]:
        story = path + (f"?comment={outcome['comment']}" if comment else "") + f"#{anchor}"
        message = session.words(OUTCOMES[outcome["said"]])
        return render_own(session, message, secret=key, words=words, story=story)
    headers = {**html_pages.HEADERS, "cache-control": "no-store"}
    headers["location"] = f"{path}?{urlencode(outcome)}#{anchor}"
    return Response("", 303, headers, html_pages.HTML)


def _explain(result: dict[str, Any], words: Words) -> tuple[int, str]:
    """Return the status and the words for a problem of the API."""
    message = str(result["message"])
    match result["__typename"]:
        case "RateLimited":
            seconds = result["retryAfterSeconds"]
            return 429, words(
                "You have sent a lot. Please wait {n} seconds, then send it again.", n=seconds
            )
        case "NotFound":
            return 404, words("The comment that you reply to is not there any more.")
        case "Invalid":
            name = (result["path"] or [""])[-1]
            if name == "formToken":
                return 422, words("That was very quick, or very long ago. Please send it again.")
            reason = message.partition(": ")[2] or message
            return 422, f"{words(_FIELDS.get(name, 'This'))}: {reason}."
        case _:
            return 403, message


def _parent_id(number: str) -> str | None:
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        return None
    return ids.global_id(ids.COMMENT, int(number))


async def _render(
    session: Session,
    article: dict[str, Any],
    form: Form,
    message: str,
    status: int,
    *,
    is_preview: bool = False,
) -> Response:
    """Render the form with what was sent, a token, and a message about it."""
    parent = None
    if id_ := _parent_id(form.to):
        parent = (await session.ask(_PARENT, id=id_))["node"]
        if not parent or parent["article"]["id"] != article["id"]:
            raise not_found("The comment that you reply to is not there any more.")
    if article["commentsOpen"] and not form.token:
        form.token = (await session.ask(_TOKEN, id=article["id"]))["commentFormToken"]
    heading = session.words("Say something")
    if parent:
        to = session.words("to {author}", author=parent["authorName"])
        heading = f"{session.words('Reply')} {to}"
    about = {"article": article["slug"], "language": article["language"]}
    content = session.render(
        "comment.html",
        Head(f"{heading}: {article['title']}", robots="noindex", scripts=()),
        article=article,
        story=session.root + story_path(article, session.settings),
        parent=parent,
        form=asdict(form),
        heading=heading,
        about=urlencode(about),
        message=message,
        is_problem=status != 200,
        is_preview=is_preview,
    )
    policy = {"content-security-policy": html_pages.SCRIPTLESS_POLICY}
    headers = {**html_pages.HEADERS, **policy, "cache-control": "no-store"}
    return Response(content, status, headers, html_pages.HTML)

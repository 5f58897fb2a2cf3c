"""The form of comments without a script: the API's rules, in words for readers."""

from __future__ import annotations

from time import time
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from lxml import html as markup

from hub.comments import form_tokens
from hub.models import Comment, CommentStatus, CommentVerdict
from hub.settings import Settings
from tests.support.factories import a_comment, an_article
from tests.support.hub import Client, a_hub

pytestmark = [pytest.mark.anyio, pytest.mark.databases]
ABOUT = "/comment?article=bread&language=en"
WORDS = {"name": "Rita", "words": "Well baked, I think."}


async def send(client: Client, values: dict[str, str], **headers: str) -> httpx.Response:
    return await client.http.post(ABOUT, data=values, headers=headers)


def fields(answer: httpx.Response) -> dict[str, str]:
    """Return the values of the form in a page, as a browser would send them."""
    tree: Any = markup.document_fromstring(answer.text)
    [form] = tree.cssselect("form.comment")
    return {name: value or "" for name, value in form.fields.items()}


def message(answer: httpx.Response) -> str:
    tree: Any = markup.document_fromstring(answer.text)
    [element] = tree.cssselect(".outcome")
    return str(element.text_content())


def age_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a minute pass for form tokens."""
    moment = time() + 60
    monkeypatch.setattr(form_tokens, "time", lambda: moment)


async def test_a_comment_is_read_once_more_and_sent(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    id_ = await an_article("Bread", slug="bread")
    preview = await send(client, WORDS)
    assert preview.status_code == 200
    assert "cookie" not in str(preview.headers)
    assert await Comment.all().count() == 0
    assert "once more" in message(preview)
    values = fields(preview)
    assert {name: values[name] for name in WORDS} == WORDS
    age_tokens(monkeypatch)
    sent = await send(client, values)
    assert sent.status_code == 303
    assert str(sent.url.join(sent.headers["location"])) == (
        "http://hub.test/stories/bread?said=pending#comments"
    )
    comment = await Comment.get()
    assert (comment.article_id, comment.status) == (id_, CommentStatus.PENDING)  # type: ignore[attr-defined]
    assert comment.verdict is CommentVerdict.CLEAN  # its token held
    assert "Thank you." in message(await client.http.get("/stories/bread?said=pending"))


async def test_a_reply_stands_below_its_comment_at_its_anchor(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    update = {"comment_moderation": "suspicious", "comment_form_token": "required"}
    async with a_hub(settings.model_copy(update=update)) as hub:
        id_ = await an_article("Bread", slug="bread")
        parent = await a_comment(id_, "Is it rye?")
        form = await hub.http.get(f"{ABOUT}&to={parent}")
        assert "Is it rye?" in form.text
        values = fields(form) | WORDS
        early = await send(hub, values)
        assert early.status_code == 422
        assert "quick" in message(early)
        age_tokens(monkeypatch)
        sent = await send(hub, fields(early))
        assert sent.status_code == 303, sent.text
        reply = await Comment.get(parent_id=parent)
        page = await hub.http.get(str(sent.url.join(sent.headers["location"])))
        tree = markup.document_fromstring(page.text)
        assert sent.headers["location"].endswith(f"#comment-{reply.id}")
        assert tree.cssselect(f"#comment-{parent} #comment-{reply.id}")


@pytest.mark.parametrize(
    ("values", "status", "words"),
    [
        ({"name": " "}, 422, "Your name: "),
        ({"name": "x" * 300}, 422, "Your name: "),
        ({"words": ""}, 422, "Your comment: "),
        ({"email": "nonsense"}, 422, "Your e-mail address: "),
        ({"to": "999"}, 404, ""),
        ({"to": "x"}, 303, ""),
        ({"website": "https://spam.test"}, 303, ""),
    ],
)
async def test_a_problem_is_told_in_words_and_nothing_is_lost(
    values: dict[str, str], status: int, words: str, client: Client
) -> None:
    id_ = await an_article("Bread", slug="bread")
    token = await form_tokens.issue(client.db, id_)
    answer = await send(client, WORDS | {"token": token} | values)
    assert answer.status_code == status
    if status == 422:
        assert message(answer).startswith(words)
        kept = fields(answer)
        assert all(kept[name] == value for name, value in (WORDS | values).items())
    assert (await Comment.all().count() == 1) == (status == 303)
    if "website" in values:
        assert (await Comment.get()).verdict is not CommentVerdict.CLEAN


async def test_what_is_no_form_of_the_story_is_refused(settings: Settings) -> None:
    async with a_hub(settings.model_copy(update={"comments_per_minute": 1})) as hub:
        id_ = await an_article("Bread", slug="bread")
        await an_article("Shut", slug="shut", comments_open=False)
        token = await form_tokens.issue(hub.db, id_)
        whole = WORDS | {"token": token}
        assert (await send(hub, whole, **{"sec-fetch-site": "cross-site"})).status_code == 403
        assert (await hub.http.post(ABOUT, json=whole)).status_code == 415
        long = whole | {"words": "x" * 400_000}
        assert (await send(hub, long)).status_code == 413
        many = urlencode([("a", "b")] * 30)
        form = {"content-type": "application/x-www-form-urlencoded"}
        assert (await hub.http.post(ABOUT, content=many, headers=form)).status_code == 400
        assert (await hub.http.post("/comment?article=x", data=whole)).status_code == 404
        assert "Comments are closed." in (await hub.http.get("/comment?article=shut")).text
        assert (await hub.http.post("/comment?article=shut", data=whole)).status_code == 422
        assert await Comment.all().count() == 0
        answers = [(await send(hub, whole)).status_code for _ in range(3)]
        assert 429 in answers

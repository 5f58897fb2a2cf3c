"""Embeds of an article as data, in the statement that reads its body."""

from __future__ import annotations

import pytest

from hub import articles
from hub.auth import SYSTEM
from hub.drafts import NewArticle
from hub.models import Status
from hub.text.bodies import Body
from tests.support.hub import Client
from tests.support.statements import counted

pytestmark = [pytest.mark.anyio, pytest.mark.databases]

QUERY = '{ article(slug: "launch") { %s } }'
FIELDS = "embeds { url provider kind title thumbnail }"
FILM = '<iframe src="https://player.vimeo.com/video/1" title="The launch"></iframe>'


async def test_embeds_are_told_as_data_without_a_further_statement(client: Client) -> None:
    body = Body(f"<p>At sea.</p>{FILM}<script>alert(1)</script>")
    await articles.create(NewArticle(title="Launch", body=body, status=Status.PUBLISHED), by=SYSTEM)
    answer = (await client.ask(QUERY % f"body {FIELDS}"))["article"]
    assert answer["embeds"] == [
        {
            "url": "https://player.vimeo.com/video/1",
            "provider": "vimeo",
            "kind": "VIDEO",
            "title": "The launch",
            "thumbnail": None,
        }
    ]
    assert answer["body"] == (
        '<p>At sea.</p><figure data-embed="vimeo">'
        '<a href="https://player.vimeo.com/video/1">The launch</a></figure>'
    )
    counts = []
    for fields in ("body", f"body {FIELDS}"):
        await client.ask(QUERY % fields)
        with counted(client.db) as statements:
            await client.ask(QUERY % fields, editor=True)
        counts.append(len(statements))
    assert counts[0] == counts[1]

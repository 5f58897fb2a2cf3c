"""The setting that binds writers to their own drafts, through the API."""

from __future__ import annotations

import pytest

from hub.models import Role, Status
from hub.settings import Settings
from schema import ids
from tests.support.factories import EDITOR, a_token, an_article
from tests.support.hub import a_hub

pytestmark = [pytest.mark.anyio, pytest.mark.databases]
REVISE = """mutation ($i: ReviseArticleInput!) {
  reviseArticle(input: $i) { __typename ... on Problem { message } }
}"""


@pytest.mark.parametrize(
    ("shared", "role", "expected"),
    [
        (True, Role.WRITER, "ReviseArticlePayload"),
        (False, Role.WRITER, "NotAllowed"),
        (False, Role.EDITOR, "ReviseArticlePayload"),
    ],
)
async def test_a_setting_says_whether_writers_share_drafts(
    shared: bool, role: Role, expected: str, settings: Settings
) -> None:
    async with a_hub(settings.model_copy(update={"shared_drafts": shared})) as client:
        id_ = await an_article("Theirs", status=Status.DRAFT, by=EDITOR)
        headers = {"authorization": f"Bearer {await a_token(role, 'Wilma')}"}
        change = {"id": ids.global_id(ids.ARTICLE, id_), "seenVersion": 1, "title": "Mine"}
        response = await client.http.post(
            "/graphql", json={"query": REVISE, "variables": {"i": change}}, headers=headers
        )
        assert response.json()["data"]["reviseArticle"]["__typename"] == expected

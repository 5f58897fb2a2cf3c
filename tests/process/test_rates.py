"""Limits that two server processes share."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.support.server_process import Server

SUBMIT = """mutation($id: ID!) { submitComment(input: {
  articleId: $id, authorName: "Rita", body: "Well." }) { __typename } }"""


@pytest.mark.parametrize(("shared", "expected"), [("database", 6), ("process", 12)])
def test_two_processes_share_what_somebody_may_do(
    tmp_path: Path, shared: str, expected: int
) -> None:
    env = {"HUB_COMMENTS_PER_MINUTE": "6", "HUB_RATES": shared}
    with (
        Server(tmp_path / "data", "--demo", **env) as first,
        Server(tmp_path / "data", **env) as second,
    ):
        nodes = first.ask("{ articles(first: 50) { nodes { id commentsOpen } } }")["articles"]
        article = next(node["id"] for node in nodes["nodes"] if node["commentsOpen"])
        types = Counter(
            server.ask(SUBMIT, id=article)["submitComment"]["__typename"]
            for _ in range(10)
            for server in (first, second)
        )
        # A bucket of six gets one more each ten seconds, should this take so long.
        assert expected <= types["SubmitCommentPayload"] <= expected + 2, types
        assert types["RateLimited"] == 20 - types["SubmitCommentPayload"]
        assert "127.0.0.1" not in str((tmp_path / "data" / "hub.sqlite3").read_bytes())

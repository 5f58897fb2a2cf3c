"""The demo content: as large and as varied as the README promises, and fit for all eyes."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest

from hub.db.database import Reader
from hub.settings import Settings
from scripts.commands.import_ import import_paths
from scripts.commands.serve import DEMO

pytestmark = pytest.mark.anyio


async def test_the_demo_is_a_whole_site(db: Reader, settings: Settings) -> None:
    report = await import_paths([DEMO], settings)
    assert report.exit_status == 0
    assert not report.as_dict()["refused"]

    async def counted(sql: str) -> dict[Any, int]:
        return Counter(value for (value,) in await db.rows(sql))

    statuses = await counted("SELECT status FROM article")
    assert statuses["PUBLISHED"] >= 40
    assert {"DRAFT", "SCHEDULED", "ARCHIVED"} < set(statuses)
    topics = await counted("SELECT t.slug FROM article_topic x JOIN topic t ON t.id = x.topic_id")
    authors = await counted("SELECT w.slug FROM article_author x JOIN author w ON w.id=x.author_id")
    assert (len(topics), len(authors)) == (12, 6)
    assert {"en", "de", "fr"} == set(await counted("SELECT language FROM article"))
    comments = await counted("SELECT status FROM comment")
    assert sum(comments.values()) >= 120
    assert set(comments) == {"APPROVED", "PENDING", "SPAM", "TRASH"}
    assert len(await db.rows("SELECT 1 FROM comment WHERE parent_id IS NOT NULL")) >= 30
    kinds = await counted("SELECT kind FROM relation WHERE target_id IS NOT NULL")
    dangling = await counted("SELECT kind FROM relation WHERE target_id IS NULL")
    assert set(kinds) == {"INLINE", "MORE_TOPICS", "MORE_TO_READ"}
    assert sum(dangling.values()) >= 3


async def test_addresses_of_the_demo_belong_to_nobody() -> None:
    for path in DEMO.rglob("*.md"):
        for host in re.findall(r"@([\w.-]+)", path.read_text(encoding="utf-8")):
            assert re.fullmatch(r"example\.(com|org|net)", host), f"{path}: {host}"

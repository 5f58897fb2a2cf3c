"""hub.comments.moderation: all comments that match, in batches, also after a kill."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from hub import comments
from hub.auth import SYSTEM
from hub.db.database import Reader, open_database
from hub.db.keyset import PageArgs
from hub.errors import NotAllowed
from hub.models import Article, AuditEntry, Comment, CommentStatus, Status
from hub.reads.comments import moderation as reads
from hub.reads.comments.moderation import CommentFilter
from hub.settings import Settings
from tests.support.factories import EDITOR, READER, WRITER, an_article
from tests.support.paths import ROOT

pytestmark = [pytest.mark.anyio, pytest.mark.databases]


async def submit(article_id: int, body: str, name: str = "Rita", email: str | None = None) -> int:
    return await comments.submit(
        article_id, author_name=name, author_email=email, body=body, by=READER
    )


async def test_the_queue_is_filtered_and_moderated_by_the_same_conditions(db: Reader) -> None:
    article, other = await an_article(), await an_article()
    links = await submit(article, "Look: http://a.test/ http://b.test/ http://c.test/")
    named = await submit(article, "Fine words & more_of them.", "Olga 100%", "olga@example.com")
    elsewhere = await submit(other, "Fine words, too.")
    expected = {
        CommentFilter(): [links, named, elsewhere],
        CommentFilter(article_id=other): [elsewhere],
        CommentFilter(author="OLGA"): [named],
        CommentFilter(author="@example"): [named],
        CommentFilter(author="0%"): [named],
        CommentFilter(author="%"): [named],
        CommentFilter(text="words & more_"): [named],
        CommentFilter(text="words_"): [],
        CommentFilter(verdicts=("SPAM",)): [links],
        CommentFilter(verdicts=("SUSPICIOUS",), text="fine"): [named, elsewhere],
        CommentFilter(statuses=("SPAM",)): [],
    }
    for conditions, ids in expected.items():
        page = await reads.queue(db, PageArgs(9), conditions, EDITOR)
        assert [row.comment.id for row in reversed(page.rows)] == ids, conditions
        assert await reads.queue_count(db, conditions, EDITOR) == len(ids)
    for viewer in (READER, WRITER):
        with pytest.raises(NotAllowed):
            await comments.moderate_matching(CommentFilter(), CommentStatus.SPAM, by=viewer)
    conditions = CommentFilter(text="fine words")
    result = await comments.moderate_matching(conditions, CommentStatus.APPROVED, by=EDITOR)
    assert result == (2, False)
    assert (await Comment.get(id=links)).status is CommentStatus.PENDING
    assert (await Article.get(id=other)).comment_count == 1
    again = await comments.moderate_matching(conditions, CommentStatus.APPROVED, by=EDITOR)
    assert again == (0, False)
    entries = await AuditEntry.filter(action="comment.moderate").order_by("id")
    assert [entry.subject_id for entry in entries] == [named, elsewhere]


SCRIPT = """
import os, signal
import anyio
from hub import audit, comments
from hub.auth import SYSTEM
from hub.comments import moderation
from hub.db.database import open_database
from hub.models import CommentStatus
from hub.reads.comments.moderation import CommentFilter
from hub.settings import Settings

moderation.BATCH, learn, steps = 2, moderation.learn, 3

async def learn_or_die(*args):
    global steps
    steps -= 1
    if steps < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    await learn(*args)

moderation.learn = learn_or_die

async def work():
    async with open_database(Settings()):
        await comments.moderate_matching(CommentFilter(), CommentStatus.APPROVED, by=SYSTEM)

anyio.run(work)
"""


def run_killed(settings: Settings) -> None:
    """Approve all in batches of two, in a process that is killed within the second batch."""
    env = os.environ | {
        "HUB_DATA_DIR": str(settings.data_dir),
        "HUB_DATABASE_URL": settings.database,
    }
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=ROOT, env=env, check=False, capture_output=True
    )
    assert done.returncode == -signal.SIGKILL, done.stderr


TWICE = (
    SCRIPT.partition("moderation.BATCH")[0]
    + """
moderation.BATCH = 2

async def work():
    async with open_database(Settings()):
        for _ in range(3):
            await comments.moderate_matching(CommentFilter(), CommentStatus.APPROVED, by=SYSTEM)

anyio.run(work)
"""
)


def run_twice(settings: Settings) -> list[int]:
    """Approve all in batches of two, in two processes at once; return their exit statuses."""
    env = os.environ | {
        "HUB_DATA_DIR": str(settings.data_dir),
        "HUB_DATABASE_URL": settings.database,
    }
    pair = [subprocess.Popen([sys.executable, "-c", TWICE], cwd=ROOT, env=env) for _ in range(2)]
    return [process.wait() for process in pair]


async def test_two_processes_decide_each_comment_once(settings: Settings) -> None:
    async with open_database(settings):
        article = await an_article()
        for number in range(40):
            await submit(article, f"Words of number {number}.")
    assert run_twice(settings) == [0, 0]
    async with open_database(settings):
        assert await Comment.filter(status="APPROVED").count() == 40
        assert (await Article.get(id=article)).comment_count == 40
        assert await AuditEntry.filter(action="comment.moderate").count() == 40


async def test_a_bulk_that_was_killed_is_continued_by_the_same_call(settings: Settings) -> None:
    async with open_database(settings):
        article = await an_article(status=Status.PUBLISHED)
        for number in range(5):
            await submit(article, f"Words of number {number}.")
    run_killed(settings)
    async with open_database(settings):
        assert await Comment.filter(status="APPROVED").count() == 2
        assert (await Article.get(id=article)).comment_count == 2
        approved = CommentStatus.APPROVED
        assert await comments.moderate_matching(CommentFilter(), approved, by=SYSTEM) == (3, False)
        assert (await Article.get(id=article)).comment_count == 5
        assert await AuditEntry.filter(action="comment.moderate").count() == 5

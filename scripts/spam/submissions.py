"""`hub bench comments`: the processor time of a comment that is submitted with all checks.

Form token, duplicates among the last comments, rate, trust and what the filter has learned are
looked up in a database with comments that moderators have judged, and the comment is committed.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from hub import articles, comments
from hub.auth import ANONYMOUS, SYSTEM
from hub.comments import Form, form_tokens, secrets
from hub.db.database import open_database
from hub.drafts import NewArticle
from hub.models import CommentStatus, Status
from hub.settings import Settings
from hub.text.bodies import Body, Markup

GOAL_MS = 5.0
"""The most processor time of a comment, in milliseconds."""

_WORDS = (
    *(
        "ferry",
        "harbour",
        "late",
        "boat",
        "quay",
        "morning",
        "bread",
        "reader",
        "street",
        "council",
    ),
    *("water", "bridge", "market", "summer", "winter", "because", "nobody", "always", "thought"),
    *("again", "better", "price", "evening", "window", "school", "garden", "island"),
)


@dataclass(frozen=True, slots=True)
class CommentsBenchOptions:
    """Options of the benchmark: comments that are judged already, submissions, words of each."""

    stored: int = 500
    submissions: int = 200
    words: int = 60


@dataclass(frozen=True, slots=True)
class CommentsBenchReport:
    """Milliseconds of processor time and of elapsed time of a submission, means of all."""

    submissions: int
    cpu_ms: float
    elapsed_ms: float


async def run(
    options: CommentsBenchOptions, folder: Path, print_step: Callable[[str], None]
) -> CommentsBenchReport:
    """Fill a database in `folder`, and measure submissions."""
    print_step(f"storing and judging {options.stored} comments")
    source = random.Random(1)
    async with open_database(Settings(data_dir=folder)) as db:
        article = await articles.create(
            NewArticle(title="Ferry", body=Body("Late.", Markup.TEXT), status=Status.PUBLISHED),
            by=SYSTEM,
        )
        for number in range(options.stored):
            id_ = await _submit(article, source, options.words, None)
            status = CommentStatus.SPAM if number % 4 == 0 else CommentStatus.APPROVED
            await comments.moderate(id_, status, by=SYSTEM)
        token = await form_tokens.issue(db, article)
        cpu, start = time.process_time(), time.perf_counter()
        for _ in range(options.submissions):
            await _submit(article, source, options.words, token)
        cpu, elapsed = time.process_time() - cpu, time.perf_counter() - start
    milliseconds = 1_000 / options.submissions
    return CommentsBenchReport(options.submissions, cpu * milliseconds, elapsed * milliseconds)


async def _submit(article: int, source: random.Random, words: int, token: str | None) -> int:
    name = source.choice(_WORDS)
    return await comments.submit(
        article,
        author_name=name,
        author_email=f"{name}@example.com",
        body=" ".join(source.choices(_WORDS, k=words)),
        by=ANONYMOUS,
        form=Form(token),
        secret=secrets.new_secret(),
    )

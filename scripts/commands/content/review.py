"""`hub comments review`: walks the moderation queue by single keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer

from hub import comments
from hub.auth import SYSTEM
from hub.db.database import Reader
from hub.db.keyset import PageArgs
from hub.models import CommentStatus
from hub.reads import articles
from hub.reads.comments import CommentRow
from hub.reads.comments import moderation as reads
from hub.reads.comments.moderation import ModeratedRow
from hub.text import markup
from scripts.commands.content.keys import key_reader
from scripts.commands.content.lookup import run
from scripts.commands.output import echo

STATUSES = {
    "a": CommentStatus.APPROVED,
    "s": CommentStatus.SPAM,
    "t": CommentStatus.TRASH,
}
KEYS = "[a]pprove [s]pam [t]rash, skip [n]ext, [u]ndo, [q]uit"
MAX_TEXT = 2_000
PAGE = 50
_ENDS = {"q", ""}


def review(
    status: Annotated[
        CommentStatus, typer.Option(help="Which ones.", case_sensitive=False)
    ] = CommentStatus.PENDING,
) -> None:
    """Walk the comments that wait, newest first, and decide on each by one key.

    a approves, s marks as spam, t throws away, n leaves it for later, u takes the last decision
    back, q ends. Without a terminal the keys are read from standard input.
    """

    async def work(db: Reader) -> None:
        await Review(db, status, key_reader()).walk()

    run(work)


class Review:
    """A walk through the comments of a status, as it was when each page of them was read.

    `decided` holds the comments that were decided on or skipped, with the status to which `undo`
    returns them; None for a skipped one.
    """

    def __init__(self, db: Reader, status: CommentStatus, read_key: Callable[[], str]) -> None:
        self._db = db
        self._status = status
        self._read_key = read_key
        self._queue: list[ModeratedRow] = []
        self._after: tuple[str, int] | None = None
        self._has_more = True
        self.decided: list[tuple[ModeratedRow, CommentStatus | None]] = []

    async def walk(self) -> None:
        """Show each comment and do what the key says, until the queue or the keys end."""
        while await self._fill():
            row = self._queue[0]
            await self._show(row.comment, row.author_email)
            key = self._ask()
            if key in _ENDS:
                break
            if key == "u":
                await self._undo()
            elif key == "n":
                self.decided.append((self._queue.pop(0), None))
            else:
                await self._decide(STATUSES[key])
        else:
            echo("No more comments wait." if self.decided else "No comments wait.")
        counts = [status for _, status in self.decided if status is not None]
        echo(f"{len(counts)} decided, {len(self.decided) - len(counts)} skipped.")

    def _ask(self) -> str:
        """Return a key that means something; others are asked for again."""
        while True:
            echo(f"{KEYS}? ", nl=False)
            key = self._read_key().lower()
            echo(key if key.isprintable() else "")
            if key in STATUSES or key in _ENDS or key == "n" or (key == "u" and self.decided):
                return key
            if not key.isspace():
                echo("There is nothing to undo." if key == "u" else "That key means nothing here.")

    async def _decide(self, status: CommentStatus) -> None:
        row = self._queue.pop(0)
        await comments.moderate(row.comment.id, status, by=SYSTEM)
        self.decided.append((row, CommentStatus(row.comment.status)))
        echo(f"Comment {row.comment.id} is {status.value} now.\n")

    async def _undo(self) -> None:
        """Take the last decision back, and show its comment again."""
        row, status = self.decided.pop()
        if status is not None:
            await comments.moderate(row.comment.id, status, by=SYSTEM)
            echo(f"Comment {row.comment.id} is {status.value} again.\n")
        self._queue.insert(0, row)

    async def _fill(self) -> bool:
        """Read on where the queue is empty; return whether a comment waits."""
        if not self._queue and self._has_more:
            args = PageArgs(PAGE, after=self._after)
            page = await reads.queue(
                self._db, args, reads.CommentFilter((self._status.value,)), SYSTEM
            )
            self._queue, self._has_more = page.rows, page.has_next
            if page.rows:
                last = page.rows[-1].comment
                self._after = (last.created_at.isoformat(), last.id)
        return bool(self._queue)

    async def _show(self, comment: CommentRow, email: str | None) -> None:
        row = (await articles.by_ids(self._db, [comment.article_id], SYSTEM))[comment.article_id]
        echo(f"── comment {comment.id}, {comment.created_at:%Y-%m-%d %H:%M}, on: {row.title}")
        for count in (await reads.reports(self._db, [comment.id], SYSTEM)).get(comment.id, []):
            echo(f"reported by {count.readers} readers: {count.reason}")
        echo(f"{comment.author_name}{f' <{email}>' if email else ''}:")
        text = markup.to_text(comment.body_html)
        echo(text if len(text) <= MAX_TEXT else f"{text[:MAX_TEXT]}… ({len(text)} characters)")

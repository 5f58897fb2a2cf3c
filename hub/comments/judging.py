"""What the database adds to the spam filter: recent comments, trust, and what was learned."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import orjson

from hub.comments import spam
from hub.comments.form_tokens import find_problem
from hub.comments.spam.features import is_near
from hub.db.database import marks, run, run_many
from hub.db.timestamps import now
from hub.models import Comment, CommentKind, CommentStatus, CommentVerdict
from hub.text import markup

RECENT = 300
"""Number of the last comments among which duplicates are looked for."""

RATE_WINDOW = timedelta(minutes=10)
TOTALS = -1
"""The bucket that counts all comments that were learned."""

_CLASSES = {
    CommentStatus.APPROVED: CommentVerdict.CLEAN,
    CommentStatus.SPAM: CommentVerdict.SPAM,
}
_ADD = (
    "INSERT INTO spam_feature (bucket, spam, others) VALUES (?, ?, ?) ON CONFLICT (bucket)"
    " DO UPDATE SET"
    " spam = CASE WHEN spam_feature.spam + excluded.spam < 0 THEN 0"
    " ELSE spam_feature.spam + excluded.spam END,"
    " others = CASE WHEN spam_feature.others + excluded.others < 0 THEN 0"
    " ELSE spam_feature.others + excluded.others END"
)


class Form(NamedTuple):
    """What the form of a comment sends beside it: its token, and a field that nobody sees."""

    token: str | None = None
    honeypot: str | None = None


async def judge(
    comment: spam.Submission, article_id: int, form: Form
) -> tuple[spam.Judgement, dict[str, Any]]:
    """Judge a comment that is submitted; return the judgement, and the columns that hold it.

    In a transaction; up to four statements.
    """
    problem = await find_problem(form.token, article_id)
    is_trap_filled = bool(form.honeypot and form.honeypot.strip())
    return await _judge(comment, problem or "", is_trap_filled, own_id=0)


async def judge_edit(
    comment: spam.Submission, own_id: int, pairs: str | None
) -> tuple[spam.Judgement, dict[str, Any]]:
    """Judge the new text of the comment with this id; see `judge`.

    `pairs` are the reasons of its verdict, of which those hold on that tell of its form.
    """
    reasons = dict(orjson.loads(pairs or "[]"))
    return await _judge(
        comment, reasons.get(spam.NO_FORM_TOKEN, ""), spam.HONEYPOT in reasons, own_id=own_id
    )


async def _judge(
    comment: spam.Submission, token_problem: str, is_trap_filled: bool, *, own_id: int
) -> tuple[spam.Judgement, dict[str, Any]]:
    fingerprint = spam.compute_fingerprint(comment.body)
    equal, near, recent = await _look_back(comment, fingerprint, own_id)
    context = spam.Context(
        token_problem=token_problem,
        is_trap_filled=is_trap_filled,
        duplicates=equal,
        near_duplicates=near,
        recent=recent,
        is_trusted=await _is_trusted(comment, own_id),
    )
    learned = await read_learned(spam.extract_features(comment))
    judgement = spam.judge(comment, learned, context)
    return judgement, {
        "verdict": judgement.verdict,
        "spam_score": judgement.score,
        "reasons": orjson.dumps([[item.kind, item.text] for item in judgement.reasons]).decode(),
        "fingerprint": fingerprint,
    }


async def read_learned(features: Sequence[str]) -> spam.Learned:
    """Return what was learned of these features. One statement."""
    buckets = sorted({TOTALS, *map(spam.bucket_of, features)})
    rows = await run(
        f"SELECT bucket, spam, others FROM spam_feature WHERE bucket IN ({marks(buckets)})", buckets
    )
    counts = {row["bucket"]: (row["spam"], row["others"]) for row in rows}
    return spam.Learned(counts, *counts.pop(TOTALS, (0, 0)))


async def learn(row: Any, status: CommentStatus, before: CommentVerdict | None) -> None:
    """Learn a moderator's decision on a comment, and forget an earlier one. In a transaction.

    `row` has the columns of the comment, `before` is the class as which it was learned.
    """
    after = _CLASSES.get(status)
    if after is before or row["kind"] != CommentKind.COMMENT.value or row["erased_at"]:
        return
    comment = spam.Submission(
        row["author_name"], row["author_email"], markup.to_text(row["body_html"])
    )
    buckets = {TOTALS, *map(spam.bucket_of, spam.extract_features(comment))}
    spam_change = (after is CommentVerdict.SPAM) - (before is CommentVerdict.SPAM)
    other_change = (after is CommentVerdict.CLEAN) - (before is CommentVerdict.CLEAN)
    await run_many(_ADD, [(bucket, spam_change, other_change) for bucket in sorted(buckets)])
    await Comment.filter(id=row["id"]).update(learned=after)


async def _look_back(
    comment: spam.Submission, fingerprint: int, own_id: int
) -> tuple[int, int, int]:
    """Count equal and similar texts among the last comments, and the person's latest ones.

    Among all but that of `own_id`.
    """
    rows = await run(
        "SELECT author_name, author_email, created_at, fingerprint FROM comment WHERE id <> ?"
        f" ORDER BY id DESC LIMIT {RECENT}",
        [own_id],
    )
    start = now() - RATE_WINDOW
    equal = near = recent = 0
    is_telling = len(comment.words) >= 4 or bool(comment.links)
    for row in rows:
        other = row["fingerprint"]
        if is_telling and other is not None:
            equal += other == fingerprint
            near += other != fingerprint and is_near(other, fingerprint)
        is_same = row["author_name"] == comment.author_name or (
            comment.author_email and row["author_email"] == comment.author_email
        )
        if is_same and to_moment(row["created_at"]) > start:
            recent += 1
    return equal, near, recent


def to_moment(value: str | datetime) -> datetime:
    """Return a time as a statement of a writer returns it: SQLite returns a text."""
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)


async def _is_trusted(comment: spam.Submission, own_id: int) -> bool:
    """Return whether other comments of this name and address were approved, and none is spam."""
    if not comment.author_email:
        return False
    rows = await run(
        "SELECT DISTINCT status FROM comment WHERE author_email = ? AND author_name = ?"
        " AND id <> ?",
        [comment.author_email, comment.author_name, own_id],
    )
    statuses = {row["status"] for row in rows}
    return CommentStatus.APPROVED.value in statuses and CommentStatus.SPAM.value not in statuses

"""How much spam the filter holds, and how much else: printed by `hub eval spam`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from random import Random
from typing import NamedTuple

from hub.comments import spam
from hub.drafts import ArticleDraft
from hub.models import CommentKind, CommentStatus, CommentVerdict
from hub.text import markup
from scripts.importers.registry import open_reader
from scripts.importers.source import SourceError
from scripts.spam.kinds import FOREIGN, KINDS, Kind, write_comments

SPLITS = 8
"""Divisions of the comments into those that are learned and those that measure."""

LEARNED_OF_EACH = 25
MEASURED_OF_EACH = 50
_LINK = re.compile(r'<a [^>]*href="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)


class Line(NamedTuple):
    """A line of the table: a kind of comments, how many were judged, and how many of them held."""

    name: str
    judged: int
    held: int

    @property
    def share(self) -> float:
        """The share that was held, 0 to 1."""
        return self.held / self.judged if self.judged else 0.0


class Table(NamedTuple):
    """The results, summed over all splits: of approved comments, and of spam by kind."""

    approved: Line
    kinds: list[Line]
    foreign: list[Line]


def read_approved(paths: Iterable[Path]) -> list[spam.Submission]:
    """Return the approved comments of exports as readers typed them, each text once.

    Raises:
        SourceError: none of the paths can be read.
    """
    comments: dict[str, spam.Submission] = {}
    problem: SourceError | None = None
    for path in paths:
        try:
            for record in open_reader(path).read():
                if isinstance(record, ArticleDraft):
                    for comment in record.comments:
                        if (comment.status, comment.kind) == _APPROVED:
                            text = _as_typed(markup.comment_html(comment.body))
                            name, language = comment.author_name, record.language or ""
                            comments.setdefault(text, spam.Submission(name, None, text, language))
        except SourceError as error:
            problem = error
    if not comments and problem is not None:
        raise problem
    return list(comments.values())


_APPROVED = (CommentStatus.APPROVED, CommentKind.COMMENT)


def _as_typed(html: str) -> str:
    """Return the text of a comment, with the addresses of its links."""
    return markup.to_text(
        _LINK.sub(
            lambda match: match[2] if match[1] in match[2] else f"{match[2]} {match[1]}", html
        )
    )


def measure(approved: Sequence[spam.Submission], splits: int = SPLITS) -> Table:
    """Judge half of the approved comments, and spam of kinds that were not learned.

    The other half is learned, with half of the kinds of spam; and so for `splits` divisions of the
    comments. Nothing is known but name, text and language: no form token, duplicate or rate.
    """
    training = [_submit(item) for kind in KINDS[::2] for item in _written(kind, trains=True)]
    measured = {kind: list(map(_submit, _written(kind, trains=False))) for kind in KINDS[1::2]}
    foreign = {kind: list(map(_submit, _written(kind, trains=False))) for kind in FOREIGN}
    held = dict.fromkeys((*measured, *foreign), 0)
    held_approved = judged_approved = 0
    for split in range(splits):
        shuffled = Random(split).sample(list(approved), len(approved))
        half = len(shuffled) // 2
        learned = _learn(training, shuffled[:half])
        judged_approved += len(shuffled) - half
        held_approved += _count_held(shuffled[half:], learned)
        for kind, comments in (measured | foreign).items():
            held[kind] += _count_held(comments, learned)

    def line(kind: Kind) -> Line:
        number = MEASURED_OF_EACH * splits
        return Line(f"{kind.name} ({kind.language})", number, held[kind])

    return Table(
        Line("approved comments", judged_approved, held_approved),
        [line(kind) for kind in measured],
        [line(kind) for kind in foreign],
    )


def sum_up(name: str, lines: Sequence[Line]) -> Line:
    """Return the sum of some lines."""
    return Line(name, sum(line.judged for line in lines), sum(line.held for line in lines))


def _written(kind: Kind, *, trains: bool) -> Iterable[tuple[str, str | None, str]]:
    number = LEARNED_OF_EACH if trains else MEASURED_OF_EACH
    return write_comments(kind, number, trains=trains)


def _submit(comment: tuple[str, str | None, str]) -> spam.Submission:
    return spam.Submission(*comment, "en")


def _learn(junk: Sequence[spam.Submission], others: Sequence[spam.Submission]) -> spam.Learned:
    counts: dict[int, tuple[int, int]] = {}
    for comments, is_spam in ((junk, 1), (others, 0)):
        for comment in comments:
            for bucket in set(map(spam.bucket_of, spam.extract_features(comment))):
                before = counts.get(bucket, (0, 0))
                counts[bucket] = before[0] + is_spam, before[1] + 1 - is_spam
    return spam.Learned(counts, len(junk), len(others))


def _count_held(comments: Iterable[spam.Submission], learned: spam.Learned) -> int:
    return sum(
        spam.judge(comment, learned, spam.Context()).verdict is not CommentVerdict.CLEAN
        for comment in comments
    )

"""Merge policy: which segments to merge, so that they are few and none is written too often.

Segments of about the same size are merged: each document is written about log4(n) times, and at
most `MERGE_FACTOR` segments of a size remain. Segments with many deletions are rewritten. Articles
are merged with articles, comments with comments.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

from search_index.engines.whoosh.index.segment_reader import SegmentReader

MERGE_FACTOR = 4
"""Segments of about the same size that are merged into one."""

MAX_DELETED = 0.3
"""Share of deleted documents above which a segment is rewritten."""

MAX_MERGED_DOCUMENTS = 200_000
"""Documents from which on a segment is not merged further, unless many are deleted."""

MAX_MERGED_BYTES = 1 << 30
"""Bytes of stored texts of a merged segment: Whoosh's offsets of them end at 2 GB."""


def select_merges(
    folder: Path, segments: Sequence[Any], busy: Collection[str] = ()
) -> list[list[Any]]:
    """Return groups of segments to merge into one each, the smallest first.

    Segments whose ids are in `busy` are left alone.
    """
    groups = list[list[Any]]()
    for members in _by_kind(folder, segments, busy):
        tiers: dict[int, list[Any]] = {}
        for segment in members:
            if _has_many_deletions(segment):
                groups.append([segment])
            elif segment.doc_count() < MAX_MERGED_DOCUMENTS:
                tiers.setdefault(_tier([segment]), []).append(segment)
        groups += _full_tiers(tiers)
    parts = (part for group in groups for part in _split(folder, group))
    useful = [part for part in parts if len(part) > 1 or _has_many_deletions(part[0])]
    return sorted(useful, key=count_documents)


def select_all(folder: Path, segments: Sequence[Any]) -> list[list[Any]]:
    """Return groups that leave as few segments as possible, after a rebuild."""
    return [
        part
        for members in _by_kind(folder, segments, ())
        for part in _split(folder, members)
        if len(part) > 1
    ]


def count_documents(segments: Sequence[Any]) -> int:
    """Return the number of live documents."""
    return sum(segment.doc_count() for segment in segments)


def _has_many_deletions(segment: Any) -> bool:
    return bool(segment.deleted_count() > MAX_DELETED * segment.doc_count_all())


def _by_kind(
    folder: Path, segments: Sequence[Any], busy: Collection[str]
) -> tuple[list[Any], list[Any]]:
    """Return the segments of articles and those of comments, without empty and busy ones."""
    kinds: tuple[list[Any], list[Any]] = [], []
    for segment in segments:
        if segment.doc_count() and segment.segment_id() not in busy:
            kinds[SegmentReader.is_of_comments(folder, segment)].append(segment)
    return kinds


def _tier(segments: Sequence[Any]) -> int:
    return int(math.log2(count_documents(segments))) // int(math.log2(MERGE_FACTOR))


def _full_tiers(tiers: dict[int, list[Any]]) -> Iterator[list[Any]]:
    """Yield the members of full tiers; a merged segment that fills the next tier joins it."""
    group = list[Any]()
    for tier in sorted(tiers):
        if group and _tier(group) < tier:
            yield group
            group = []
        if len(tiers[tier]) + bool(group) >= MERGE_FACTOR:
            group += tiers[tier]
    if group:
        yield group


def _split(folder: Path, group: list[Any]) -> Iterator[list[Any]]:
    """Split a group so that no merged segment is larger than the limits."""
    part, documents, size = list[Any](), 0, 0
    for segment in sorted(group, key=lambda segment: int(segment.doc_count())):
        own = SegmentReader.stored_bytes(folder, segment)
        is_full = documents + segment.doc_count() > 2 * MAX_MERGED_DOCUMENTS
        if part and (is_full or size + own > MAX_MERGED_BYTES):
            yield part
            part, documents, size = [], 0, 0
        part.append(segment)
        documents, size = documents + segment.doc_count(), size + own
    yield part

"""Batches into segments: Whoosh's writer, with our postings, our merges and flushed commits."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from contextlib import suppress
from pathlib import Path
from time import sleep
from typing import Any

import numpy as np
from typing_extensions import override
from whoosh.index import TOC, FileIndex
from whoosh.reading import SegmentReader
from whoosh.writing import SegmentWriter

from search_index.engines.whoosh.index import directory, postings, schema
from search_index.engines.whoosh.index.codec import ArrayCodec
from search_index.engines.whoosh.index.postings import Array
from search_index.engines.whoosh.index.segment_reader import Segment, holds_comments
from search_index.query import Document

NAME = "MAIN"
"""Whoosh's name for the one index in a folder."""

FAN_OUT = 8
"""Segments of about one size that are merged into one."""

MAX_DELETED = 0.3
"""Share of deleted documents beyond which a segment is written anew."""

MAX_MERGED = 200_000
"""Documents of a segment that is not merged further while few of its documents are deleted."""

BULK = 20_000
"""Documents of a rebuild that become one segment; bounds its memory to some 200 MB."""


class BatchWriter(SegmentWriter):
    """Whoosh's writer of one segment, in the array format, sealed and on disk when committed."""

    def __init__(self, folder: Path, *, beside: bool = False) -> None:
        """Take Whoosh's write lock on the index in `folder`, or raise its LockError.

        `beside` a writer that has it: this one's segment is that one's to commit, see `sealed`.
        """
        index = FileIndex(directory.DurableStorage(folder), schema.build(), NAME)
        SegmentWriter.__init__(
            self, index, codec=ArrayCodec(), compound=False, timeout=1.0, _lk=not beside
        )
        self.postings = postings.Postings()
        self._is_beside = beside
        self.pool = self.postings  # type: ignore[assignment]  # has all that Whoosh asks of a pool

    def add(self, row: Mapping[str, object]) -> None:
        """Take in a document, by its fields."""
        SegmentWriter.add_document(self, **row)

    def drop(self) -> None:
        """Forget what has been added; raises what closing files raises."""
        if self._is_beside:
            SegmentWriter._close_segment(self)
        else:
            SegmentWriter.cancel(self)

    def sealed(self) -> list[Any]:
        """The segment that it has written, on disk, for another to commit; none if it is empty."""
        if not self._added:
            SegmentWriter._close_segment(self)
            return []
        SegmentWriter._finalize_segment(self)
        directory.seal(self.storage, self.newsegment)
        return [self.newsegment]

    @override
    def _commit_toc(self, segments: Any) -> None:
        if self._added:
            directory.seal(self.storage, self.newsegment)
        SegmentWriter._commit_toc(self, segments)


def create(folder: Path) -> None:
    """Make an empty index in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    TOC.create(directory.DurableStorage(folder), schema.build(), NAME)


def segments(folder: Path) -> list[Any]:
    """Whoosh's segments of the latest commit in `folder`, for whoever holds its lock."""
    toc = TOC.read(directory.DurableStorage(folder), NAME, schema=schema.build())
    found: list[Any] = toc.segments
    return found


class Batch:
    """Documents on their way into an index: added, then committed or dropped.

    Articles and comments go into segments of their own, so that whoever looks through articles
    pays nothing for what readers say.

    Blocks and belongs to one thread at a time. What Whoosh raises passes through.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._writer: BatchWriter | None = None
        self._comments: BatchWriter | None = None
        self._new: set[int] = set()
        self._rows = 0
        self._numbers: dict[str, Array] = {}  # by segment; both deletes and merges ask for them

    def apply(self, upserts: Collection[Document], deletes: Collection[int]) -> None:
        """Take in upserts (the last of an id counts) and deletes, without committing them."""
        documents = {document.id: document for document in upserts}
        gone = {*deletes, *documents}
        if not gone:
            return
        if self._new & gone or self._rows >= BULK:
            self.commit()  # a writer cannot delete what it holds itself
        writer = self._writer = self._writer or BatchWriter(self._folder)
        stamps = {id_: schema.comment_stamps(one) for id_, one in documents.items()}
        kept = self._delete(writer, gone, stamps)
        for document in documents.values():
            writer.add(schema.article_row(document))
            for comment in document.comments:
                if comment.id not in kept:
                    stamp = stamps[document.id][comment.id]
                    self._beside().add(schema.comment_row(document, comment, stamp))
            self._rows += 1 + len(document.comments)
            sleep(0)  # lets searches of this process in between; else they wait 5 ms a turn
        self._new.update(documents)

    def commit(self) -> None:
        """Have everything applied so far on disk and found by searches."""
        writer: SegmentWriter | None = self._writer
        if writer is not None:
            writer.commit(mergetype=self._merged)
        self._forget()

    def drop(self) -> None:
        """Forget what has been applied since the last commit; never raises."""
        writers = self._comments, self._writer
        self._forget()
        for writer in writers:
            if writer is None:
                continue
            if not writer.is_closed:
                with suppress(Exception):  # it writes files, and may fail as what came before did
                    writer.drop()
            with suppress(Exception):  # which Whoosh leaves open after an error
                writer.perdocwriter._cols._temp.close()

    def _forget(self) -> None:
        self._writer = self._comments = None
        self._new.clear()
        self._numbers.clear()
        self._rows = 0

    def _numbers_of(self, segment: Any) -> Array:
        known = self._numbers.get(segment.segment_id())
        if known is None:
            known = self._numbers[segment.segment_id()] = Segment.numbers_of(self._folder, segment)
        return known

    def _delete(
        self, writer: SegmentWriter, ids: Collection[int], stamps: Mapping[int, Mapping[int, int]]
    ) -> set[int]:
        """Delete articles, and the comments on them but those that stand as they should.

        `stamps` tells of each article how its comments should stand. Answers with the ids of the
        comments that were left: an article's text changes, or one more comment comes, and the
        others need not be written anew.
        """
        wanted = np.fromiter(ids, np.int64, len(ids))
        kept: set[int] = set()
        base = 0
        for segment in writer.segments:
            numbers = self._numbers_of(segment)
            for document in np.flatnonzero(np.isin(numbers["id"], wanted)).tolist():
                if not segment.is_deleted(document):
                    row = numbers[document]
                    comment, stamp = int(row["comment"]), int(row["stamp"])
                    if comment and stamps.get(int(row["id"]), {}).get(comment) == stamp:
                        kept.add(comment)
                    else:
                        writer.delete_document(base + document)
            base += segment.doc_count_all()
        return kept

    def _beside(self) -> BatchWriter:
        """The writer of comments; made when it is first needed."""
        if self._comments is None:
            self._comments = BatchWriter(self._folder, beside=True)
        return self._comments

    def _merged(self, writer: BatchWriter, segments: list[Any]) -> list[Any]:
        """Whoosh merge policy: merges articles with articles, comments with comments."""
        groups: dict[bool, list[Any]] = {False: [], True: []}
        for segment in segments:
            groups[holds_comments(self._numbers_of(segment))].append(segment)
        kept: list[Any] = []
        for are_comments, members in groups.items():
            worn, fine = _parted(members)
            kept += fine
            for segment in worn:
                if segment.doc_count():
                    _merge(self._beside() if are_comments else writer, segment)
        return kept + (self._comments.sealed() if self._comments else [])


def _parted(segments: list[Any]) -> tuple[list[Any], list[Any]]:
    """The segments to be written anew, and those to be kept.

    Those of about one size become one, FAN_OUT at a time: each document is so written about
    log(n) / log(FAN_OUT) times, and there are never more than FAN_OUT segments of a size. Segments
    with many deletions are written anew.
    """
    tiers: dict[int, list[Any]] = {}
    worn: list[Any] = []
    kept: list[Any] = []
    for segment in segments:
        size = segment.doc_count()
        if size:
            tiers.setdefault(int(math.log(size, FAN_OUT)), []).append(segment)
        else:
            worn.append(segment)
    for members in tiers.values():
        crowded = len(members) >= FAN_OUT
        for segment in members:
            deleted = segment.deleted_count() > MAX_DELETED * segment.doc_count_all()
            is_worn = deleted or (crowded and segment.doc_count() < MAX_MERGED)
            (worn if is_worn else kept).append(segment)
    return worn, kept


def _merge(writer: BatchWriter, segment: Any) -> None:
    """Write a segment's living documents into the one being written."""
    reader = SegmentReader(writer.storage, writer.schema, segment)
    try:
        first = writer.docnum
        renumbered = np.full(segment.doc_count_all(), -1, np.int64)
        living = np.fromiter(reader.all_doc_ids(), np.int64, segment.doc_count())
        renumbered[living] = np.arange(first, first + len(living))
        # The one column; stored fields come along. Each field more has Whoosh look for files.
        SegmentWriter.write_per_doc(writer, {"numbers"}, reader)
        for field in Segment(Path(writer.storage.folder), segment).fields.values():
            writer.postings.adopt(field, renumbered)
        writer._added = True  # as SegmentWriter.add_reader has it
    finally:
        reader.close()

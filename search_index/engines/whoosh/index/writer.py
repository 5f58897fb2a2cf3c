"""Index writer: Whoosh's writer, with our postings, our merge policy and flushed commits."""

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
from whoosh.reading import SegmentReader as WhooshSegmentReader
from whoosh.writing import SegmentWriter

from search_index.engines.whoosh.index import directory, postings, schema
from search_index.engines.whoosh.index.codec import ArrayCodec
from search_index.engines.whoosh.index.postings import Array
from search_index.engines.whoosh.index.segment_reader import SegmentReader, holds_comments
from search_index.query import Document

NAME = "MAIN"
"""Whoosh's name of the index in a folder."""

MERGE_FACTOR = 8
"""Segments of about the same size that are merged into one."""

MAX_DELETED = 0.3
"""Share of deleted documents above which a segment is rewritten."""

MAX_MERGED_DOCUMENTS = 200_000
"""Documents from which on a segment is not merged further, unless many are deleted."""

MAX_BUFFERED_ROWS = 20_000
"""Rows from which on a batch is committed as a segment; bounds memory to about 200 MB."""


class BatchWriter(SegmentWriter):
    """Whoosh's writer of one segment, with array postings, sealed and flushed when committed."""

    def __init__(self, folder: Path, *, shares_lock: bool = False) -> None:
        """Take Whoosh's write lock on the index in `folder`, or raise its LockError.

        `shares_lock`: another writer holds the lock, and commits the result of `finish_segment`.
        """
        index = FileIndex(directory.DurableStorage(folder), schema.build_schema(), NAME)
        SegmentWriter.__init__(
            self, index, codec=ArrayCodec(), compound=False, timeout=1.0, _lk=not shares_lock
        )
        self.postings = postings.PostingsBuffer()
        self._shares_lock = shares_lock
        self.pool = self.postings  # type: ignore[assignment]  # has the methods of a pool that Whoosh calls

    def add(self, row: Mapping[str, object]) -> None:
        """Add a document, by its fields."""
        SegmentWriter.add_document(self, **row)

    def discard(self) -> None:
        """Discard what has been added; raises the errors of closing files."""
        if self._shares_lock:
            SegmentWriter._close_segment(self)
        else:
            SegmentWriter.cancel(self)

    def finish_segment(self) -> list[Any]:
        """Finish the segment and flush it, for another writer to commit; empty without rows."""
        if not self._added:
            SegmentWriter._close_segment(self)
            return []
        SegmentWriter._finalize_segment(self)
        directory.seal_segment(self.storage, self.newsegment)
        return [self.newsegment]

    @override
    def _commit_toc(self, segments: Any) -> None:
        if self._added:
            directory.seal_segment(self.storage, self.newsegment)
        SegmentWriter._commit_toc(self, segments)


def create_index(folder: Path) -> None:
    """Create an empty index in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    TOC.create(directory.DurableStorage(folder), schema.build_schema(), NAME)


def read_segments(folder: Path) -> list[Any]:
    """Read Whoosh's segments of the latest commit in `folder`; the caller holds its lock."""
    toc = TOC.read(directory.DurableStorage(folder), NAME, schema=schema.build_schema())
    segments: list[Any] = toc.segments
    return segments


class Batch:
    """Changes to an index: applied, then committed or rolled back.

    Articles and comments are in separate segments, so that searches of articles are not slowed
    down by comments.

    Blocks; used by one thread at a time. Exceptions of Whoosh are not converted.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._writer: BatchWriter | None = None
        self._comments: BatchWriter | None = None
        self._added_ids: set[int] = set()
        self._row_count = 0
        self._numbers_by_segment: dict[str, Array] = {}  # by segment; used by deletes and merges

    def apply(self, upserts: Collection[Document], deletes: Collection[int]) -> None:
        """Add upserts (of an id, the last one) and deletes, without committing them."""
        documents = {document.id: document for document in upserts}
        replaced_ids = {*deletes, *documents}
        if not replaced_ids:
            return
        if self._added_ids & replaced_ids or self._row_count >= MAX_BUFFERED_ROWS:
            self.commit()  # a writer cannot delete its own uncommitted documents
        writer = self._writer = self._writer or BatchWriter(self._folder)
        stamps = {id_: schema.comment_stamps(document) for id_, document in documents.items()}
        unchanged = self._delete(writer, replaced_ids, stamps)
        for document in documents.values():
            writer.add(schema.article_row(document))
            for comment in document.comments:
                if comment.id not in unchanged:
                    stamp = stamps[document.id][comment.id]
                    self._comment_writer().add(schema.comment_row(document, comment, stamp))
            self._row_count += 1 + len(document.comments)
            sleep(0)  # yields the GIL to searches, which else wait 5 ms each time
        self._added_ids.update(documents)

    def commit(self) -> None:
        """Write everything applied so far to disk, visible to searches."""
        writer: SegmentWriter | None = self._writer
        if writer is not None:
            writer.commit(mergetype=self._merge_policy)
        self._reset()

    def rollback(self) -> None:
        """Discard what has been applied since the last commit; never raises."""
        writers = self._comments, self._writer
        self._reset()
        for writer in writers:
            if writer is None:
                continue
            if not writer.is_closed:
                with suppress(Exception):  # it writes files, which may fail again
                    writer.discard()
            with suppress(Exception):  # Whoosh leaves it open after an error
                writer.perdocwriter._cols._temp.close()

    def _reset(self) -> None:
        self._writer = self._comments = None
        self._added_ids.clear()
        self._numbers_by_segment.clear()
        self._row_count = 0

    def _segment_numbers(self, segment: Any) -> Array:
        numbers = self._numbers_by_segment.get(segment.segment_id())
        if numbers is None:
            numbers = self._numbers_by_segment[segment.segment_id()] = SegmentReader.read_numbers(
                self._folder, segment
            )
        return numbers

    def _delete(
        self, writer: SegmentWriter, ids: Collection[int], stamps: Mapping[int, Mapping[int, int]]
    ) -> set[int]:
        """Delete articles and their comments, except for comments that are unchanged.

        `stamps` holds the new stamps of the comments of each article. Returns the ids of unchanged
        comments: if an article's text changes, or a comment is added, the others need not be
        written again.
        """
        article_ids = np.fromiter(ids, np.int64, len(ids))
        unchanged: set[int] = set()
        base = 0
        for segment in writer.segments:
            numbers = self._segment_numbers(segment)
            for document in np.flatnonzero(np.isin(numbers["id"], article_ids)).tolist():
                if not segment.is_deleted(document):
                    row = numbers[document]
                    comment, stamp = int(row["comment"]), int(row["stamp"])
                    if comment and stamps.get(int(row["id"]), {}).get(comment) == stamp:
                        unchanged.add(comment)
                    else:
                        writer.delete_document(base + document)
            base += segment.doc_count_all()
        return unchanged

    def _comment_writer(self) -> BatchWriter:
        """Return the writer of comments; created on first use."""
        if self._comments is None:
            self._comments = BatchWriter(self._folder, shares_lock=True)
        return self._comments

    def _merge_policy(self, writer: BatchWriter, segments: list[Any]) -> list[Any]:
        """Merge policy for Whoosh: merges articles with articles, comments with comments."""
        groups: dict[bool, list[Any]] = {False: [], True: []}
        for segment in segments:
            groups[holds_comments(self._segment_numbers(segment))].append(segment)
        result: list[Any] = []
        for are_comments, members in groups.items():
            to_merge, to_keep = _select_merges(members)
            result += to_keep
            for segment in to_merge:
                if segment.doc_count():
                    _merge_segment(self._comment_writer() if are_comments else writer, segment)
        return result + (self._comments.finish_segment() if self._comments else [])


def _select_merges(segments: list[Any]) -> tuple[list[Any], list[Any]]:
    """Return the segments to merge, and those to leave unchanged.

    Segments of about the same size are merged, MERGE_FACTOR at a time: each document is written
    about log(n) / log(MERGE_FACTOR) times, and there are at most MERGE_FACTOR segments of a size.
    Segments with many deletions are rewritten.
    """
    tiers: dict[int, list[Any]] = {}
    to_merge: list[Any] = []
    to_keep: list[Any] = []
    for segment in segments:
        size = segment.doc_count()
        if size:
            tiers.setdefault(int(math.log(size, MERGE_FACTOR)), []).append(segment)
        else:
            to_merge.append(segment)
    for members in tiers.values():
        is_full = len(members) >= MERGE_FACTOR
        for segment in members:
            deleted = segment.deleted_count() > MAX_DELETED * segment.doc_count_all()
            must_merge = deleted or (is_full and segment.doc_count() < MAX_MERGED_DOCUMENTS)
            (to_merge if must_merge else to_keep).append(segment)
    return to_merge, to_keep


def _merge_segment(writer: BatchWriter, segment: Any) -> None:
    """Copy a segment's live documents to the writer."""
    reader = WhooshSegmentReader(writer.storage, writer.schema, segment)
    try:
        first = writer.docnum
        doc_map = np.full(segment.doc_count_all(), -1, np.int64)
        live = np.fromiter(reader.all_doc_ids(), np.int64, segment.doc_count())
        doc_map[live] = np.arange(first, first + len(live))
        # The only column; stored fields are included. Whoosh looks for files for each field listed.
        SegmentWriter.write_per_doc(writer, {"numbers"}, reader)
        for field in SegmentReader(Path(writer.storage.folder), segment).fields.values():
            writer.postings.add_merged(field, doc_map)
        writer._added = True  # as SegmentWriter.add_reader does
    finally:
        reader.close()

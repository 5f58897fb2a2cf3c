"""Index writer: Whoosh's writer, with our postings, flushed commits, and merges of small segments.

Larger merges run beside the writes, in `scheduler`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from time import sleep
from typing import Any

import numpy as np
from typing_extensions import override
from whoosh.index import TOC, FileIndex
from whoosh.writing import NO_MERGE, SegmentWriter

from search_index.engines.whoosh.index import directory, merger, policy, postings, schema
from search_index.engines.whoosh.index.codec import ArrayCodec
from search_index.engines.whoosh.index.postings import Array
from search_index.engines.whoosh.index.segment_reader import SegmentReader
from search_index.query import Document
from search_index.text.document_terms import comment_stamps

NAME = "MAIN"
"""Whoosh's name of the index in a folder."""

MAX_ROWS_MERGED_AT_ONCE = 256
"""Rows that are merged before a commit, in some 20 ms; more are merged beside the writes."""

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


def replace_segments(folder: Path, sources: Sequence[Any], merged: Any, origin: Path) -> bool:
    """Commit a merged segment, whose files are in `origin`, in place of its sources.

    `sources` are as they were when the merge began; what was deleted since is deleted in the merged
    segment too. Return False, and change nothing, if one of them is no longer in the index.
    """
    writer: SegmentWriter = BatchWriter(folder)
    try:
        current = {segment.segment_id(): segment for segment in writer.segments}
        replaced = {source.segment_id() for source in sources}
        if not replaced <= current.keys():
            writer.cancel()
            return False
        for source, numbers in zip(sources, merger.doc_maps(sources), strict=True):
            deleted = set(current[source.segment_id()].deleted_docs())
            for document in deleted.difference(source.deleted_docs()):
                merged.delete_document(int(numbers[document]))
        move_segments(folder, origin, [merged])
        kept = [segment for id_, segment in current.items() if id_ not in replaced]
        writer.segments = [*kept, merged] if merged.doc_count() else kept
    except BaseException:
        with suppress(Exception):
            writer.cancel()
        raise
    writer.commit(mergetype=NO_MERGE)
    return True


def move_segments(folder: Path, origin: Path, segments: Sequence[Any]) -> None:
    """Move the files of segments from one folder to another, and flush the entries to disk."""
    for segment in segments:
        for path in origin.glob(f"{segment.segment_id()}.*"):
            path.rename(folder / path.name)
    directory.flush(folder)


class Batch:
    """Changes to an index: applied, then committed or rolled back.

    Articles and comments are in separate segments, so that searches of articles are not slowed
    down by comments.

    Blocks; used by one thread at a time. Exceptions of Whoosh are not converted.
    """

    def __init__(self, folder: Path, busy: Collection[str] = ()) -> None:
        """`busy`: ids of segments that are being merged, which are neither merged nor removed."""
        self._folder = folder
        self._busy = busy
        self._writer: BatchWriter | None = None
        self._comments: BatchWriter | None = None
        self._added_ids: set[int] = set()
        self._row_count = 0
        self._numbers_by_segment: dict[str, Array] = {}  # by segment

    def apply(self, upserts: Collection[Document], deletes: Collection[int]) -> None:
        """Add upserts (of an id, the last one) and deletes, without committing them."""
        documents = {document.id: document for document in upserts}
        replaced_ids = {*deletes, *documents}
        if not replaced_ids:
            return
        if self._added_ids & replaced_ids or self._row_count >= MAX_BUFFERED_ROWS:
            self.commit()  # a writer cannot delete its own uncommitted documents
        writer = self._writer = self._writer or BatchWriter(self._folder)
        stamps = {id_: comment_stamps(document) for id_, document in documents.items()}
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
            writer.commit(mergetype=self._select_segments)
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

    def _select_segments(self, _: BatchWriter, segments: list[Any]) -> list[Any]:
        """Merge policy for Whoosh: merges small segments at once, and omits empty ones."""
        segments = [
            segment
            for segment in segments
            if segment.doc_count() or segment.segment_id() in self._busy
        ]
        if self._comments:
            segments += self._comments.finish_segment()
        for group in policy.select_merges(self._folder, segments, self._busy):
            if policy.count_documents(group) <= MAX_ROWS_MERGED_AT_ONCE:
                merged = merger.new_segment(group)
                merger.merge_segments(self._folder, group, merged, self._folder)
                segments = [segment for segment in segments if segment not in group] + [merged]
        return segments

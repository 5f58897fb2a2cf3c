"""A whole import: every path opened, read, and stored in batches, with a report of it."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace

from hub.drafts import ArticleDraft, AuthorDraft, TopicDraft
from hub.imports import Outcome
from scripts.importers.bylines import Bylines
from scripts.importers.options import Options
from scripts.importers.pipeline.dry_run import Foresight
from scripts.importers.pipeline.open import Opened, Opener
from scripts.importers.pipeline.report import Report
from scripts.importers.pipeline.sink import Sink, SinkError
from scripts.importers.source import Note, Reader, Record, Refusal, Skipped, SourceError

BATCH = 100

Step = Callable[[int], None]
Shown = Callable[[str, Reader], AbstractContextManager[Step]]


def unseen(_: str, __: Reader) -> AbstractContextManager[Step]:
    """Progress that nobody looks at."""
    return nullcontext(lambda _: None)


class Import:
    """One run of an import over any number of paths.

    `theirs` lets it win over edits made in the hub; `dry_run` writes nothing, and tells in the
    report what would happen.
    """

    def __init__(
        self,
        sink: Sink,
        options: Options,
        *,
        theirs: bool = False,
        dry_run: bool = False,
        bylines: Bylines | None = None,
        shown: Shown = unseen,
    ) -> None:
        self._sink = sink
        self._options = options
        self._theirs = theirs
        self._bylines = bylines or Bylines({})
        self._shown = shown
        self._foresight = Foresight()
        self.report = Report(dry_run=dry_run)

    async def run(self, paths: Sequence[str]) -> Report:
        """Import `paths` one after the other, and tell what happened."""
        started = time.monotonic()
        with Opener(self._options) as opener:
            for number, path in enumerate(paths):
                prefix = f"{path}: " if len(paths) > 1 else ""
                try:
                    for opened in opener.open(path, prefix=prefix):
                        await self._take(opened, path)
                except SourceError as error:
                    self.report.unreadable.append(str(error))
                    self.report.failed_paths[path] = None
                except SinkError as error:
                    self.report.unreadable.append(str(error))
                    self.report.failed_paths |= dict.fromkeys(paths[number:])
                    break
            else:
                await self._settle()
        self.report.seconds = time.monotonic() - started
        return self.report

    async def _settle(self) -> None:
        """Tell which relations lead nowhere, or would."""
        if self.report.dry_run:
            await self._foresight.settle(self._sink, self.report)
        else:
            sources = list(dict.fromkeys(self.report.sources))
            self.report.dangling = await self._sink.dangling(sources)

    async def _take(self, opened: Opened, path: str) -> None:
        """Read what was opened. What is wrong with a file among others is told, and no more."""
        before = len(self.report.refused)
        if opened.said is not None:
            self.report.note(replace(opened.said, place=opened.prefix + opened.said.place))
        elif opened.reader is not None and not opened.nested:
            await self._read(opened.reader, opened)
        elif opened.reader is not None:
            try:
                await self._read(opened.reader, opened)
            except SourceError as error:
                self.report.note(Refusal(opened.prefix.removesuffix(": "), error.reason))
        if len(self.report.refused) > before:
            self.report.failed_paths[path] = None

    async def _read(self, reader: Reader, opened: Opened) -> None:
        records = _started(reader)
        with self._shown(opened.title, reader) as step:
            async for outcome in self._taken_in(records, opened.prefix, step):
                self.report.add(replace(outcome, place=opened.prefix + outcome.place))
        self.report.sources.append(reader.source)

    async def _taken_in(
        self, records: Iterator[Record], prefix: str, step: Step
    ) -> AsyncIterator[Outcome]:
        """What became of each draft; they are stored in batches, and what is no draft is noted."""
        batch: list[ArticleDraft] = []
        labels: list[TopicDraft | AuthorDraft] = []
        for record in records:
            if isinstance(record, ArticleDraft):
                batch.append(self._bylines.applied(record))
            elif isinstance(record, TopicDraft | AuthorDraft):
                labels.append(record)
            else:
                self.report.note(_placed(record, prefix))
            if len(batch) == BATCH:
                async for outcome in self._stored(batch, labels):
                    yield outcome
                batch, labels = [], []
            step(0 if isinstance(record, Note) else 1)
        async for outcome in self._stored(batch, labels):
            yield outcome

    async def _stored(
        self, batch: list[ArticleDraft], labels: list[TopicDraft | AuthorDraft]
    ) -> AsyncIterator[Outcome]:
        dry_run = self.report.dry_run
        if labels and not dry_run:
            await self._sink.describe(labels)
        if batch:
            outcomes = await self._sink.take_in(batch, theirs=self._theirs, dry_run=dry_run)
            if dry_run:
                self._foresight.add(batch, outcomes)
            for outcome in outcomes:
                yield outcome


def _started(reader: Reader) -> Iterator[Record]:
    """The records of a reader, its first one fetched already, so that a bad source fails here."""
    records = reader.read()
    first = next(records, None)

    def chained() -> Iterator[Record]:
        if first is not None:
            yield first
            yield from records

    return chained()


def _placed(record: Refusal | Skipped | Note, prefix: str) -> Refusal | Skipped | Note:
    return replace(record, place=prefix + record.place)

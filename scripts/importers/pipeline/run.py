"""Run of an import: opens and reads every path, stores drafts in batches, and reports."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace

from hub.drafts import ArticleDraft, AuthorDraft, TopicDraft
from hub.import_plan import Outcome
from scripts.importers.content import languages
from scripts.importers.options import Options
from scripts.importers.pipeline.bylines import Bylines
from scripts.importers.pipeline.dry_run import DryRunRelations
from scripts.importers.pipeline.notes import SourceNotes
from scripts.importers.pipeline.open import OpenedSource, SourceOpener
from scripts.importers.pipeline.pictures import PictureImport, count_hosts
from scripts.importers.pipeline.report import Report
from scripts.importers.pipeline.sink import Sink, SinkError
from scripts.importers.source import Note, Record, Refusal, Skipped, SourceError, SourceReader

BATCH = 100

Step = Callable[[int], None]
Progress = Callable[[str, SourceReader], AbstractContextManager[Step]]


def no_progress(_: str, __: SourceReader) -> AbstractContextManager[Step]:
    """Return a progress display that shows nothing."""
    return nullcontext(lambda _: None)


class Import:
    """One run of an import over any number of paths.

    `overwrite` replaces edits made in the hub; `dry_run` writes nothing, and reports the outcomes
    that an import would have. Without `pictures`, these stay where they are.
    """

    def __init__(
        self,
        sink: Sink,
        options: Options,
        *,
        overwrite: bool = False,
        dry_run: bool = False,
        bylines: Bylines | None = None,
        progress: Progress = no_progress,
        pictures: PictureImport | None = None,
    ) -> None:
        self._sink = sink
        self._pictures = pictures
        self._options = options
        self._overwrite = overwrite
        self._bylines = bylines or Bylines({})
        self._progress = progress
        self._dry_run_relations = DryRunRelations()
        self._removed_keys: list[str] = []
        self.report = Report(dry_run=dry_run)

    async def run(self, paths: Sequence[str]) -> Report:
        """Import `paths` one after the other, and return the report."""
        start = time.monotonic()
        try:
            if not self.report.dry_run:
                await self._sink.start(paths)
            await self._run(paths)
            if not self.report.dry_run:
                counts = dict(self.report.counts()) | dict(self.report.status_counts())
                self.report.run_id = await self._sink.finish(counts)
        except SinkError as error:
            self.report.unreadable.append(str(error))
        self.report.seconds = time.monotonic() - start
        return self.report

    async def _run(self, paths: Sequence[str]) -> None:
        with SourceOpener(self._options) as opener:
            for number, path in enumerate(paths):
                prefix = f"{path}: " if len(paths) > 1 else ""
                try:
                    for opened in opener.open(path, prefix=prefix):
                        await self._import_source(opened, path)
                except SourceError as error:
                    self.report.unreadable.append(str(error))
                    self.report.failed_paths[path] = None
                except SinkError as error:
                    self.report.unreadable.append(str(error))
                    self.report.failed_paths |= dict.fromkeys(paths[number:])
                    break
            else:
                try:
                    await self._report_dangling()
                except SinkError as error:
                    self.report.unreadable.append(str(error))

    async def _report_dangling(self) -> None:
        """Report the relations without a target."""
        if self.report.dry_run:
            await self._dry_run_relations.report_relations(self._sink, self.report)
        else:
            sources = list(dict.fromkeys(self.report.sources))
            self.report.dangling = await self._sink.dangling_edges(sources)

    async def _import_source(self, opened: OpenedSource, path: str) -> None:
        """Import an opened source. A nested one that cannot be read is reported as a Refusal."""
        before = len(self.report.refused)
        if opened.problem is not None:
            self.report.note(replace(opened.problem, place=opened.prefix + opened.problem.place))
        elif opened.reader is not None and not opened.nested:
            await self._read(opened.reader, opened)
        elif opened.reader is not None:
            try:
                await self._read(opened.reader, opened)
            except SourceError as error:
                self.report.note(Refusal(opened.prefix.removesuffix(": "), error.reason))
        if len(self.report.refused) > before:
            self.report.failed_paths[path] = None

    async def _read(self, reader: SourceReader, opened: OpenedSource) -> None:
        def report_note(note: Note) -> None:
            self.report.note(_add_prefix(note, opened.prefix))

        records, notes = _start_reading(reader), SourceNotes(report_note)
        with self._progress(opened.title, reader) as step:
            async for batch, outcomes in self._import_records(records, notes, opened.prefix, step):
                for outcome in outcomes:
                    self.report.add(replace(outcome, place=opened.prefix + outcome.place))
                notes.settle(batch, outcomes)
                await self._copy_pictures(batch, outcomes, opened)
        notes.close()
        await self._withdraw(reader.source, opened.prefix)
        self.report.sources.append(reader.source)

    async def _copy_pictures(
        self, batch: list[ArticleDraft], outcomes: list[Outcome], opened: OpenedSource
    ) -> None:
        """Copy the pictures of a batch if that is asked for; else count those that stay."""
        if self._pictures is None or self.report.dry_run:
            count_hosts(batch, outcomes, self.report.pictures_elsewhere)
            return
        try:
            notes = await self._pictures.copy(batch, outcomes, opened)
        except OSError as error:
            reason = f"the media folder cannot be written ({error.strerror})"
            raise SinkError(f"{reason}. Imported articles stay; run the import again.") from error
        self.report.pictures_copied = self._pictures.copier.result.copied
        for note in notes:
            self.report.note(_add_prefix(note, opened.prefix))

    async def _withdraw(self, source: str, prefix: str) -> None:
        """Hide the articles that the source has removed, and report those that were public."""
        keys, self._removed_keys = self._removed_keys, []
        for start in range(0, len(keys), BATCH):
            batch = keys[start : start + BATCH]
            dry_run = self.report.dry_run
            for outcome in await self._sink.withdraw(source, batch, dry_run=dry_run):
                self.report.withdrawn.append(replace(outcome, place=prefix + outcome.place))

    async def _import_records(
        self, records: Iterator[Record], notes: SourceNotes, prefix: str, step: Step
    ) -> AsyncIterator[tuple[list[ArticleDraft], list[Outcome]]]:
        """Store drafts in batches, and yield each with its outcomes; report all other records.

        The notes about a draft follow it, so a batch is stored when the draft after it arrives.
        """
        batch: list[ArticleDraft] = []
        labels: list[TopicDraft | AuthorDraft] = []
        for record in records:
            if isinstance(record, ArticleDraft):
                if len(batch) == BATCH:
                    yield batch, await self._store(batch, labels)
                    batch, labels = [], []
                batch.append(self._bylines.apply(self._with_language(record)))
            elif isinstance(record, TopicDraft | AuthorDraft):
                labels.append(record)
            elif isinstance(record, Note):
                notes.add(record)
            else:
                if isinstance(record, Skipped) and record.key:
                    self._removed_keys.append(record.key)
                self.report.note(_add_prefix(record, prefix))
            step(0 if isinstance(record, Note) else 1)
        yield batch, await self._store(batch, labels)

    def _with_language(self, draft: ArticleDraft) -> ArticleDraft:
        return languages.with_detected(draft) if self._options.detect_languages else draft

    async def _store(
        self, batch: list[ArticleDraft], labels: list[TopicDraft | AuthorDraft]
    ) -> list[Outcome]:
        dry_run = self.report.dry_run
        if labels and not dry_run:
            await self._sink.import_taxonomy(labels)
        if not batch:
            return []
        outcomes = await self._sink.import_articles(
            batch, overwrite=self._overwrite, dry_run=dry_run
        )
        if dry_run:
            self._dry_run_relations.add(batch, outcomes)
        return outcomes


def _start_reading(reader: SourceReader) -> Iterator[Record]:
    """Return the records of a reader. The first is read here, so that a bad source fails early."""
    records = reader.read()
    first = next(records, None)

    def chained() -> Iterator[Record]:
        if first is not None:
            yield first
            yield from records

    return chained()


def _add_prefix(record: Refusal | Skipped | Note, prefix: str) -> Refusal | Skipped | Note:
    return replace(record, place=prefix + record.place)

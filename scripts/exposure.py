"""Exposure: what today's rules would not make public, and earlier versions may have shown.

`find_exposure` collects it for `hub check --deep`, in counts and first examples.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from hub.db.database import Reader
from hub.import_plan import published_by_editors
from hub.models import Status
from hub.reads import exposure as reads
from hub.reads.exposure import ImportedArticle
from scripts.importers.content.publication import read_publication

MAX_EXAMPLES = 20


@dataclass(frozen=True, slots=True)
class Finding:
    """Things of one kind: `count` of them, and the first MAX_EXAMPLES as they are printed.

    `is_public`: readers see them now, so that somebody should look at them. The others are hidden
    by today's rules, and may have been seen before.
    """

    name: str
    meaning: str
    is_public: bool
    count: int
    examples: list[str]

    def lines(self) -> Iterator[str]:
        """Yield the lines for an operator; none without anything found."""
        if not self.count:
            return
        yield f"{self.count} {self.meaning}"
        yield from (f"  {example}" for example in self.examples)
        if self.examples and self.count > len(self.examples):
            yield f"  … and {self.count - len(self.examples)} more"

    def as_dict(self) -> dict[str, object]:
        """Return the finding as `--json` prints it."""
        return asdict(self)


async def find_exposure(db: Reader) -> list[Finding]:
    """Return what was found of each kind. Reads every imported article once, in pages."""
    topics, first_topics = await reads.hidden_topics(db, MAX_EXAMPLES)
    authors, first_authors = await reads.hidden_authors(db, MAX_EXAMPLES)
    anchors, first_anchors = await reads.copied_anchors(db, MAX_EXAMPLES)
    return [
        *await _imports(db),
        Finding(
            "anchors",
            "links from public articles carry a title that their target never had in public; those"
            " called shown are public now: link anew with words of your own",
            any(anchor.is_shown for anchor in first_anchors),
            anchors,
            [
                f"{anchor.source_slug} → {anchor.target_slug}"
                f" ({'shown' if anchor.is_shown else 'hidden now'}): {anchor.anchor}"
                for anchor in first_anchors
            ],
        ),
        *(
            Finding(
                name,
                f"{name} stand on no public article: hidden now, public under earlier rules",
                False,
                count,
                [f"{label.slug}: {label.name}" for label in labels],
            )
            for name, count, labels in (
                ("topics", topics, first_topics),
                ("authors", authors, first_authors),
            )
        ),
    ]


async def _imports(db: Reader) -> list[Finding]:
    count, examples = 0, list[str]()
    async for page in reads.imported_articles(db):
        reasons = {row: reason for row in page if (reason := _why_hidden(row))}
        confirmed = await published_by_editors([row.id for row in reasons])
        questionable = [row for row in reasons if row.id not in confirmed]
        count += len(questionable)
        examples += [
            f"{row.slug} (source {row.source}, key {row.source_key}): {reasons[row]}"
            for row in questionable[: MAX_EXAMPLES - len(examples)]
        ]
    return [
        Finding(
            "articles",
            "articles that are public or scheduled came by imports, and what is stored of their"
            " sources says that they are not public: archive them, or run these imports again",
            count > 0,
            count,
            examples,
        ),
        Finding(
            "comments",
            "public comments came by imports and no moderator has judged them; what their sources"
            " say is not stored: run these imports again, which hides spam and trash",
            False,
            await reads.imported_comments(db),
            [],
        ),
    ]


def _why_hidden(row: ImportedArticle) -> str:
    """Return why today's rule would not publish an article by its metadata, or ""."""
    publication = read_publication(json.loads(row.metadata))
    return "" if publication.status is Status.PUBLISHED else publication.reason

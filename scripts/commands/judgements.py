"""`hub eval site` and `hub eval judge`: the search of one's own hub, by judged answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from hub.auth import ANONYMOUS
from hub.db.database import Reader
from hub.reads import articles, query_statistics
from hub.reads.articles import ArticleRow
from hub.reads.query_statistics import last_days
from hub.settings import Settings
from scripts.commands.content.keys import key_reader
from scripts.commands.content.lookup import run
from scripts.commands.output import Table, echo, print_table
from search_index.configured import open_configured
from search_index.engine import SearchEngine
from search_index.evaluation import judgements
from search_index.evaluation.judgements import MAX_GRADE, Judgement
from search_index.evaluation.metrics import RelevanceMetrics, measure
from search_index.query import UNTUNED, SearchQuery
from search_index.tuning import TuningCache

NAMES = {"ndcg10": "nDCG@10", "map": "MAP", "recall100": "recall@100"}
LISTED = 20
"""Texts that lose, as listed at most."""
JUDGED_HITS = 5
"""Hits of a text that are shown to be judged."""
DAYS = 90
MOST_ASKED = 50
"""Texts that are judged where none is named: what readers searched for most in so many DAYS."""
KEYS = "[3] best, [2] well, [1] in part, [0] not, [n]ext, [t]ext skipped, [q]uit"

File = Annotated[
    Path,
    typer.Argument(metavar="FILE", help="CSV with text, slug and grade (0 to 3).", dir_okay=False),
]


def site(
    file: File,
    save: Annotated[
        Path | None, typer.Option(help="Keep this run's figures here, to compare with later.")
    ] = None,
    against: Annotated[
        Path | None, typer.Option(help="Compare with the run that was saved here.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the figures as JSON too, on the last line.")
    ] = False,
) -> None:
    """Ask your hub what was judged, and tell how well it answers, and what helps where it loses.

    Every text is asked as a reader without a token asks it, with the synonyms, pins and recency of
    the hub as they are, and once more without synonyms and pins. Searches are not counted.
    """
    try:
        grades = judgements.read(file)
        before = _read_saved(against) if against else None
    except (OSError, ValueError) as error:
        echo(f"hub: {error}", err=True)
        raise typer.Exit(1) from error

    async def work(db: Reader) -> SiteFigures:
        engine = open_configured(Settings())
        try:
            return await _measure(db, engine, grades)
        finally:
            await engine.close()

    figures = run(work)
    _print_figures(figures, before)
    rounded = {key: round(getattr(figures.tuned, key), 6) for key in NAMES}
    of_query = {text: round(value, 6) for text, value in figures.tuned.ndcg10_by_query.items()}
    if save:
        save.write_text(json.dumps(rounded | {"of_query": of_query}) + "\n", encoding="utf-8")
    if as_json:
        echo(json.dumps(rounded | {"of_query": of_query, "unknown": figures.unknown}))


@dataclass(frozen=True, slots=True)
class SiteFigures:
    """How well a hub answers: as it is tuned, and without its synonyms and pins.

    `grades` holds the public articles judged above 0, by text and id; `unknown` the slugs of which
    there is no public article. `rows` are the judged articles and the first hits. `lacking` are the
    texts of which no article has every word.
    """

    tuned: RelevanceMetrics
    untuned: RelevanceMetrics
    grades: Mapping[str, Mapping[int, int]]
    unknown: list[str]
    rows: Mapping[int, ArticleRow]
    lacking: frozenset[str]


async def _measure(
    db: Reader, engine: SearchEngine, judged: Mapping[str, Mapping[str, int]]
) -> SiteFigures:
    slugs = sorted({slug for grades in judged.values() for slug in grades})
    found = {slug: await articles.by_slug(db, slug, None, ANONYMOUS) for slug in slugs}
    ids = {slug: row.id for slug, row in found.items() if row is not None}
    grades = {
        text: {ids[slug]: grade for slug, grade in of_text.items() if grade and slug in ids}
        for text, of_text in judged.items()
    }
    texts = {text: text for text in judged}
    tuning = await TuningCache(db).current()
    tuned = await measure(engine, texts, grades, tuning)
    losing = [text for text, value in tuned.ndcg10_by_query.items() if value < 1]
    lacking = set()
    for text in losing:
        page = await engine.search(SearchQuery(text, limit=1, tuning=tuning))
        if not page.has_every_word:
            lacking.add(text)
    shown = {id_ for text in losing for id_ in (*grades[text], *tuned.rankings[text][:1])}
    return SiteFigures(
        tuned,
        tuned if tuning is UNTUNED else await measure(engine, texts, grades),
        grades,
        [slug for slug in slugs if slug not in ids],
        await articles.by_ids(db, shown, ANONYMOUS),
        frozenset(lacking),
    )


def _print_figures(figures: SiteFigures, before: Mapping[str, float] | None) -> None:
    if figures.unknown:
        echo(f"Of no public article: {', '.join(figures.unknown)}")
    echo(f"{figures.tuned.queries} texts with an article that answers them")
    for key, name in NAMES.items():
        value, without = getattr(figures.tuned, key), getattr(figures.untuned, key)
        change = f"  {value - before[key]:+.4f}" if before else ""
        echo(f"{name:12}{value:.4f}{change}   without synonyms and pins {without:.4f}")
    table = Table("text", "nDCG@10", "should come", "is", "instead comes", "what may help")
    losing = sorted(
        (value, text) for text, value in figures.tuned.ndcg10_by_query.items() if value < 1
    )
    for value, text in losing[:LISTED]:
        table.add_row(text, f"{value:.2f}", *_explain(figures, text))
    if losing:
        print_table(table)
    if len(losing) > LISTED:
        echo(f"{len(losing) - LISTED} more texts could be answered better.")


def _explain(figures: SiteFigures, text: str) -> Iterator[str]:
    """Yield the best judged article that is not where it should be, its rank, and what helps."""
    ranking, grades = figures.tuned.rankings[text], figures.grades[text]
    ideal = sorted(grades, key=lambda id_: (-grades[id_], _rank(ranking, id_)))
    misplaced = next(
        (
            id_
            for place, id_ in enumerate(ideal)
            if place >= len(ranking) or grades.get(ranking[place], 0) < grades[id_]
        ),
        ideal[0],
    )
    row = figures.rows.get(misplaced)
    rank = _rank(ranking, misplaced)
    first = figures.rows.get(ranking[0]) if ranking else None
    yield row.title if row else ""
    yield f"{rank}." if rank <= len(ranking) else "not found"
    yield first.title if first and first.id != misplaced else ""
    slug = row.slug if row else ""
    if rank > len(ranking) or text in figures.lacking:
        yield f"hub synonyms add, with a word of the text and one of “{slug}”"
    elif misplaced == ideal[0]:
        yield f'hub pins add "{text}" {slug}'
    else:
        yield "the parts of the scores: explain"


def _rank(ranking: Sequence[int], id_: int) -> int:
    """Return the place of a hit from 1, or one beyond them all."""
    return next((place for place, hit in enumerate(ranking, 1) if hit == id_), len(ranking) + 1)


def _read_saved(path: Path) -> dict[str, float]:
    saved = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(saved, dict) or not NAMES.keys() <= saved.keys():
        raise ValueError(f"{path} was not written by hub eval site --save")
    return {key: float(saved[key]) for key in NAMES}


def judge(
    file: File,
    texts: Annotated[
        list[str] | None,
        typer.Argument(metavar="[TEXT]...", help="What to ask. Without: what readers ask most."),
    ] = None,
) -> None:
    """Show the first hits of texts, and write down by single keys how well each answers.

    Every decision is in FILE at once, and what FILE judges already is not asked again. 3, 2, 1 and
    0 are grades, n leaves a hit, t its text, q ends. Without a terminal the keys are read from
    standard input.
    """
    try:
        judged = judgements.read(file) if file.exists() else {}
    except (OSError, ValueError) as error:
        echo(f"hub: {error}", err=True)
        raise typer.Exit(1) from error

    async def work(db: Reader) -> int:
        asked = texts or [
            row.text for row in await query_statistics.top(db, last_days(DAYS), MOST_ASKED)
        ]
        engine = open_configured(Settings())
        try:
            return await Judging(db, engine, file, judged, key_reader()).walk(asked)
        finally:
            await engine.close()

    echo(f"{run(work)} judgements were added to {file}.")


class Judging:
    """A walk through the first hits of texts."""

    def __init__(
        self,
        db: Reader,
        engine: SearchEngine,
        file: Path,
        judged: Mapping[str, Mapping[str, int]],
        read_key: Callable[[], str],
    ) -> None:
        self._db = db
        self._engine = engine
        self._file = file
        self._judged = judged
        self._read_key = read_key
        self._added = 0

    async def walk(self, texts: Iterable[str]) -> int:
        """Ask about each text until the texts or the keys end; return how many were judged."""
        tuning = await TuningCache(self._db).current()
        for text in texts:
            query = SearchQuery(text, limit=JUDGED_HITS, tuning=tuning)
            hits = [hit.id for hit in (await self._engine.search(query)).hits]
            rows = await articles.by_ids(self._db, hits, ANONYMOUS)
            found = [rows[id_] for id_ in hits if id_ in rows]
            if not self._judge_hits(text, found):
                break
        return self._added

    def _judge_hits(self, text: str, hits: list[ArticleRow]) -> bool:
        """Ask about each hit that is not judged yet; return False at the end of the keys."""
        known = self._judged.get(text, {})
        echo(f"── {text}" if hits else f"── {text}: nothing was found")
        for number, row in enumerate(hits, start=1):
            if row.slug in known:
                continue
            echo(f"{number}. {row.title}")
            if row.summary:
                echo(f"   {row.summary}")
            key = self._ask()
            if key in ("q", ""):
                return False
            if key == "t":
                break
            if key != "n":
                judgements.append(self._file, Judgement(text, row.slug, int(key)))
                self._added += 1
        return True

    def _ask(self) -> str:
        """Return a key that means something; others are asked for again."""
        while True:
            echo(f"{KEYS}? ", nl=False)
            key = self._read_key().lower()
            echo(key if key.isprintable() else "")
            if key in ("", "n", "t", "q") or key in map(str, range(MAX_GRADE + 1)):
                return key
            if not key.isspace():
                echo("That key means nothing here.")

"""`hub import`: read articles, related links and comments from files, and report."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, NamedTuple

import anyio
import typer

from hub.db.database import open_database
from hub.settings import Settings
from scripts.commands.content.media import open_copier
from scripts.commands.output import echo
from scripts.commands.progress import print_report, progress
from scripts.importers.options import Options
from scripts.importers.pipeline.bylines import Bylines
from scripts.importers.pipeline.download import is_url
from scripts.importers.pipeline.pictures import PictureImport
from scripts.importers.pipeline.remote_sink import RemoteSink
from scripts.importers.pipeline.report import Report
from scripts.importers.pipeline.run import Import
from scripts.importers.pipeline.sink import LocalSink, SinkError
from scripts.importers.registry import KINDS
from scripts.importers.source import SourceError


class Pictures(NamedTuple):
    """The options for pictures: whether they are copied, and from where besides."""

    copied: bool
    url: str
    folder: Path | None


def _parse_kind(name: str) -> str:
    if name not in KINDS:
        raise typer.BadParameter(f"{name!r} is none of {', '.join(KINDS)}")
    return name


Paths = Annotated[list[str] | None, typer.Argument(help="Files, folders, archives, addresses.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Write nothing; show what would change.")]
As = Annotated[
    str | None,
    typer.Option(
        "--as",
        parser=_parse_kind,
        metavar="KIND",
        help=f"Read the paths as this kind instead of detecting it: {', '.join(KINDS)}.",
    ),
]
Source = Annotated[
    str | None,
    typer.Option(help="Name of the source, under which a later import finds its articles."),
]
Language = Annotated[
    str | None, typer.Option(help="Language of articles that name none, as in en or pt-br.")
]
Columns = Annotated[
    str | None,
    typer.Option(help="The columns of a CSV file without a first row of names, as title,body."),
]
Map = Annotated[
    str | None,
    typer.Option("--map", help="Names of fields in JSONL and CSV, as title=headline,body=content."),
]
Taxonomies = Annotated[
    str | None,
    typer.Option(help="WordPress taxonomies that become topics too, as genre,series."),
]
Types = Annotated[
    str | None,
    typer.Option(help="WordPress post types that become articles too, as event,recipe."),
]
Authors = Annotated[
    Path | None,
    typer.Option(help="Who is who: CSV lines of from,name,slug, or JSON.", dir_okay=False),
]
Theirs = Annotated[
    bool, typer.Option("--theirs", help="Let the import win over edits made in the hub.")
]
AsDraft = Annotated[
    bool,
    typer.Option(
        "--as-draft", help="Bring new articles in as drafts; no later import publishes them."
    ),
]
Media = Annotated[
    bool,
    typer.Option(
        "--media", help="Copy the pictures into this hub, from beside the articles or the network."
    ),
]
MediaUrl = Annotated[
    str | None, typer.Option(help="Where pictures without a host are; it may be a private address.")
]
MediaFolder_ = Annotated[
    Path | None, typer.Option(help="A folder with the pictures, as wp-content/.", file_okay=False)
]
To = Annotated[
    str | None, typer.Option(help="Address of a hub elsewhere that takes the articles in.")
]
Token = Annotated[
    str | None,
    typer.Option(help="Its token; better given as the variable HUB_TOKEN.", envvar="HUB_TOKEN"),
]
ReportFile = Annotated[
    Path | None, typer.Option("--report", help="Keep the report here, as JSON.", dir_okay=False)
]
Retry = Annotated[
    Path | None,
    typer.Option(help="Import again what the run of this report refused.", dir_okay=False),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the report as JSON, on the last line.")]


def import_(
    paths: Paths = None,
    dry_run: DryRun = False,
    as_: As = None,
    source: Source = None,
    language: Language = None,
    columns: Columns = None,
    map_: Map = None,
    taxonomies: Taxonomies = None,
    types: Types = None,
    authors: Authors = None,
    theirs: Theirs = False,
    as_draft: AsDraft = False,
    media: Media = False,
    media_url: MediaUrl = None,
    media_folder: MediaFolder_ = None,
    to: To = None,
    token: Token = None,
    report_file: ReportFile = None,
    retry: Retry = None,
    as_json: AsJson = False,
) -> None:
    """Bring articles, related links and comments in from PATHS. Running it again changes nothing.

    Understood are exports of WordPress, Ghost, Movable Type, Substack, Medium, Notion and
    Drupal, feeds, JSONL and CSV, folders of Markdown with front matter, saved pages, and pages
    scraped to text; folders, archives and addresses of any of these. A record that cannot be
    read is told with its place and stops nothing. The exit status is 0 when all is in, 1 when
    records were refused, 2 when nothing could be read.
    """
    settings = Settings()
    options = Options(
        kind=as_,
        source=source,
        language=language or settings.language,
        detect_languages=language is None,
        columns=_split_names(columns) or None,
        taxonomies=_split_names(taxonomies),
        types=_split_names(types),
        mapping=_split_pairs(map_),
    )
    try:
        paths = _paths(paths or [], retry)
        bylines = Bylines.load(authors) if authors else None
        start = partial(
            Import,
            options=options,
            overwrite=theirs,
            dry_run=dry_run,
            bylines=bylines,
            progress=progress,
        )
        report = anyio.run(
            _import_into,
            to,
            token,
            as_draft,
            settings,
            start,
            paths,
            Pictures(media, media_url or "", media_folder),
        )
    except (SourceError, SinkError) as error:
        echo(f"hub: {error}", err=True)
        raise typer.Exit(2) from error
    _print(report, report_file, as_json)


async def _import_into(
    address: str | None,
    token: str | None,
    as_draft: bool,
    settings: Settings,
    start: Callable[..., Import],
    paths: Sequence[str],
    pictures: Pictures,
) -> Report:
    """Import `paths` into the hub at `address`, or into that of `settings`."""
    if address is not None and pictures.copied:
        raise SinkError("--media copies pictures into this hub, and --to imports into another one")
    if address is not None:
        async with RemoteSink(address, token, as_draft=as_draft) as hub:
            return await start(hub).run(paths)
    async with open_database(settings) as db:
        sink = LocalSink(as_draft=as_draft)
        if not pictures.copied:
            return await start(sink).run(paths)
        trusted = [pictures.url, *filter(is_url, paths)]
        async with open_copier(db, settings, pictures.url, trusted) as copier:
            importer = start(sink, pictures=PictureImport(db, copier, pictures.folder))
            return await importer.run(paths)


def _print(report: Report, report_file: Path | None, as_json: bool) -> None:
    """Print a report, keep it, and exit with its status unless that is 0."""
    print_report(report)
    if report_file:
        _write_report(report_file, report)
    if as_json:
        echo(json.dumps(report.as_dict(), ensure_ascii=False))
    if report.exit_status:
        raise typer.Exit(report.exit_status)


async def import_paths(
    paths: Sequence[Path], settings: Settings, *, overwrite: bool = False, dry_run: bool = False
) -> Report:
    """Import `paths` into the hub of `settings`, one after the other; return the report."""
    options = Options(language=settings.language)
    async with open_database(settings):
        importer = Import(LocalSink(), options, overwrite=overwrite, dry_run=dry_run)
        return await importer.run([str(path) for path in paths])


def _split_names(names: str | None) -> tuple[str, ...]:
    return tuple(name.strip() for name in (names or "").split(",")) if names else ()


def _split_pairs(pairs: str | None) -> tuple[tuple[str, str], ...]:
    parts = [pair.partition("=") for pair in _split_names(pairs)]
    if any(not name.strip() or not source.strip() for name, _, source in parts):
        raise typer.BadParameter(f"{pairs!r} is no list of pairs, as title=headline,body=content")
    return tuple((name.strip(), source.strip()) for name, _, source in parts)


def _paths(paths: list[str], retry: Path | None) -> list[str]:
    """Return the paths of the command line, or those that a report lists for a retry."""
    if retry is None:
        if not paths:
            raise SourceError(Path("PATHS"), "name what to import, or --retry with a report")
        return paths
    if paths:
        raise SourceError(retry, "a report names its own paths; give either it or paths")
    try:
        retried = json.loads(retry.read_text(encoding="utf-8"))["retry"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SourceError(retry, "it is no report of `hub import --report`") from error
    if not retried:
        raise SourceError(retry, "nothing was refused in that run")
    return [str(path) for path in retried]


def _write_report(path: Path, report: Report) -> None:
    """Write a report; an existing file is replaced atomically."""
    temporary = path.with_name(path.name + ".new")
    try:
        text = json.dumps(report.as_dict(), ensure_ascii=False, indent=1)
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text + "\n")
        os.replace(temporary, path)
    except OSError as error:
        echo(f"hub: the report cannot be written to {path} ({error.strerror})", err=True)

"""Output of commands. Texts of readers and sources are printed as they are, never interpreted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import Enum
from typing import Annotated, Any

import orjson
import typer
from rich.cells import cell_len
from rich.console import Console
from rich.segment import Segment
from rich.table import Table as RichTable
from rich.text import Text
from typing_extensions import override

from hub.logs import escape

Json = Annotated[bool, typer.Option("--json", help="Print JSON, an object a line.")]


class Table(RichTable):
    """A table whose cells are plain text, no markup, no control characters, and never cut.

    Words of a column with slugs stay on one line, to be copied, also where the window is narrow.
    """

    @override
    def add_row(self, *cells: str) -> None:  # type: ignore[override]  # text alone
        texts = [Text(escape(cell), overflow="fold") for cell in cells]
        super().add_row(*texts)
        for column, text in zip(self.columns, texts, strict=False):
            if "slug" in str(column.header):
                longest = max((cell_len(word) for word in text.plain.split()), default=0)
                column.min_width = max(column.min_width or 0, longest)


def print_table(table: Table) -> None:
    """Print a table on standard output; for one without rows, that there is nothing."""
    if table.row_count:
        console = Console()
        options = console.options
        # Slugs take more than their share of the window: the other columns give way.
        for width in range(max(console.width, 20), 19, -3):
            lines = Segment.split_lines(console.render(table, options.update_width(width)))
            if max(map(Segment.get_line_length, lines)) <= console.width:
                break
        console.print(table, width=width, crop=False)
    else:
        echo("There is nothing to list.")


def print_json_lines(rows: Iterable[Mapping[str, Any]]) -> None:
    """Print each row as an object of JSON on a line of its own."""
    for row in rows:
        echo(orjson.dumps(row).decode())


def print_rows(json: bool, columns: tuple[str, ...], rows: list[Any]) -> None:
    """Print named tuples as a table of these columns, or as JSON with all of them."""
    if json:
        print_json_lines(row._asdict() for row in rows)
        return
    table = Table(*(column.replace("_", " ") for column in columns))
    for row in rows:
        table.add_row(*(_cell(getattr(row, column)) for column in columns))
    print_table(table)


def _cell(value: object) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return "" if value is None else str(value.value if isinstance(value, Enum) else value)


def echo(text: str, *, err: bool = False, nl: bool = True) -> None:
    """Print a text on standard output or standard error, control characters escaped."""
    typer.echo(escape(text), err=err, nl=nl)

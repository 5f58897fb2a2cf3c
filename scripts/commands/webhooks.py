"""`hub webhooks`: the log of webhook messages, and retries."""

from __future__ import annotations

from typing import Annotated

import anyio
import typer

from hub import webhooks
from hub.auth import SYSTEM
from hub.db.database import open_database
from hub.settings import Settings
from hub.text.plurals import count_of
from scripts.commands.output import Json, Table, echo, print_json_lines, print_table

app = typer.Typer(help="Look at the messages of HUB_WEBHOOK_URLS, and send them again.")


@app.command("log")
def log_(
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Messages, the newest first.")] = 20,
    bodies: Annotated[bool, typer.Option("--bodies", help="Print each as JSON lines.")] = False,
    json: Json = False,
) -> None:
    """Show the last messages: to whom, what became of them, after how many tries."""

    async def work() -> tuple[list[webhooks.LogRow], dict[str, int]]:
        async with open_database(Settings()):
            return await webhooks.list_messages(limit, by=SYSTEM), await webhooks.waiting_counts()

    rows, waiting = anyio.run(work)
    if bodies:
        for row in rows:
            echo(row.body)
        return
    if json:
        print_json_lines(row._asdict() for row in rows)
        return
    table = Table("id", "target", "made", "status", "tries", "answer", "error")
    for row in rows:
        table.add_row(
            row.key,
            row.target,
            f"{row.created_at:%Y-%m-%d %H:%M:%S}",
            row.status.value,
            str(row.tries),
            "–" if row.answer is None else str(row.answer),
            row.error or "–",
        )
    print_table(table)
    for target, number in waiting.items():
        echo(f"{number} wait for {target}")


@app.command()
def retry() -> None:
    """Let the messages that were given up be sent again."""

    async def work() -> int:
        async with open_database(Settings()):
            return await webhooks.retry_failed(by=SYSTEM)

    echo(f"To be sent again: {count_of(anyio.run(work), 'message')}.")

"""`hub token`: make, list and revoke bearer tokens."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import anyio
import typer

from hub import tokens
from hub.auth import SYSTEM, Permission
from hub.db.database import open_database
from hub.db.timestamps import now
from hub.models import Role
from hub.settings import Settings
from scripts.commands.confirm import Yes, confirm
from scripts.commands.output import Json, Table, echo, print_json_lines, print_table

app = typer.Typer(help="Make, list and revoke the bearer tokens of writers, editors and scripts.")
_SCOPES = ", ".join(permission.value for permission in Permission)


@app.command()
def create(
    role: Annotated[Role, typer.Option(help="What its holder may do.", case_sensitive=False)],
    name: Annotated[str, typer.Option(help="Whose it is, as revisions will tell.")],
    scope: Annotated[
        list[str] | None, typer.Option(help=f"Narrow the role to these: {_SCOPES}. Repeatable.")
    ] = None,
    days: Annotated[int | None, typer.Option(min=1, help="Days until it expires.")] = None,
) -> None:
    """Make a token and print its secret, alone, on standard output. It is shown this once."""

    async def work() -> str:
        async with open_database(Settings()):
            return await tokens.create(
                name,
                role,
                by=SYSTEM,
                scopes=tuple(scope or ()),
                expires_at=now() + timedelta(days=days) if days else None,
            )

    echo(anyio.run(work))


@app.command("list")
def list_(json: Json = False) -> None:
    """Show every token: its number, name, role, scopes and times. Secrets are not kept."""

    async def work() -> list[tokens.TokenRow]:
        async with open_database(Settings()) as db:
            return await tokens.list_tokens(db, by=SYSTEM)

    rows = anyio.run(work)
    if json:
        print_json_lines(row._asdict() for row in rows)
        return
    table = Table("id", "name", "role", "scopes", "created", "expires", "last used", "revoked")
    for row in rows:
        times = (row.created_at, row.expires_at, row.last_used_at, row.revoked_at)
        table.add_row(
            str(row.id),
            row.name,
            row.role,
            row.scopes or "all",
            *(moment[:16] if moment else "–" for moment in times),
        )
    print_table(table)


@app.command()
def revoke(
    token_id: Annotated[int, typer.Argument(help="Its number in `hub token list`.")],
    yes: Yes = False,
) -> None:
    """Make a token useless at once, for good."""

    async def load() -> list[tokens.TokenRow]:
        async with open_database(Settings()) as db:
            return await tokens.list_tokens(db, by=SYSTEM)

    async def work() -> bool:
        async with open_database(Settings()):
            return await tokens.revoke(token_id, by=SYSTEM)

    names = {row.id: row.name for row in anyio.run(load) if row.revoked_at is None}
    if token_id in names:
        confirm(f"Token {token_id} ({names[token_id]}) will be useless for good.", yes)
    echo(f"Token {token_id} {'is revoked' if anyio.run(work) else 'was revoked already'}.")

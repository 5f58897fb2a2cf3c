"""The `hub` command: its subcommands, and the messages of its errors."""

from __future__ import annotations

import sys
from typing import Annotated

import typer
from pydantic import ValidationError
from tortoise.exceptions import BaseORMException

from hub.errors import DatabaseError, HubError
from schema.server.persisted_documents import ManifestError
from schema.types.site import VERSION
from scripts.commands import (
    audit,
    backup,
    bench,
    check,
    comments,
    eval,
    export,
    import_,
    imports,
    index,
    labels,
    migrate,
    people,
    schema,
    search,
    serve,
    token,
    tuning,
    webhooks,
)
from scripts.commands.content import (
    articles,
    graph,
    languages,
    links,
    previews,
    redirects,
    releases,
    review,
)
from scripts.commands.output import echo
from search_index.query import SearchError, UnknownEngine

app = typer.Typer(
    name="hub",
    help="A headless GraphQL content hub with search. Its settings: see `hub check`.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _print_version(is_set: bool) -> None:
    if is_set:
        echo(f"hub {VERSION}")
        raise typer.Exit


@app.callback()
def hub(
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version and exit."
        ),
    ] = False,
) -> None:
    """Take the options before the subcommand."""


app.command("serve")(serve.serve)
app.command("migrate")(migrate.migrate)
app.command("import")(import_.import_)
app.add_typer(imports.app, name="imports")
app.command("export")(export.export)
app.command("reindex")(index.reindex)
app.add_typer(index.app, name="index")
app.add_typer(token.app, name="token")
app.add_typer(articles.app, name="articles")
app.add_typer(releases.app, name="releases")
app.add_typer(previews.app, name="previews")
articles.app.command("detect-languages")(languages.detect_languages)
app.add_typer(redirects.app, name="redirects")
app.add_typer(graph.app, name="graph")
app.add_typer(links.app, name="links")
comments.app.command("review")(review.review)
app.add_typer(labels.topics, name="topics")
app.add_typer(labels.authors, name="authors")
app.add_typer(comments.app, name="comments")
app.add_typer(people.app, name="people")
app.add_typer(search.app, name="search")
app.add_typer(tuning.synonyms, name="synonyms")
app.add_typer(tuning.pins, name="pins")
app.add_typer(webhooks.app, name="webhooks")
app.add_typer(audit.app, name="audit")
app.add_typer(backup.app, name="backup")
app.command("restore")(backup.restore)
app.command("schema")(schema.schema)
app.command("check")(check.check)
app.add_typer(bench.app, name="bench")
app.add_typer(eval.app, name="eval")


def main() -> None:
    """Run the command line; errors of the hub are printed in one line, with exit status 1."""
    try:
        app(prog_name="hub")
    except UnknownEngine as error:
        echo(f"hub: HUB_SEARCH_URL: {error}", err=True)
        sys.exit(1)
    except (HubError, DatabaseError, ManifestError, SearchError) as error:
        echo(f"hub: {error}", err=True)
        sys.exit(1)
    except ValidationError as error:
        for detail in error.errors():
            message = detail["msg"].removeprefix("Value error, ")
            echo(f"hub: HUB_{str(detail['loc'][0]).upper()}: {message}", err=True)
        sys.exit(1)
    except BaseORMException as error:
        echo(f"hub: the database refused: {error}", err=True)
        sys.exit(1)

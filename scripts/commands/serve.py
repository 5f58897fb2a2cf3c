"""`hub serve`: migrate the database, start the server, and print its addresses."""

from __future__ import annotations

import http.client
import json
import os
import socket
import threading
import time
import urllib.error
import urllib.request
from http import HTTPStatus
from pathlib import Path
from typing import Annotated

import anyio
import typer
import uvicorn

from hub.db import database
from hub.settings import Settings
from schema.server.persisted_documents import load_trusted_documents
from scripts.commands.import_ import import_paths
from scripts.commands.output import echo
from scripts.server import allow_connections, uvicorn_options
from search_index.configured import open_configured

DEMO = Path(__file__).parents[1] / "demo"
READY_SECONDS = 120


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8000,
    workers: Annotated[
        int, typer.Option(min=1, max=64, help="Server processes; one of them keeps the index.")
    ] = 1,
    demo: Annotated[
        bool, typer.Option("--demo", help="Bring in the demo content if the hub is empty.")
    ] = False,
) -> None:
    """Serve the hub: GraphQL at /graphql, its schema at /schema.graphql, /healthz and /readyz.

    Creates and migrates the database first, and keeps the full-text index in step with it.
    """
    started = time.monotonic()
    settings = Settings()
    _check_port_is_free(host, port)
    anyio.run(_prepare, settings, demo)
    if workers > 1 and settings.rates == "auto":
        os.environ["HUB_RATES"] = "database"  # workers read their settings anew
    if settings.proxies and not ({"site_url", "allowed_hosts"} & settings.model_fields_set):
        echo(
            f"hub: addresses in feeds and pages will begin with http://{host}:{port}/; set "
            "HUB_SITE_URL, or HUB_ALLOWED_HOSTS to the hosts of the proxy.",
            err=True,
        )
    allow_connections(settings.max_connections)
    announced = (host, port, settings.introspection, started)
    echo("Starting the server and bringing its index up to date …")
    threading.Thread(target=_announce, args=announced, daemon=True).start()
    uvicorn.run(
        "hub.app:from_environment",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        **uvicorn_options(settings.max_connections),
    )


async def _prepare(settings: Settings, demo: bool) -> None:
    """Migrate before the workers start, and import the demo content if `demo` is set.

    Errors that would stop every worker, as in a manifest, are raised here and end the command.
    """
    await open_configured(settings).close()  # refuses an unknown URL, and reads no file
    if settings.trusted_documents is not None:
        load_trusted_documents(settings.trusted_documents)
    async with database.open_database(settings) as db:
        empty = not await db.rows("SELECT 1 FROM article LIMIT 1")
    if demo and empty:
        echo("The hub is empty: bringing in the demo content.")
        await import_paths([DEMO], settings)


def _check_port_is_free(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            echo(
                f"hub: cannot listen on {host}:{port} ({error.strerror}). Stop what does, or "
                f"choose another port: --port {port % 65535 + 1}",
                err=True,
            )
            raise typer.Exit(1) from error


def _is_ready(base: str) -> bool:
    """Return whether the server answers, and its index holds every save.

    Metrics are for private addresses: on another one, what `/readyz` tells everybody is enough.
    """
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{base}/readyz", timeout=2) as response:
            if json.load(response)["index"] != "ok":
                return False
        with opener.open(f"{base}/metrics", timeout=2) as response:
            return b"\nhub_outbox_events 0.0\n" in response.read()
    except urllib.error.HTTPError as error:
        return error.code == HTTPStatus.FORBIDDEN
    except (OSError, ValueError, KeyError, http.client.HTTPException):
        return False  # not up yet


def _announce(host: str, port: int, has_schema: bool, started: float) -> None:
    """Wait until the server is ready, then print its addresses, and the time since `started`."""
    host_name = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(
        host, f"[{host}]" if ":" in host else host
    )
    base = f"http://{host_name}:{port}"
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        if _is_ready(base):
            break
        time.sleep(0.1)
    else:
        echo(f"The server is not ready after {READY_SECONDS} s; see {base}/readyz", err=True)
        return
    search = '{ search(query: "harbour") { totalCount nodes { title } } }'
    body = json.dumps({"query": search})
    schema = f"\n  Schema      {base}/schema.graphql" if has_schema else ""
    echo(f"""
The hub is ready. That took {time.monotonic() - started:.0f} s.

  Start page  {base}/
  GraphiQL    {base}/graphql{schema}
  A search    curl {base}/graphql -H 'content-type: application/json' \\
                -d '{body}'

Stop it with Ctrl+C.""")

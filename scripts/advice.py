"""Advice of `hub check`: what works now and will not work well, and what to do about it.

Each rule looks at settings, at the machine or at the database, and says what it found only where
somebody can change it. None of it keeps the hub from running.
"""

from __future__ import annotations

import platform
import resource
import shutil
import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from hub.db.database import Reader
from hub.db.files import index_folder
from hub.db.timestamps import now
from hub.settings import Settings
from scripts.server import SPARE_FILES

CLOCK_SECONDS = 5.0
"""Seconds by which two clocks may differ."""

SPARE_BYTES = 200_000_000
"""Free space that a hub without an index should have."""


class Advice(NamedTuple):
    """What was found about a subject, and what to do about it."""

    subject: str
    finding: str
    action: str


def versions() -> str:
    """Return the versions of Python and SQLite."""
    return f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"


async def advise(settings: Settings, db: Reader) -> list[Advice]:
    """Return the advice for an open hub, in the order of its subjects. Four statements at most."""
    return [
        *_addresses(settings),
        *_proxies(settings),
        *_cors(settings),
        *_connections(settings),
        *_disk(settings),
        *(await _clock(db, settings)),
        *(await _tokens(db)),
    ]


def _addresses(settings: Settings) -> Iterator[Advice]:
    if "site_url" not in settings.model_fields_set:
        yield Advice(
            "address",
            f"feeds, sitemaps and links name {settings.site_url}",
            "set HUB_SITE_URL to the address at which readers find the site",
        )


def _proxies(settings: Settings) -> Iterator[Advice]:
    if urlsplit(settings.site_url).scheme == "https" and not settings.proxies:
        yield Advice(
            "proxies",
            "HUB_SITE_URL is https, which a proxy in front must speak, and HUB_PROXIES is 0: all"
            " readers behind it share the limits of one",
            "set HUB_PROXIES to the number of proxies",
        )


def _cors(settings: Settings) -> Iterator[Advice]:
    own, article = _origin(settings.site_url), _origin(settings.article_url)
    if article and article != own and not {article, "*"} & set(settings.cors_origins):
        yield Advice(
            "cors",
            f"articles are read at {article}, whose pages may not ask this hub from a browser",
            f"add {article} to HUB_CORS_ORIGINS, if they have a search box",
        )


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def _connections(settings: Settings) -> Iterator[Advice]:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if resource.RLIM_INFINITY != most < settings.max_connections + SPARE_FILES:
        yield Advice(
            "files",
            f"a process may open {most} files, too few for HUB_MAX_CONNECTIONS"
            f" ({settings.max_connections})",
            f"raise the limit (`ulimit -n`, LimitNOFILE of systemd) to"
            f" {settings.max_connections + SPARE_FILES}, or lower the setting",
        )


def _disk(settings: Settings) -> Iterator[Advice]:
    """A rebuild writes a second index beside the one that answers."""
    folder = index_folder(settings.search)
    if folder is None:
        return
    stored = sum(file.stat().st_size for file in folder.glob("gen-*/*") if file.is_file())
    free = shutil.disk_usage(_existing(folder)).free
    if free < stored + SPARE_BYTES:
        yield Advice(
            "disk",
            f"{free / 1e6:,.0f} MB are free where {folder} is; a rebuild writes"
            f" {stored / 1e6:,.0f} MB beside the index that answers",
            "free some space, or move HUB_SEARCH_URL to a larger disk",
        )


def _existing(folder: Path) -> Path:
    return folder if folder.exists() else _existing(folder.parent)


async def _clock(db: Reader, settings: Settings) -> list[Advice]:
    """Compare this machine's clock with PostgreSQL's, and with the last save in the database."""
    moment = now()
    if settings.database.startswith("postgres"):
        [[there]] = await db.rows("SELECT now()")
        if abs(_to_datetime(there) - moment) > timedelta(seconds=CLOCK_SECONDS):
            return [
                Advice(
                    "clock",
                    f"this machine says {moment:%Y-%m-%d %H:%M:%S} UTC, the database {there}",
                    "set both by NTP: dates of articles and plans depend on it",
                )
            ]
    rows = await db.rows("SELECT saved_at FROM revision ORDER BY id DESC LIMIT 1")
    last = rows[0][0] if rows else None
    if last is not None and _to_datetime(last) > moment + timedelta(seconds=CLOCK_SECONDS):
        return [
            Advice(
                "clock",
                f"this machine says {moment:%Y-%m-%d %H:%M:%S} UTC, the last save was at {last}",
                "set the clock by NTP: what is planned would come too late",
            )
        ]
    return []


def _to_datetime(value: object) -> datetime:
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return moment if moment.tzinfo else moment.replace(tzinfo=now().tzinfo)


async def _tokens(db: Reader) -> list[Advice]:
    [[tokens]] = await db.rows("SELECT count(*) FROM token")
    if tokens:
        return []
    action = "`hub token create --role admin --name NAME` makes one; commands need none"
    return [Advice("tokens", "there is no token: nobody can write by GraphQL", action)]

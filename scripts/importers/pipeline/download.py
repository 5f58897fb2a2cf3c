"""Download of sources from the web into a folder, where they are read like any other file."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from hub import egress
from scripts.importers.source import SourceError

MAX_BYTES = 2_000_000_000
MAX_REDIRECTS = 5
TIMEOUT = httpx.Timeout(30, connect=10)
"""Seconds without a byte; the total time of a download is not limited."""

_NAME = re.compile(r"[^\w.@-]+")


def is_url(path: str) -> bool:
    """Tell whether a path of the command line is a web url."""
    return path.startswith(("http://", "https://"))


def download(url: str, folder: Path) -> Path:
    """Download `url` into `folder`, under the name that its path ends with.

    Raises:
        SourceError: the download fails, or leads to an address that `hub.egress` refuses; the
            message is the reason.
    """
    parts = urlsplit(url)
    name = _NAME.sub("-", parts.path.rstrip("/").rpartition("/")[2]) or parts.hostname or "source"
    path = folder / name[-100:]
    try:
        with (
            httpx.Client(
                transport=egress.GuardedTransport(url),
                follow_redirects=True,
                max_redirects=MAX_REDIRECTS,
                timeout=TIMEOUT,
            ) as client,
            client.stream("GET", url, headers={"User-Agent": "content-hub import"}) as response,
            path.open("wb") as file,
        ):
            response.raise_for_status()
            for part in response.iter_bytes():
                file.write(part)
                if file.tell() > MAX_BYTES:
                    raise SourceError(url, f"it has more than {MAX_BYTES:,} bytes")
    except httpx.HTTPStatusError as error:
        status = f"{error.response.status_code} {error.response.reason_phrase}"
        raise SourceError(url, f"the server answered {status}") from error
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise SourceError(url, f"it cannot be fetched ({error})"[:300]) from error
    except OSError as error:
        raise SourceError(url, f"it cannot be kept ({error.strerror})") from error
    return path

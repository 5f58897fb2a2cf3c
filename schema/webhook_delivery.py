"""Messages of webhooks on their way: written, signed, sent, and sent again.

Signed as Standard Webhooks has it (https://github.com/standard-webhooks/standard-webhooks), so that
its libraries can tell a receiver whether a message is the hub's. One process of several sends to a
target; when it dies, another does.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import logging
import secrets
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic, time
from urllib.parse import urlsplit

import anyio
import httpx
import orjson
from prometheus_client.core import CounterMetricFamily, Metric

from hub import webhooks
from hub.db import leases
from hub.db.database import Reader
from hub.outbox import Place
from hub.settings import Settings
from hub.webhooks import Message
from schema import article_urls, ids
from schema.execution.cache_tags import told

log = logging.getLogger(__name__)

EVENT_TYPE = "content.changed"
LOOK_SECONDS = 0.2
"""How often it is looked at whether there is something to tell; 5 µs while nothing is committed."""

LEASE_SECONDS = 15.0
TIMEOUT_SECONDS = 10.0
"""Within which a receiver has to answer; below `LEASE_SECONDS`."""

FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 3600.0


@dataclass(slots=True)
class Figures:
    """What became of the messages that this process sent."""

    delivered: int = 0
    failed: int = 0
    given_up: int = 0

    def families(self) -> Iterator[Metric]:
        """They in Prometheus's words."""
        tries = CounterMetricFamily(
            "hub_webhook_deliveries",
            "Messages of webhooks that this process sent, by what became of it.",
            labels=("outcome",),
        )
        for outcome in ("delivered", "failed", "given_up"):
            tries.add_metric((outcome,), getattr(self, outcome))
        yield tries


class Deliverer:
    """Tells one target of every change, at least once, and in their order for each article."""

    def __init__(self, db: Reader, url: str, settings: Settings, figures: Figures) -> None:
        self.name = name_of(url)
        self._db = db
        self._url = url
        self._settings = settings
        self._keys = keys_of(settings.webhook_secret.get_secret_value())
        self._figures = figures
        self._holder = secrets.token_hex(8)
        self._is_leading = False
        self._renew_at = 0.0
        self._stamp = -1
        self._has_waiting = True

    async def run(self) -> None:
        """Deliver until cancelled; whatever goes wrong is logged and tried again."""
        limits = httpx.Limits(max_connections=1)
        async with httpx.AsyncClient(timeout=TIMEOUT_SECONDS, limits=limits) as client:
            try:
                while True:
                    try:
                        if await self._leads():
                            await self._deliver(client)
                    except Exception:
                        log.exception("Messages to %s could not be delivered", self.name)
                    await anyio.sleep(LOOK_SECONDS)
            finally:
                if self._is_leading:
                    with anyio.CancelScope(shield=True):
                        await leases.release(self._task, self._holder)

    @property
    def _task(self) -> str:
        return f"webhook {self.name}"

    async def _leads(self) -> bool:
        """Whether it is this process that delivers; renewed in good time."""
        if monotonic() >= self._renew_at:
            was_leading = self._is_leading
            self._is_leading = await leases.hold(self._db, self._task, self._holder, LEASE_SECONDS)
            self._renew_at = monotonic() + LEASE_SECONDS / 3
            self._has_waiting |= self._is_leading and not was_leading
        return self._is_leading

    async def _deliver(self, client: httpx.AsyncClient) -> None:
        """Send all that is to be sent now."""
        stamp = self._db.stamp()
        if stamp == self._stamp and not self._has_waiting:
            return
        self._stamp = stamp
        while await webhooks.has_events(self._db, self.name):
            if not await webhooks.form(self.name, self._written):
                break  # enough messages wait
        for message in await webhooks.due(self.name):
            if not await self._leads():
                return
            await self._send(client, message)
        self._has_waiting = await webhooks.is_waiting(self.name)

    async def _send(self, client: httpx.AsyncClient, message: Message) -> None:
        answer, error, wait = None, None, 0.0
        try:
            with anyio.fail_after(TIMEOUT_SECONDS):
                answer, wait = await self._posted(client, message)
            if not 200 <= answer < 300:
                error = f"answered {answer}"
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as failure:
            error = type(failure).__name__  # its text may hold the address
        if error is None and answer is not None:
            await webhooks.delivered(message, answer)
            self._figures.delivered += 1
            return
        await self._failed(message, error or "", answer, wait)

    async def _posted(self, client: httpx.AsyncClient, message: Message) -> tuple[int, float]:
        """The status of the receiver's answer, and the seconds that it asks to be left alone for.

        Redirects are not followed, and nothing of the answer's body is read.
        """
        moment = int(time())
        headers = {
            "content-type": "application/json",
            "user-agent": "content-hub",
            "webhook-id": message.key,
            "webhook-timestamp": str(moment),
            "webhook-signature": signature(self._keys, message.key, moment, message.body),
        }
        async with client.stream(
            "POST", self._url, content=message.body, headers=headers
        ) as response:
            after = response.headers.get("retry-after", "")
            return response.status_code, float(after) if after.isdigit() and len(after) < 6 else 0.0

    async def _failed(
        self, message: Message, error: str, answer: int | None, least_wait: float
    ) -> None:
        tries = message.tries + 1
        self._figures.failed += 1
        if tries >= self._settings.webhook_tries:
            self._figures.given_up += 1
            log.error("%s did not take message %s; given up: %s", self.name, message.key, error)
            await webhooks.failed(message, error, answer, None)
            return
        wait = min(max(pause(tries), least_wait), LONGEST_PAUSE_SECONDS)
        log.warning(
            "%s did not take message %s (%s); it is tried again in %.0f s",
            *(self.name, message.key, error, wait),
        )
        await webhooks.failed(message, error, answer, wait)

    def _written(self, tags: frozenset[str], places: Collection[Place], moment: datetime) -> str:
        return written(tags, places, moment, self._settings)


def written(
    tags: frozenset[str], places: Collection[Place], moment: datetime, settings: Settings
) -> str:
    """The body of a message: what to purge, by tags and by the addresses of articles."""
    urls = {
        article_urls.on_the_site(place, settings.article_url)
        or article_urls.in_the_hub(place, settings.site_url.rstrip("/") + "/")
        for place in places
    }
    numbers = sorted(int(tag.partition(":")[2]) for tag in tags if tag.startswith("article:"))
    content = {
        "type": EVENT_TYPE,
        "timestamp": moment.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "data": {
            "tags": sorted(told(tags)),
            "urls": sorted(urls),
            "articleIds": [ids.global_id(ids.ARTICLE, number) for number in numbers],
        },
    }
    return orjson.dumps(content).decode()


def signature(keys: Collection[bytes], id_: str, moment: int, body: str) -> str:
    """What `webhook-signature` holds: a signature by each key, the first being the newest."""
    signed = f"{id_}.{moment}.{body}".encode()
    return " ".join(
        "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode() for key in keys
    )


def keys_of(secret: str) -> list[bytes]:
    """The keys in a setting: words, of which one that begins with `whsec_` is base64."""
    keys = []
    for word in secret.split():
        key = word.encode()
        if word.startswith("whsec_"):
            with suppress(binascii.Error):  # no base64: a word like any other
                key = base64.b64decode(word.removeprefix("whsec_"), validate=True)
        keys.append(key)
    return keys


def name_of(url: str) -> str:
    """What stands for a target's address, which may hold a secret: its host, and a digest."""
    digest = hashlib.sha256(url.encode()).hexdigest()[:8]
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname}#{digest}"


def pause(tries: int) -> float:
    """Seconds from a failure to the next try: twice as long each time, at most an hour."""
    return min(FIRST_PAUSE_SECONDS * 2.0 ** min(tries - 1, 20), LONGEST_PAUSE_SECONDS)

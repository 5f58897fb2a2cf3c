"""Delivery of webhook messages: formatting, signing, sending, and retrying.

Signed according to Standard Webhooks (https://github.com/standard-webhooks/standard-webhooks), so
that receivers can verify messages with its libraries. One process of several sends to a target;
when it dies, another takes over.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import logging
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from time import time
from urllib.parse import urlsplit

import anyio
import httpx
import orjson
from prometheus_client.core import CounterMetricFamily, Metric

from hub import egress, webhooks
from hub.db.database import Reader
from hub.db.leases import Lease
from hub.errors import DatabaseError
from hub.outbox import ArticleLocation
from hub.settings import Settings
from hub.webhooks import Message
from schema import article_urls, ids
from schema.execution.cache_tags import expand

log = logging.getLogger(__name__)

POLL_SECONDS = 0.2
"""Interval of polling for events; a poll takes 5 µs while nothing is committed."""

TIMEOUT_SECONDS = 10.0
"""Timeout of a request to a receiver; below `hub.db.leases.LEASE_SECONDS`."""

MIN_RETRY_SECONDS = 1.0
MAX_RETRY_SECONDS = 3600.0


@dataclass(slots=True)
class DeliveryMetrics:
    """Counts of this process's attempts to deliver messages, by outcome."""

    delivered: int = 0
    failed: int = 0
    abandoned: int = 0

    def families(self) -> Iterator[Metric]:
        """Yield these counts as Prometheus metrics."""
        attempts = CounterMetricFamily(
            "hub_webhook_deliveries",
            "Messages of webhooks that this process sent, by what became of it.",
            labels=("outcome",),
        )
        attempts.add_metric(("delivered",), self.delivered)
        attempts.add_metric(("failed",), self.failed)
        attempts.add_metric(("given_up",), self.abandoned)
        yield attempts


class WebhookDispatcher:
    """Sends every change to one target, at least once, and in order for each article."""

    def __init__(self, db: Reader, url: str, settings: Settings, metrics: DeliveryMetrics) -> None:
        self.name = target_name(url)
        self._db = db
        self._url = url
        self._settings = settings
        self._keys = parse_keys(settings.webhook_secret.get_secret_value())
        self._metrics = metrics
        self._lease = Lease(db, f"webhook {self.name}")
        self._stamp = -1
        self._has_waiting = True

    async def run(self) -> None:
        """Deliver until cancelled; errors are logged, and the delivery is retried."""
        transport = egress.AsyncGuardedTransport(self._url, max_connections=1)
        async with httpx.AsyncClient(timeout=TIMEOUT_SECONDS, transport=transport) as client:
            try:
                while True:
                    try:
                        if await self._hold_lease():
                            await self._deliver(client)
                    except DatabaseError as error:
                        log.warning("No messages to %s are delivered: %s", self.name, error)
                    except Exception:
                        log.exception("Messages to %s could not be delivered", self.name)
                    await anyio.sleep(POLL_SECONDS)
            finally:
                await self._lease.release()

    async def _hold_lease(self) -> bool:
        """Return whether this process is the one that delivers."""
        was_held = self._lease.is_held
        is_held = await self._lease.hold()
        self._has_waiting |= is_held and not was_held
        return is_held

    async def _deliver(self, client: httpx.AsyncClient) -> None:
        """Create messages of the waiting events, and send those that are due."""
        stamp = self._db.stamp()
        if stamp == self._stamp and not self._has_waiting:
            return
        self._stamp = stamp
        while await webhooks.has_events(self._db, self.name):
            if not await webhooks.create_message(
                self.name, self._format_body, self._settings.webhook_events
            ):
                break  # the maximum of waiting messages is reached
        for message in await webhooks.due_messages(self.name):
            if not await self._hold_lease():
                return
            await self._send(client, message)
        self._has_waiting = await webhooks.has_messages(self.name)

    async def _send(self, client: httpx.AsyncClient, message: Message) -> None:
        status, error, wait = None, None, 0.0
        try:
            with anyio.fail_after(TIMEOUT_SECONDS):
                status, wait = await self._post(client, message)
            if not 200 <= status < 300:
                error = f"answered {status}"
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as failure:
            error = type(failure).__name__  # its text may contain the URL, which may be secret
        if error is None and status is not None:
            await webhooks.mark_delivered(message, status)
            self._metrics.delivered += 1
            return
        await self._record_failure(message, error or "", status, wait)

    async def _post(self, client: httpx.AsyncClient, message: Message) -> tuple[int, float]:
        """Post a message; return the response's status, and its Retry-After in seconds (or 0).

        Redirects are not followed, and the response's body is not read.
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

    async def _record_failure(
        self, message: Message, error: str, status: int | None, least_wait: float
    ) -> None:
        tries = message.tries + 1
        self._metrics.failed += 1
        if tries >= self._settings.webhook_tries:
            self._metrics.abandoned += 1
            log.error("%s did not accept message %s; given up: %s", self.name, message.key, error)
            await webhooks.mark_failed(message, error, status, None)
            return
        wait = min(max(retry_delay(tries), least_wait), MAX_RETRY_SECONDS)
        log.warning(
            "%s did not accept message %s (%s); trying again in %.0f s",
            *(self.name, message.key, error, wait),
        )
        await webhooks.mark_failed(message, error, status, wait)

    def _format_body(
        self, tags: frozenset[str], places: Collection[ArticleLocation], moment: datetime
    ) -> str:
        return format_body(tags, places, moment, self._settings)


def format_body(
    tags: frozenset[str], places: Collection[ArticleLocation], moment: datetime, settings: Settings
) -> str:
    """Format the body of a message: what to purge, by tags and by the URLs of articles."""
    urls = {
        article_urls.public_url(place, settings, settings.site_url.rstrip("/") + "/")
        for place in places
    }
    numbers = sorted(int(tag.partition(":")[2]) for tag in tags if tag.startswith("article:"))
    data: dict[str, list[str]] = {"tags": sorted(expand(tags))}
    comment_ids = sorted(int(tag.partition(":")[2]) for tag in tags if tag.startswith("comment."))
    if comment_ids:
        data = {"commentIds": [ids.global_id(ids.COMMENT, number) for number in comment_ids]}
    data["urls"] = sorted(urls)
    data["articleIds"] = [ids.global_id(ids.ARTICLE, number) for number in numbers]
    content = {
        "type": webhooks.type_of(" ".join(tags)),
        "timestamp": moment.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "data": data,
    }
    return orjson.dumps(content).decode()


def signature(keys: Collection[bytes], id_: str, moment: int, body: str) -> str:
    """Return the value of `webhook-signature`: a signature by each key, the newest first."""
    content = f"{id_}.{moment}.{body}".encode()
    return " ".join(
        "v1," + base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode() for key in keys
    )


def parse_keys(secret: str) -> list[bytes]:
    """Parse the keys in a setting: words; one that begins with `whsec_` is base64."""
    keys = []
    for word in secret.split():
        key = word.encode()
        if word.startswith("whsec_"):
            with suppress(binascii.Error):  # not base64: used as it is
                key = base64.b64decode(word.removeprefix("whsec_"), validate=True)
        keys.append(key)
    return keys


def target_name(url: str) -> str:
    """Return a name for a target's URL, which may contain a secret: its host, and a digest."""
    digest = hashlib.sha256(url.encode()).hexdigest()[:8]
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname}#{digest}"


def retry_delay(tries: int) -> float:
    """Return the seconds from a failure to the next try: doubled each time, at most an hour."""
    return min(MIN_RETRY_SECONDS * 2.0 ** min(tries - 1, 20), MAX_RETRY_SECONDS)

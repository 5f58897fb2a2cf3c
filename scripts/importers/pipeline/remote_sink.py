"""Sink that stores an import in a remote hub, through its GraphQL API."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from enum import Enum
from typing import Any
from urllib.parse import urlsplit

import anyio
import httpx
from pydantic.alias_generators import to_camel

from hub import egress
from hub.curation.dangling import DanglingLink
from hub.drafts import ArticleDraft, AuthorDraft, RelationDraft, TopicDraft
from hub.import_plan import WITHDRAWN, Action, Difference, Outcome, resolve_status
from hub.models import Status
from hub.text.bodies import Body
from scripts.importers.pipeline.sink import SinkError

MAX_ATTEMPTS = 6
FIRST_WAIT = 1.0
"""Seconds before the second attempt; each further wait is twice as long."""
MAX_WAIT = 60.0
TIMEOUT = httpx.Timeout(120, connect=10)

_IMPORT = """mutation Import($input: ImportArticlesInput!) { importArticles(input: $input) {
 __typename
 ... on ImportArticlesPayload { outcomes { key title action reason commentsAdded fields
  differences { field before after } } }
 ... on Problem { message } } }"""
_DANGLING = """query Dangling($sources: [String!]!) {
 danglingLinks(sources: $sources) { anchor url titles } }"""


class RemoteError(SinkError):
    """The remote hub does not accept the import."""


class _RequestTooLong(Exception):
    """A request that exceeds the remote hub's size limit."""


class RemoteSink:
    """A remote hub as a Sink. As a context manager, it closes its connections at the end."""

    def __init__(
        self,
        address: str,
        token: str | None,
        transport: httpx.AsyncBaseTransport | None = None,
        *,
        as_draft: bool = False,
    ) -> None:
        self._as_draft = as_draft
        self._url = _endpoint(address)
        if not token:
            raise RemoteError("a remote hub needs a token: --token, or the variable HUB_TOKEN")
        headers = {"Authorization": f"Bearer {token}", "User-Agent": "content-hub import"}
        self._http = httpx.AsyncClient(
            timeout=TIMEOUT,
            headers=headers,
            transport=transport or egress.AsyncGuardedTransport(self._url),
        )

    async def __aenter__(self) -> RemoteSink:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def start(self, paths: Sequence[str]) -> None:
        """Begin nothing: the other hub keeps no record of imports through its API."""

    async def finish(self, counts: dict[str, int]) -> int | None:
        """Return None: see `start`."""
        return None

    async def import_articles(
        self, drafts: Sequence[ArticleDraft], *, overwrite: bool, dry_run: bool
    ) -> list[Outcome]:
        """See `Sink.import_articles`. A batch that is too long for one request is halved.

        Raises:
            RemoteError: the hub refuses the token, or does not answer in MAX_ATTEMPTS attempts.
        """
        if not drafts:
            return []
        arguments = {
            "articles": [_to_input(draft) for draft in drafts],
            "theirs": overwrite,
            "dryRun": dry_run,
            **({"asDraft": True} if self._as_draft else {}),
        }
        try:
            data = await self._post(_IMPORT, {"input": arguments})
        except _RequestTooLong:
            if len(drafts) == 1:
                reason = "it is longer than that hub takes in one request (HUB_MAX_BODY_BYTES)"
                place = drafts[0].place or drafts[0].key
                return [Outcome(place, drafts[0].title, Action.REFUSED, reason=reason)]
            half = len(drafts) // 2
            first = await self.import_articles(drafts[:half], overwrite=overwrite, dry_run=dry_run)
            return first + await self.import_articles(
                drafts[half:], overwrite=overwrite, dry_run=dry_run
            )
        reply = data["importArticles"]
        if "outcomes" not in reply:
            raise RemoteError(f"{self._url}: {reply.get('message', reply['__typename'])}")
        return [
            _to_outcome(draft, outcome, as_draft=self._as_draft)
            for draft, outcome in zip(drafts, reply["outcomes"], strict=True)
        ]

    async def withdraw(self, source: str, keys: Sequence[str], *, dry_run: bool) -> list[Outcome]:
        """Return nothing: a remote hub takes articles, and is not told of those in a trash."""
        return []

    async def import_taxonomy(self, labels: Iterable[TopicDraft | AuthorDraft]) -> None:
        """See `Sink.import_taxonomy`."""
        labels = list(labels)
        for start in range(0, len(labels), 100):
            batch = labels[start : start + 100]
            topics = [_to_json(asdict(topic)) for topic in batch if isinstance(topic, TopicDraft)]
            authors = [
                _to_json(asdict(author)) for author in batch if isinstance(author, AuthorDraft)
            ]
            data = await self._post(_IMPORT, {"input": {"topics": topics, "authors": authors}})
            if "outcomes" not in data["importArticles"]:
                raise RemoteError(f"{self._url}: {data['importArticles'].get('message')}")

    async def dangling_edges(self, sources: Sequence[str]) -> list[DanglingLink]:
        """See `Sink.dangling_edges`; a hub of an earlier version does not name the articles."""
        variables = {"sources": list(sources)}
        try:
            data = await self._post(_DANGLING, variables)
        except RemoteError as error:
            if "titles" not in str(error):
                raise
            data = await self._post(_DANGLING.replace(" titles", ""), variables)
        return [
            DanglingLink(link["anchor"], link["url"], tuple(link.get("titles", ())))
            for link in data["danglingLinks"] or []
        ]

    async def unbound(self, relations: Sequence[RelationDraft]) -> list[RelationDraft]:
        """Return all `relations`: a remote dry run resolves relations within the import only."""
        return list(relations)

    async def _post(self, query: str, variables: dict[str, Any]) -> Any:
        """Post a query and return the response's data; retry after temporary failures."""
        reason, wait = "", FIRST_WAIT
        for attempt in range(MAX_ATTEMPTS):
            if attempt:
                await anyio.sleep(wait)
                wait = min(wait * 2, MAX_WAIT)
            try:
                response = await self._http.post(
                    self._url, json={"query": query, "variables": variables}
                )
            except httpx.HTTPError as error:
                reason = str(error) or type(error).__name__
                continue
            if response.status_code == 413:
                raise _RequestTooLong
            if response.status_code == 429 or response.status_code >= 500:
                reason = f"it answered {response.status_code} {response.reason_phrase}"
                retry_after = response.headers.get("retry-after", "")
                wait = min(float(retry_after), MAX_WAIT) if retry_after.isdigit() else wait
                continue
            data = self._data(response)
            retry_seconds = _retry_seconds(data)
            if retry_seconds is None:
                return data
            reason, wait = "its rate limit is exceeded", min(retry_seconds, MAX_WAIT)
        raise RemoteError(
            f"{self._url}: {reason}, {MAX_ATTEMPTS} times. Imported articles stay there: run the"
            " import again to go on."
        )

    def _data(self, response: httpx.Response) -> Any:
        try:
            payload = response.json()
        except ValueError as error:
            raise RemoteError(f"{self._url}: there is no hub that speaks GraphQL") from error
        errors = payload.get("errors") if isinstance(payload, dict) else None
        if errors or not isinstance(payload, dict):
            message = errors[0].get("message", "") if errors else "that is no GraphQL"
            raise RemoteError(f"{self._url}: {message}")
        return payload["data"]


def _endpoint(address: str) -> str:
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise RemoteError(f"{address!r} is no address of a hub, such as https://hub.example.org")
    path = parts.path.rstrip("/")
    return (
        f"{parts.scheme}://{parts.netloc}{path if path.endswith('/graphql') else path + '/graphql'}"
    )


def _retry_seconds(data: Any) -> float | None:
    """Return the seconds to wait when the hub's rate limit is exceeded; else None."""
    reply = (data or {}).get("importArticles") or {}
    return 15.0 if reply.get("__typename") == "RateLimited" else None


def _to_input(draft: ArticleDraft) -> dict[str, Any]:
    """Convert a draft to the mutation's input."""
    arguments: dict[str, Any] = _to_json(asdict(draft))
    del arguments["place"], arguments["languageIsOwn"]
    if draft.detected_language is None:  # an older hub does not know it
        del arguments["detectedLanguage"]
    arguments["metadata"] = [{"name": name, "value": value} for name, value in draft.metadata]
    return arguments


def _to_json(value: Any) -> Any:
    """Convert a value to JSON with camelCase names."""
    if isinstance(value, dict):
        if set(value) == {"content", "markup"}:
            return {Body(**value).markup.value.lower(): value["content"]}
        return {to_camel(name): _to_json(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_to_json(item) for item in value]
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, datetime) else value


def _to_outcome(draft: ArticleDraft, outcome: dict[str, Any], *, as_draft: bool) -> Outcome:
    is_created = outcome["action"] == Action.CREATED.value
    status = Status.DRAFT if as_draft and is_created else resolve_status(draft)[0]
    is_stored = outcome["action"] in (Action.CREATED.value, Action.UPDATED.value)
    return Outcome(
        place=draft.place or draft.key,
        title=outcome["title"],
        action=Action(outcome["action"]),
        reason=outcome["reason"],
        comments_added=outcome["commentsAdded"],
        fields=tuple(outcome["fields"]),
        differences=tuple(Difference(**difference) for difference in outcome["differences"]),
        withdrawn=WITHDRAWN in (outcome["reason"] or ""),
        status=status if is_stored else None,
    )

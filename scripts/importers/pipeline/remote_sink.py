"""A hub elsewhere that takes an import in, through its GraphQL API."""

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

from hub.drafts import ArticleDraft, AuthorDraft, Body, RelationDraft, TopicDraft
from hub.imports import Action, Difference, Outcome
from scripts.importers.pipeline.sink import SinkError

TRIES = 6
FIRST_WAIT = 1.0
"""Seconds before the second try; each further wait is twice as long."""
LONGEST_WAIT = 60.0
TIMEOUT = httpx.Timeout(120, connect=10)

_IMPORT = """mutation Import($input: ImportArticlesInput!) { importArticles(input: $input) {
 __typename
 ... on ImportArticlesPayload { outcomes { key title action reason commentsAdded fields
  differences { field before after } } }
 ... on Problem { message } } }"""
_DANGLING = """query Dangling($sources: [String!]!) {
 danglingLinks(sources: $sources) { anchor url } }"""


class RemoteError(SinkError):
    """The hub elsewhere does not take the import."""


class _TooLong(Exception):
    """A request that is longer than the hub reads."""


class RemoteHub:
    """See `scripts.importers.pipeline.sink.Sink`. A context: closes its connections at the end."""

    def __init__(
        self, address: str, token: str | None, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._url = _endpoint(address)
        if not token:
            raise RemoteError("a hub elsewhere needs a token: --token, or the variable HUB_TOKEN")
        headers = {"Authorization": f"Bearer {token}", "User-Agent": "content-hub import"}
        self._http = httpx.AsyncClient(timeout=TIMEOUT, headers=headers, transport=transport)

    async def __aenter__(self) -> RemoteHub:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def take_in(
        self, drafts: Sequence[ArticleDraft], *, theirs: bool, dry_run: bool
    ) -> list[Outcome]:
        """See `Sink.take_in`. A batch that is too long for one request is halved.

        Raises:
            RemoteError: the hub refuses the token, or does not answer however often it is asked.
        """
        if not drafts:
            return []
        given = {"articles": [_input(one) for one in drafts], "theirs": theirs, "dryRun": dry_run}
        try:
            answer = await self._ask(_IMPORT, {"input": given})
        except _TooLong:
            if len(drafts) == 1:
                reason = "it is longer than that hub takes in one request (HUB_MAX_BODY_BYTES)"
                place = drafts[0].place or drafts[0].key
                return [Outcome(place, drafts[0].title, Action.REFUSED, reason=reason)]
            half = len(drafts) // 2
            first = await self.take_in(drafts[:half], theirs=theirs, dry_run=dry_run)
            return first + await self.take_in(drafts[half:], theirs=theirs, dry_run=dry_run)
        told = answer["importArticles"]
        if "outcomes" not in told:
            raise RemoteError(f"{self._url}: {told.get('message', told['__typename'])}")
        return [_outcome(draft, one) for draft, one in zip(drafts, told["outcomes"], strict=True)]

    async def describe(self, labels: Iterable[TopicDraft | AuthorDraft]) -> None:
        """See `Sink.describe`."""
        labels = list(labels)
        for start in range(0, len(labels), 100):
            some = labels[start : start + 100]
            topics = [_plain(asdict(one)) for one in some if isinstance(one, TopicDraft)]
            authors = [_plain(asdict(one)) for one in some if isinstance(one, AuthorDraft)]
            told = await self._ask(_IMPORT, {"input": {"topics": topics, "authors": authors}})
            if "outcomes" not in told["importArticles"]:
                raise RemoteError(f"{self._url}: {told['importArticles'].get('message')}")

    async def dangling(self, sources: Sequence[str]) -> list[tuple[str, str | None]]:
        """See `Sink.dangling`."""
        found = await self._ask(_DANGLING, {"sources": list(sources)})
        return [(one["anchor"], one["url"]) for one in found["danglingLinks"] or []]

    async def unbound(self, wanted: Sequence[RelationDraft]) -> list[RelationDraft]:
        """All of `wanted`: a dry run foresees relations among what is imported alone."""
        return list(wanted)

    async def _ask(self, query: str, variables: dict[str, Any]) -> Any:
        """The data of an answer; asks again where that may help."""
        why, wait = "", FIRST_WAIT
        for attempt in range(TRIES):
            if attempt:
                await anyio.sleep(wait)
                wait = min(wait * 2, LONGEST_WAIT)
            try:
                answer = await self._http.post(
                    self._url, json={"query": query, "variables": variables}
                )
            except httpx.HTTPError as error:
                why = str(error) or type(error).__name__
                continue
            if answer.status_code == 413:
                raise _TooLong
            if answer.status_code == 429 or answer.status_code >= 500:
                why = f"it answered {answer.status_code} {answer.reason_phrase}"
                after = answer.headers.get("retry-after", "")
                wait = min(float(after), LONGEST_WAIT) if after.isdigit() else wait
                continue
            data = self._data(answer)
            limited = _limited(data)
            if limited is None:
                return data
            why, wait = "it takes no more this minute", min(limited, LONGEST_WAIT)
        raise RemoteError(
            f"{self._url}: {why}, {TRIES} times. What is in stays there: run the import again to"
            " go on."
        )

    def _data(self, answer: httpx.Response) -> Any:
        try:
            whole = answer.json()
        except ValueError as error:
            raise RemoteError(f"{self._url}: there is no hub that speaks GraphQL") from error
        errors = whole.get("errors") if isinstance(whole, dict) else None
        if errors or not isinstance(whole, dict):
            message = errors[0].get("message", "") if errors else "that is no GraphQL"
            raise RemoteError(f"{self._url}: {message}")
        return whole["data"]


def _endpoint(address: str) -> str:
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise RemoteError(f"{address!r} is no address of a hub, such as https://hub.example.org")
    path = parts.path.rstrip("/")
    return (
        f"{parts.scheme}://{parts.netloc}{path if path.endswith('/graphql') else path + '/graphql'}"
    )


def _limited(data: Any) -> float | None:
    """Seconds until the hub takes more, where it takes no more now."""
    told = (data or {}).get("importArticles") or {}
    return 15.0 if told.get("__typename") == "RateLimited" else None


def _input(draft: ArticleDraft) -> dict[str, Any]:
    """A draft as the mutation's input."""
    given: dict[str, Any] = _plain(asdict(draft))
    del given["place"]
    given["metadata"] = [{"name": name, "value": value} for name, value in draft.metadata]
    return given


def _plain(value: Any) -> Any:
    """Records as JSON in GraphQL's spelling."""
    if isinstance(value, dict):
        if set(value) == {"content", "markup"}:
            return {Body(**value).markup.value.lower(): value["content"]}
        return {to_camel(name): _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, datetime) else value


def _outcome(draft: ArticleDraft, told: dict[str, Any]) -> Outcome:
    return Outcome(
        place=draft.place or draft.key,
        title=told["title"],
        action=Action(told["action"]),
        reason=told["reason"],
        comments_added=told["commentsAdded"],
        fields=tuple(told["fields"]),
        differences=tuple(Difference(**one) for one in told["differences"]),
    )

"""`/1/events`: clicks on results, as Algolia's clients and the search box send them.

https://www.algolia.com/doc/rest-api/insights
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Iterator
from typing import Any, NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from hub.auth import ANONYMOUS
from hub.reads import articles
from hub.search.statistics import normalise
from hub.settings import Settings
from schema import ids
from schema.rate_limits import Limit
from schema.web.instantsearch.filters import BadParams
from schema.web.instantsearch.params import parse_json
from schema.web.instantsearch.responses import respond
from schema.web.search.query import reader_key
from search_index.query import MAX_DEPTH

MAX_CLICKS = 100
"""Clicks in one request, at most."""


class Click(NamedTuple):
    """A result that a reader chose: the text, the article's row id, and the place, from 1."""

    text: str
    article_id: int
    position: int


async def instantsearch_events(request: Request, settings: Settings) -> Response:
    """Serve `/1/events`: count the clicks in it, of all events. One statement."""

    async def compute(body: bytes) -> dict[str, Any]:
        clicks = parse_clicks(body)
        if not settings.track_clicks:
            return {"status": 200, "message": "Clicks are not counted: HUB_TRACK_CLICKS is off."}
        state, client = request.app.state, reader_key(request, settings)
        await state.rates.acquire(Limit.MUTATIONS, client, max(1, len(clicks)))
        rows = await articles.by_ids(state.db, {click.article_id for click in clicks}, ANONYMOUS)
        for click in clicks:
            if click.article_id in rows:
                state.search_counter.click(click.text, click.position, client)
        return {"status": 200, "message": "OK"}

    return await respond(request, settings, compute)


def query_id(text: str) -> str:
    """Return the id by which clicks name a search: its text, which no other process has to know."""
    return urlsafe_b64encode(normalise(text).encode()).decode()


def parse_clicks(body: bytes) -> list[Click]:
    """Return the clicks on results in a body; other events are left out.

    Raises:
        BadParams: an event cannot be read.
    """
    content = parse_json(body)
    events = content.get("events") if isinstance(content, dict) else None
    if not isinstance(events, list) or not all(isinstance(event, dict) for event in events):
        raise BadParams("Send an object with a list of events.")
    clicks = [click for event in events for click in _clicks_of(event)]
    if len(clicks) > MAX_CLICKS:
        raise BadParams(f"Send at most {MAX_CLICKS} clicks at once.")
    return clicks


def _clicks_of(event: dict[str, Any]) -> Iterator[Click]:
    text = event.get("query") if "query" in event else _text_of(event.get("queryID"))
    if event.get("eventType") != "click" or text is None:
        return
    if not isinstance(text, str):
        raise BadParams("query must be a text.")
    names, positions = event.get("objectIDs"), event.get("positions")
    if not isinstance(names, list) or not isinstance(positions, list):
        raise BadParams("A click on results has the lists objectIDs and positions.")
    if len(names) != len(positions):
        raise BadParams("objectIDs and positions must have the same length.")
    for name, position in zip(names, positions, strict=True):
        if type(position) is not int or not 1 <= position <= MAX_DEPTH:
            raise BadParams(f"A position must be from 1 to {MAX_DEPTH}.")
        parsed = ids.parse(name) if isinstance(name, str) else None
        if parsed is None or parsed[0] != ids.ARTICLE:
            raise BadParams("objectIDs must be those of hits.")
        yield Click(text, parsed[1], position)


def _text_of(query_id: object) -> str | None:
    """Return the text of an id of `query_id`; None without one. Raises BadParams."""
    if query_id is None:
        return None
    try:
        if isinstance(query_id, str):
            return urlsafe_b64decode(query_id).decode()
    except (Error, ValueError):
        pass
    raise BadParams("queryID must be that of a result of this hub.")

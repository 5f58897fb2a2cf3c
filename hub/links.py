"""Links of bodies written in the hub: edges to the articles that they name by address.

Imports bring the edges of their articles themselves (`hub.drafts.RelationDraft`). Here are those of
bodies that people write: a link counts if public articles of the hub come from its host, as readers
see what a link without a target names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

from hub import related, snapshots
from hub.auth import ANONYMOUS, article_condition
from hub.db.database import run, transaction
from hub.drafts import RelationDraft
from hub.models import Article, Relation, RelationKind, RelationOrigin
from hub.text import markup
from hub.text.slugs import url_key

_FILE = re.compile(r"\.(?!html?$|php$|aspx?$)[a-z][a-z0-9]{1,4}$", re.IGNORECASE)
BATCH = 100
MAX_HOSTS = 100
"""Hosts of the links in one body that are looked up, at most."""


class Linked(NamedTuple):
    """An article whose links were stored: its id and title, and the number of new edges."""

    id: int
    title: str
    edges: int


async def link_body(article: Article, former: str = "") -> list[related.Edge]:
    """Store the edges of a body that was written, in the transaction of its save; return changes.

    Those of links that are gone go, unless an import brought the article; `former` is the body
    before. No statement for bodies without links to web addresses; else two, and more if an edge
    comes or goes.
    """
    drafts = find_links(article)
    if not drafts and "<a " not in former:
        return []
    edges = await Relation.filter(source_id=article.id).exclude(origin=RelationOrigin.DERIVED)
    removed = [
        edge
        for edge in edges
        if article.source is None
        and (edge.kind, edge.origin) == (RelationKind.INLINE, RelationOrigin.IMPORT)
        and edge.wanted_url not in drafts
    ]
    await Relation.filter(id__in=[edge.id for edge in removed]).delete()
    rank = 1 + max((edge.rank for edge in edges), default=-1)
    free = max(0, related.MAX_EDGES - len(edges) + len(removed))
    rows = [
        await Relation.create(
            source_id=article.id,
            kind=RelationKind.INLINE,
            origin=RelationOrigin.IMPORT,
            rank=rank + number,
            position=draft.position,
            anchor=draft.anchor[:500],
            url=draft.url,
            wanted_url=url_key(str(draft.url)),
        )
        for number, draft in enumerate((await _missing(drafts, edges))[:free])
    ]
    created = [related.Edge(row.id, article.id, None, shown=True) for row in rows]
    bound = await related.bind_edges(row.id for row in rows) if rows else []
    ended = [related.Edge(edge.id, article.id, edge.target_id) for edge in removed]  # type: ignore[attr-defined]
    return [*created, *bound, *ended]


@transaction
async def rewrite(after: int, *, dry_run: bool) -> tuple[int | None, list[Linked]]:
    """Store the edges of bodies that were saved before their links counted, of 100 articles by id.

    Returns the id of the last one, None after the end, and those that got edges, or would.
    """
    articles = await Article.filter(id__gt=after).order_by("id").limit(BATCH)
    linked = []
    for article in articles:
        drafts = find_links(article)
        if not drafts:
            continue
        edges = await Relation.filter(source_id=article.id).exclude(origin=RelationOrigin.DERIVED)
        missing = len((await _missing(drafts, edges))[: max(0, related.MAX_EDGES - len(edges))])
        if not missing:
            continue
        linked.append(Linked(int(article.id), article.title, missing))
        if not dry_run:
            changes = await link_body(article)
            await snapshots.amend(int(article.id))
            await related.announce_edges(changes)
    return (int(articles[-1].id) if articles else None), linked


async def _missing(
    drafts: Mapping[str, RelationDraft], edges: Sequence[Relation]
) -> list[RelationDraft]:
    """Return the links without an edge, to hosts from which public articles of the hub come."""
    targets = {edge.wanted_url for edge in edges}
    fresh = await from_own_hosts([key for key in drafts if key not in targets])
    return [draft for key, draft in drafts.items() if key in fresh]


def find_links(article: Article) -> dict[str, RelationDraft]:
    """Return the links of a body to pages, by the normal form of their addresses, in order.

    Relative ones count if the article has a canonical address.
    """
    if "<a " not in article.body_html:
        return {}
    links: dict[str, RelationDraft] = {}
    own = url_key(article.canonical_url or "")
    for link in markup.links(article.body_html):
        try:
            url = urljoin(article.canonical_url or "", link.href.strip())
            parts = urlsplit(url)
        except ValueError:
            continue
        is_page = parts.scheme in ("http", "https") and not _FILE.search(parts.path)
        key = url_key(url) if is_page and len(url) <= 2000 and not link.href.startswith("#") else ""
        if key and key != own:
            draft = RelationDraft(
                kind=RelationKind.INLINE,
                anchor=link.text or url,
                url=url.partition("#")[0],
                position=link.position,
            )
            links.setdefault(key, draft)
    return links


async def from_own_hosts(keys: Sequence[str]) -> set[str]:
    """Return those of the keys from whose hosts public articles of the hub come. One statement."""
    hosts = list(dict.fromkeys(_host(key) for key in keys))[:MAX_HOSTS]
    if not hosts:
        return set()
    public = article_condition(ANONYMOUS, "k.article_id")
    args: list[object] = []
    for host in hosts:
        args += [host, f"{host}/", f"{host}0", f"{host}?", f"{host}@", *public.args]
    rows = await run(
        " UNION ALL ".join(
            f"SELECT {number} AS host WHERE EXISTS (SELECT 1 FROM address k WHERE (k.url_key = ?"
            " OR (k.url_key >= ? AND k.url_key < ?) OR (k.url_key >= ? AND k.url_key < ?))"
            f" AND {public.sql})"
            for number in range(len(hosts))
        ),
        args,
    )
    own_hosts = {hosts[row["host"]] for row in rows}
    return {key for key in keys if _host(key) in own_hosts}


def _host(key: str) -> str:
    return re.split("[/?]", key, maxsplit=1)[0]

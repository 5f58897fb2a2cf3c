"""Edges of imports that lead to no article, for their reports."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hub.auth import Viewer, article_condition, dangling_condition
from hub.db.database import marks, run
from hub.drafts import RelationDraft
from hub.text.slugs import headline_key, url_key


async def dangling_edges(sources: Iterable[str], viewer: Viewer) -> list[tuple[str, str | None]]:
    """Return the (anchor, url) of edges from articles of these sources that lead to no article.

    Those from articles, and except those to articles, that `viewer` may see.
    """
    names = list(sources)
    source, target = (article_condition(viewer, f"r.{end}_id") for end in ("source", "target"))
    dangles = dangling_condition(viewer, "target_id")
    rows = await run(
        "SELECT DISTINCT r.anchor, r.url FROM relation r JOIN article a ON a.id = r.source_id"
        f" WHERE a.source IN ({marks(names)}) AND {dangles} AND {source.sql}"
        f" AND NOT {target.sql} ORDER BY r.anchor, r.url",
        [*names, *source.args, *target.args],
    )
    return [(row["anchor"], row["url"]) for row in rows]


async def unbound_relations(drafts: Sequence[RelationDraft]) -> list[RelationDraft]:
    """Return those drafts that name no stored article. Three statements at most."""
    urls = [url_key(draft.url) for draft in drafts if draft.url]
    slugs = [draft.slug for draft in drafts if draft.slug]
    headlines = [headline_key(draft.anchor) for draft in drafts if draft.by_headline]
    existing = set[tuple[str, str]]()
    for kind, sql, keys in (
        ("url", "SELECT url_key FROM address WHERE url_key IN ({})", urls),
        (
            "slug",
            "SELECT slug FROM article WHERE slug IN ({0})"
            " UNION SELECT slug FROM slug_history WHERE slug IN ({0})",
            slugs,
        ),
        ("headline", "SELECT headline_key FROM article WHERE headline_key IN ({})", headlines),
    ):
        if keys:
            rows = await run(sql.format(marks(keys)), keys * (2 if kind == "slug" else 1))
            existing |= {(kind, row[0]) for row in rows}
    return [
        draft
        for draft in drafts
        if not existing
        & {
            ("url", url_key(draft.url or "")),
            ("slug", draft.slug or ""),
            ("headline", headline_key(draft.anchor) if draft.by_headline else ""),
        }
    ]

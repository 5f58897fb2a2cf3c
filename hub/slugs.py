"""Automatic slugs, and contests over them: a hidden article never wins one against a public one.

A number after a slug tells everybody that another article has the slug without it. So an article
that becomes public takes the first of `name`, `name-2`, … that no public article has; a hidden one
that has it gives way. Names that were public once, and those that an editor has chosen, stay.
"""

from __future__ import annotations

from collections.abc import Sequence

from hub import audit, outbox
from hub.auth import Viewer
from hub.db.database import marks, run
from hub.models import Article, Status
from hub.text.slugs import slug_of


async def new_slug(base: str, language: str, status: Status, by: Viewer) -> str:
    """Return the slug of an article that is created with this status, made of `base`.

    A hidden one gets the first that no article of that language has, a public one the first that
    no public article has.
    """
    if status is Status.PUBLISHED:
        return await _take(base, language, by, own_id=0)
    return _first_free(base, set(await _rivals(base, language)))


async def slug_in_public(article: Article, by: Viewer, base: str | None = None) -> str:
    """Return the slug of a stored article that becomes public, in the transaction of its save.

    `base` is what its source gives, None for what its title does. An article that was public before
    keeps its slug, and so does one whose slug was chosen. Two statements; up to seven more where
    the slug has a number.
    """
    bases = [base] if base else await _bases([article.id])
    made_of = next((base for base in bases if is_made_of(article.slug, base)), None)
    if made_of in (None, article.slug) or await _protected([article.id]):
        return article.slug
    return await _take(str(made_of), article.language, by, own_id=article.id)


async def _take(base: str, language: str, by: Viewer, own_id: int) -> str:
    """Return the first slug that no public article has, and move a hidden one that has it."""
    holders = await _rivals(base, language)
    rivals = {slug: id_ for slug, id_ in holders.items() if id_ != own_id}
    protected = await _protected(list(rivals.values()))
    slug = _first_free(base, {slug for slug, id_ in rivals.items() if id_ in protected})
    if slug in rivals:
        await _move(rivals[slug], slug, language, by)
    return slug


def is_made_of(slug: str, base: str) -> bool:
    """Return whether a slug is `base`, or `base` with a number."""
    stem, _, number = slug.rpartition("-")
    return slug == base or (stem == base and number.isdigit())


def choose_slug(base: str, current: str) -> str:
    """Return the current slug if it is `base` with a number appended, else `base`."""
    return current if is_made_of(current, base) else base


def _first_free(base: str, used: set[str]) -> str:
    slug, number = base, 1
    while slug in used:
        number += 1
        slug = f"{base}-{number}"
    return slug


async def _rivals(base: str, language: str) -> dict[str, int]:
    """Return the ids of the articles whose slug begins with `base`, by their slugs."""
    rows = await run(
        "SELECT slug, id FROM article WHERE language = ? AND slug >= ? AND slug < ?",
        [language, base, base + "-\U0010ffff"],
    )
    return {row["slug"]: int(row["id"]) for row in rows}


async def _bases(article_ids: Sequence[int]) -> list[str]:
    """Return what the titles of these articles give as slugs, those of their versions too."""
    rows = await run(
        f"SELECT title FROM article WHERE id IN ({marks(article_ids)}) UNION"
        f" SELECT title FROM revision WHERE article_id IN ({marks(article_ids)})",
        [*article_ids, *article_ids],
    )
    return [slug_of(row["title"]) or "article" for row in rows]


async def _protected(article_ids: Sequence[int]) -> set[int]:
    """Return which of these articles keep their slugs: public now or once, or chosen by hand.

    A slug was chosen if neither a title that the article has had gives it, nor a source.
    """
    if not article_ids:
        return set()
    rows = await run(
        "SELECT a.id, a.slug, a.status, a.source, a.title, v.title AS title_then,"
        " v.status AS status_then FROM article a"
        f" LEFT JOIN revision v ON v.article_id = a.id WHERE a.id IN ({marks(article_ids)})",
        list(article_ids),
    )
    was_public, automatic = set[int](), set[int]()
    for row in rows:
        if Status.PUBLISHED.value in (row["status"], row["status_then"]):
            was_public.add(row["id"])
        titles = filter(None, (row["title"], row["title_then"]))
        if row["source"] or any(
            is_made_of(row["slug"], slug_of(title) or "article") for title in titles
        ):
            automatic.add(row["id"])
    return {row["id"] for row in rows if row["id"] in was_public or row["id"] not in automatic}


async def _move(article_id: int, slug: str, language: str, by: Viewer) -> None:
    """Give a hidden article another slug than this. That is no save: no version, no revision.

    The audit trail tells who made it give way.
    """
    bases = await _bases([article_id])
    base = next((base for base in bases if is_made_of(slug, base)), slug)
    other = _first_free(base, {slug, *await _rivals(base, language)})
    await run("UPDATE article SET slug = ? WHERE id = ?", [other, article_id])
    changes = {"slug": (slug, other)}
    await audit.record("article.rename", "Article", article_id, by=by, changes=changes)
    await outbox.record([article_id])
    await outbox.announce([f"article:{article_id}"])

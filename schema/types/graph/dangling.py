"""Unresolved links of imported articles, for editors."""

from __future__ import annotations

from typing import Annotated

import strawberry

from hub.auth import Permission
from hub.curation import dangling
from hub.errors import Invalid
from schema.context import Info
from schema.types.fields import field

MAX_SOURCES = 100
MAX_LINKS = 1_000
MAX_TITLES = 100


@strawberry.type(description="A link that leads to no article yet.")
class DanglingLink:
    """See `hub.curation.dangling.dangling_edges`."""

    anchor: str = field("The words of the link, or the headline that it names.")
    url: str | None = field("The address that it names.")
    titles: list[str] = field("The headlines of the articles that hold it, at most 100.")


async def dangling_links(
    info: Info,
    sources: Annotated[
        list[str], strawberry.argument(description="The sources of the articles, at most 100.")
    ],
) -> list[DanglingLink]:
    """Return the first 1,000 unresolved links of these sources. Raises NotAllowed, Invalid."""
    info.context.viewer.require(Permission.WRITE)
    if len(sources) > MAX_SOURCES:
        raise Invalid("sources", f"must be at most {MAX_SOURCES}")
    links = await dangling.dangling_edges(sources, info.context.viewer)
    return [
        DanglingLink(anchor=link.anchor, url=link.url, titles=list(link.titles[:MAX_TITLES]))
        for link in links[:MAX_LINKS]
    ]

"""Links of imported articles that lead nowhere yet, for editors."""

from __future__ import annotations

from typing import Annotated

import strawberry

from hub import imports
from hub.auth import Permission
from hub.errors import Invalid
from schema.context import Info
from schema.types.fields import shown

MAX_SOURCES = 100
MAX_LINKS = 1_000


@strawberry.type(description="A link that leads to no article yet.")
class DanglingLink:
    """See `hub.imports.dangling`."""

    anchor: str = shown("The words of the link, or the headline that it names.")
    url: str | None = shown("The address that it names.")


async def dangling_links(
    info: Info,
    sources: Annotated[
        list[str], strawberry.argument(description="The sources of the articles, at most 100.")
    ],
) -> list[DanglingLink]:
    """The first 1,000 of them. Raises NotAllowed, Invalid."""
    info.context.viewer.require(Permission.WRITE)
    if len(sources) > MAX_SOURCES:
        raise Invalid("sources", f"must be at most {MAX_SOURCES}")
    found = await imports.dangling(sources)
    return [DanglingLink(anchor=anchor, url=url) for anchor, url in found[:MAX_LINKS]]

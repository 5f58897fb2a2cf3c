"""The Embed type: a film, sound, post or other page that a body shows."""

from __future__ import annotations

import strawberry

from schema.types.enums import EmbedKind
from schema.types.fields import field


@strawberry.type(
    description="A film, a sound, a post, code or a document that stands elsewhere and is shown in "
    'a text, where it is `<figure data-embed="provider">` around a link.'
)
class Embed:
    """Resolved from an `hub.text.embeds.Embed`."""

    url: str = field("Its address, as the source gives it.")
    provider: str = field(
        "Who shows it, as in `youtube`, `soundcloud` or `gist`; the host of another, and `file` "
        "for a file with a relative address."
    )
    kind: EmbedKind = field("What it is.")
    title: str | None = field("Its title, if the source has one.")
    thumbnail: str | None = field("The address of its preview picture, if the source has one.")

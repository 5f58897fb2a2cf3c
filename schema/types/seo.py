"""The Seo type: what search engines and social networks are told of an article."""

from __future__ import annotations

import strawberry
from strawberry import Parent

from hub.text import seo
from schema.types.fields import field, resolved
from schema.types.image import Image, Picture, picture


def _image(parent: Parent[seo.Seo]) -> Picture | None:
    return picture(parent.image, None)


@strawberry.type(description="What search engines and social networks are told of an article.")
class Seo:
    """Resolved from a `hub.text.seo.Seo`."""

    title: str | None = field("The whole title of its page; null for the headline.")
    description: str | None = field("What it is about; null for the summary.")
    image: Image | None = resolved(_image, "The picture to share; null for that of the article.")
    noindex: bool = field(
        'Whether search engines are to leave it out: for `<meta name="robots">`. The sitemap of '
        "the hub does."
    )

"""The input of what search engines and social networks are told of an article."""

from __future__ import annotations

import strawberry

from hub.text.seo import Seo
from schema.mutations.inputs import optional


@strawberry.input(
    description="What search engines and social networks are told of an article. It replaces what "
    "was there, whole."
)
class SeoInput:
    """See `hub.text.seo.Seo`."""

    title: str | None = optional("The whole title of its page, at most 500 characters.")
    description: str | None = optional("What it is about, at most 2,000 characters.")
    image: str | None = optional("The address of a picture to share.")
    noindex: bool = optional("Whether search engines are to leave it out.", False)

    def seo(self) -> Seo:
        """Return it as the services take it."""
        return Seo(self.title, self.description, self.image, self.noindex)

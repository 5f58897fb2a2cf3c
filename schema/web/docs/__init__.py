"""`/docs/`: the documentation of the hub as a site, served where the hub runs from its clone.

Belongs here: the Markdown of `docs/` as pages, their order, and the search in them.
Does not: other pages (`schema.web.pages`), the layout of all pages (`schema.web.html_pages`).
"""

from schema.web.docs.source import MOVED, docs

__all__ = ["MOVED", "docs"]

"""Pages scraped to text: headline, body and related lines, without the boilerplate.

Belongs here: telling the lines of a scrape apart.
Does not: saved HTML pages (`scripts.importers.html`).
"""

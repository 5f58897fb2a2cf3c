"""Pages scraped to text: headline, body and related lines, without the boilerplate.

Belongs here: classifying the lines of a scrape.
Does not: saved HTML pages (`scripts.importers.html`).
"""

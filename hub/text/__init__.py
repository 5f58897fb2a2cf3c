"""Pure functions on text: sanitising HTML, Markdown, slugs, checks of values.

Belongs here: what needs no database and no settings, and is used by services and importers.
Does not: analysis of text for search (`search_index.text`).
"""

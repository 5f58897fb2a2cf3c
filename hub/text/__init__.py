"""Pure functions on text: sanitising HTML, Markdown, slugs, validation of values.

Belongs here: code without database and settings, used by services and importers.
Does not: analysis of text for search (`search_index.text`).
"""

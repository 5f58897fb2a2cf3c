"""RSS, Atom and JSON Feed: selecting the articles, their items, and the three formats.

Belongs here: anything that only a feed holds.
Does not: reading feeds of others (`scripts.importers.feeds`), sitemaps (`schema.web.discovery`).
"""

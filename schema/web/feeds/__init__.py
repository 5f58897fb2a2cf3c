"""RSS, Atom and JSON Feed: selecting the articles, their items, and the three formats.

Belongs here: anything that only a feed contains.
Does not: reading other feeds (`scripts.importers.feeds`), sitemaps (`schema.web.discovery`).
"""

"""Feeds as sources: RSS, RDF, Atom, JSON Feed, and exports of Blogger.

Belongs here: reading feeds of other sites.
Does not: the feeds that the hub serves (`schema.web.feeds`).
"""

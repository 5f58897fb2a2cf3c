"""Feeds as sources: RSS, RDF, Atom, JSON Feed, and exports of Blogger.

Belongs here: what is read from a feed of others.
Does not: the feeds that the hub serves (`schema.web.feeds`).
"""

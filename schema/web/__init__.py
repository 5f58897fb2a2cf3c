"""Pages, feeds and other HTTP endpoints beside GraphQL, all for anonymous viewers.

Belongs here: an endpoint with an address of its own, and helpers that such endpoints share.
Does not: `/graphql` (`schema.server`).
"""

"""Pages, feeds and other HTTP endpoints beside GraphQL. All show what an anonymous viewer may see.

Belongs here: an endpoint with an address of its own, and what such endpoints share.
Does not: `/graphql` (`schema.server`).
"""

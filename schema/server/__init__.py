"""GraphQL over HTTP, websockets and event streams: endpoint, parsing of requests, response cache.

Belongs here: code that reads an ASGI scope or writes the response to `/graphql`.
Does not: executing an operation (`schema.execution`), other pages and feeds (`schema.web`).
"""

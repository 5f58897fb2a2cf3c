"""The GraphQL API and the web pages of the hub: thin types over the rows of `hub.reads`.

Belongs here: what a client can ask for, and the way from its request to the response.
Does not: rules and SQL (`hub`), searching (`search_index`).
"""

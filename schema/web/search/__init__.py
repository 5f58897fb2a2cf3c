"""Site search over plain HTTP: result page, OpenSearch suggestions, documents of the search box.

Belongs here: an endpoint or helper by which a page searches without writing GraphQL.
Does not: InstantSearch (`schema.web.instantsearch`), the search engine (`search_index`).
"""

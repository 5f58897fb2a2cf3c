"""Algolia's search API, as far as InstantSearch asks for it: parameters, filters, hits.

Belongs here: a parameter or a property of Algolia's requests and responses.
Does not: searching itself, which `search_index` does for every door alike.
"""

"""The part of Algolia's search API that InstantSearch uses: parameters, filters, hits.

Belongs here: a parameter or a property of Algolia's requests and responses.
Does not: searching itself, which is in `search_index` for all endpoints.
"""

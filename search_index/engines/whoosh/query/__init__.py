"""Searching one index view: rewriting, matching, BM25, filters, facets, collecting hits.

Belongs here: a step between a parsed query and a page of hits.
Does not: anything on disk (`whoosh.index`, which never imports this folder).
"""

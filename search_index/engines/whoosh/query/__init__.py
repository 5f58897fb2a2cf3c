"""Searching one index view: rewriting, matching, BM25, filters, facets, collecting hits.

Belongs here: the steps between a parsed query and a page of hits.
Does not: anything on disk (`whoosh.index`, which never imports this folder).
"""

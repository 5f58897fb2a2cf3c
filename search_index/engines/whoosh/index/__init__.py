"""The index on disk and in memory: schema, writer, segments, postings, generations, searcher.

Belongs here: file formats, and reading and writing them.
Does not: the meaning of queries, or the order of hits (`whoosh.query`).
"""

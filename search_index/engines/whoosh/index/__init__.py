"""The index on disk and in memory: schema, writer, segments, postings, generations, searcher.

Belongs here: what files hold and how they are read and written.
Does not: what a query means or how hits are ordered (`whoosh.query`).
"""

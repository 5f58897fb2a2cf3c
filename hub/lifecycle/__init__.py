"""The life of an article after it was written: versions, working versions, releases, trash.

Belongs here: services that take an article from one state of its life to another, and back.
Does not: saves of its fields (`hub.articles`), how a version is stored (`hub.snapshots`).
"""

"""Ghost's JSON exports: posts, cards of its editors, redirects.

Belongs here: formats and rules of Ghost only.
Does not: storing drafts, which the pipeline does.
"""

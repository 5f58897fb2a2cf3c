"""Ghost's JSON exports: posts, cards of its editors, redirects.

Belongs here: what Ghost alone has.
Does not: storing drafts, which the pipeline does.
"""

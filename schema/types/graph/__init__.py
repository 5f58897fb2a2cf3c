"""The related graph as a tool: what is around an article, and the links that editors mend.

Belongs here: queries of several articles and their edges at once.
Does not: the edges of one article (`schema.types.relation`).
"""

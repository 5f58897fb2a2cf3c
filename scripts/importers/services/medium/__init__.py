"""Medium's exports: posts as pages with microformats, and what is no article beside them.

Belongs here: formats and rules of Medium only.
Does not: storing drafts, which the pipeline does.
"""

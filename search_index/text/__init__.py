"""Search text that every engine shares: analysis, query parser, synonyms, highlighter.

Belongs here: what a word, a query or a highlight is, whichever engine searches.
Does not: postings, files or services of one engine (`search_index.engines`).
"""

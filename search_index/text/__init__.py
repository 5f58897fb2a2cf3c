"""Search text that every engine shares: analysis, query parser, synonyms, highlighter.

Belongs here: the definition of words, queries and highlights, independent of the engine.
Does not: postings, files or services of one engine (`search_index.engines`).
"""

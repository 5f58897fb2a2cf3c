"""The language of the generated articles: words of a topic, and invented ones.

Belongs here: lists of words, and how new ones are formed.
Does not: articles made of them (`scripts.bench.corpus`).
"""

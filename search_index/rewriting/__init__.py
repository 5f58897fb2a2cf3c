"""Query rewriting, the same for all engines: a parsed text to terms that visible documents hold.

Belongs here: completions, corrections, synonyms, compounds. Does not: how an engine counts its
documents, which is its `Vocabulary`; analysis and parsing (`search_index.text`).
"""

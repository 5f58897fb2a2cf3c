"""Commands on what editors work with: articles, releases, the moderation queue.

Belongs here: a group of commands on content, and how they find articles by their names.
Does not: imports and exports, which are commands of their own.
"""

"""How good the order of hits is: metrics, and files that say which documents answer a text.

Belongs here: a metric, a format of judgements. Does not: ranking, commands.
"""

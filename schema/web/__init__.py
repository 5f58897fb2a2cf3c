"""The hub's faces beside GraphQL: the search box and its page, feeds, and what machines look for.

Everything here shows what an anonymous viewer may see, whoever asks.
"""

"""Readers: each turns one kind of source into a stream of drafts; none of them writes."""

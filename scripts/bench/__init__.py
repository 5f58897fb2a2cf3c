"""Benchmarks: a synthetic corpus, server processes, a load client, and the measured figures.

Belongs here: what `hub bench` runs.
Does not: relevance and extraction quality, which `hub eval` measures.
"""

"""Benches: a synthetic corpus, server processes to measure, a client that drives them, figures."""

"""Spam for `hub eval spam`: written by rules, kind by kind, and what the filter makes of it.

Belongs here: the kinds of spam, and the measurement. Does not: the filter (`hub.comments.spam`).
"""

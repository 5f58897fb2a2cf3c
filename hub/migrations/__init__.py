"""Migrations, written by `tortoise makemigrations` and reviewed as code.

Belongs here: a change of the database schema, additive where old and new code run side by side.
Does not: rules (`hub`), fields (`hub.models`).
"""

"""Executing GraphQL documents: validation, cost, plans, DataLoaders, leaf values, cache tags.

Belongs here: anything that works on any schema, in the words of graphql-core and DataLoader.
Does not: types and fields of this hub (`schema.types`), HTTP (`schema.server`).
"""

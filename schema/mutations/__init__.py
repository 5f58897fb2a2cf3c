"""The GraphQL mutations and their inputs: each mutation calls one service.

Belongs here: a mutation, its input type and its result union.
Does not: permission checks and transactions, which are the service's (`hub`).
"""

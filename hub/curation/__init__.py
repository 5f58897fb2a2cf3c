"""What editors decide about edges: the targets of dangling ones, and the suggestions of the hub.

Belongs here: all that accepts, hides or orders what is there already.
Does not: drawing edges and deriving them (`hub.related`), reading them (`hub.reads`).
"""

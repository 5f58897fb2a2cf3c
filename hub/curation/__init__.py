"""What editors make of links: the targets of dangling ones, suggestions, links to other sites.

Belongs here: all that accepts, hides, orders or looks after what is there already.
Does not: drawing edges and deriving them (`hub.related`), reading them (`hub.reads`).
"""

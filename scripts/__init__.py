"""Programs that people run: the `hub` command, importers, benchmarks, and the demo content.

Belongs here: reading arguments and files, printing, measuring.
Does not: a rule that another door would need as well, which is a service of `hub`.
"""

"""What people run: the `hub` command, importers, benchmarks, and the demo content."""

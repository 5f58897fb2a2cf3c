"""The commands of `hub`, a file each: they parse, call a service, and print."""

"""Chaos: several hubs that serve one site, while processes are killed, paused and restarted.

`./scripts/test --chaos [SECONDS [SEED]]` runs it for as long as that; CI runs it for a short time.
"""

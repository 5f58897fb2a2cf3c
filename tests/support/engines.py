"""The engines that have to pass the contract."""

from __future__ import annotations

ENGINES = ("whoosh:{folder}",)
"""The URL of each engine that must pass the contract; adding one is how an engine is finished."""

"""The settings of the hub: which there are, their defaults, and the forms of their values.

Belongs here: a setting, its bounds, and what is refused at the start.
Does not: what a setting does, which stands where it is used.
"""

from __future__ import annotations

from hub.settings.declared import Settings, misspelt

__all__ = ["Settings", "misspelt"]

"""Folders that tests read: the project's, and the real inputs that may be next to it."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]
"""The folder of the project."""

SHARED = ROOT.parent / "shared" / "data"
"""Real inputs with a manifest of counts; tests that read them skip where they are absent."""

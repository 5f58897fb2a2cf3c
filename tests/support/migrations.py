"""Configuration of Tortoise's own commands, which write migrations.

`.venv/bin/python -m tortoise -c tests.support.migrations.CONFIG makemigrations -n NAME`
"""

from __future__ import annotations

from hub.db.database import tortoise_config
from hub.settings import Settings

CONFIG = tortoise_config(Settings())

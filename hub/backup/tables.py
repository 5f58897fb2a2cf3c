"""The tables of the hub."""

from __future__ import annotations

from tortoise.models import Model

from hub import models


def table_names() -> list[str]:
    """Return the names of the hub's tables, that of its migrations included."""
    classes = [getattr(models, name) for name in models.__all__]
    tables = {
        model._meta.db_table
        for model in classes
        if isinstance(model, type) and issubclass(model, Model)
    }
    return sorted({*tables, "tortoise_migrations"})

"""The engine that the settings name."""

from __future__ import annotations

from hub.settings import Settings
from search_index.engine import EngineOptions, SearchEngine
from search_index.engines import open_engine
from search_index.query import EngineError


def open_configured(settings: Settings) -> SearchEngine:
    """Open the engine of the settings, with their options and its password.

    Raises:
        UnknownEngine: the URL is not that of an engine.
        EngineError: the file with the password cannot be read.
    """
    return open_engine(
        settings.search,
        EngineOptions(
            settings.recency_half_life_days,
            settings.search_seconds,
            settings.search_user,
            read_password(settings),
        ),
    )


def read_password(settings: Settings) -> str:
    """Return the password of the engine, "" for none. Raises EngineError for its file."""
    if settings.search_password_file is None:
        return settings.search_password.get_secret_value()
    try:
        return settings.search_password_file.read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        raise EngineError(
            f"HUB_SEARCH_PASSWORD_FILE, {settings.search_password_file}, cannot be read:"
            f" {type(error).__name__}"
        ) from error

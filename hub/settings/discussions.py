"""The settings of readers' comments."""

from __future__ import annotations

from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings


class CommentSettings(BaseSettings):
    """The settings of readers' comments, which `Settings` has with all others."""

    comments_per_minute: int = Field(
        default=10,
        ge=0,
        description="Comments of one token or address in a minute, with edits and reports; 0: no "
        "limit.",
    )
    comment_form_token: Literal["optional", "required"] = Field(
        default="optional",
        description="Whether comments without a valid form token are held, or refused.",
    )
    comment_moderation: Literal["all", "suspicious", "spam", "none"] = Field(
        default="all",
        description="Which comments of readers wait for a moderator: all, those that the spam "
        "filter does not call clean, those that it calls spam, or none; others are public at once. "
        "An article may say otherwise.",
    )
    comment_close_days: int = Field(
        default=0, ge=0, description="Days from publication until comments close; 0: never."
    )
    comment_edit_minutes: int = Field(
        default=0,
        ge=0,
        description="Minutes for which readers may edit their comment, by a key that they get "
        "with it; 0: never.",
    )
    comment_hide_reports: int = Field(
        default=0,
        ge=0,
        description="Readers whose reports hide a comment until a moderator decides; 0: none do.",
    )
    comment_email_days: int = Field(
        default=0, ge=0, description="Days for which addresses of comments are kept; 0: for good."
    )

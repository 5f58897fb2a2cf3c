"""Settings, read once from `HUB_*` environment variables at start-up, and passed as arguments."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import unquote

from pydantic import BeforeValidator, Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import NoDecode, SettingsConfigDict

from hub.settings.discussions import CommentSettings
from hub.settings.values import is_web_address, normalize_origin, split_list

_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:[-_][A-Za-z0-9]{1,8})*")
_HOST = re.compile(r"(?:[\w.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?", re.ASCII)
_CREDENTIALS = re.compile(r"://[^/@\s]*@")
MIN_SECRET = 24
"""Minimum length of a signing key, in characters."""


_Strings = Annotated[list[str], NoDecode, BeforeValidator(split_list)]
_Event = Literal["content.changed", "comment.pending", "comment.approved", "comment.reported"]
_Events = Annotated[list[_Event], NoDecode, BeforeValidator(split_list)]
_Secrets = Annotated[list[SecretStr], NoDecode, BeforeValidator(split_list)]


def misspelt(variables: Iterable[str]) -> dict[str, str]:
    """Return each variable that begins with HUB_ but is no setting, with the most similar one.

    The similar one is "" where there is none.
    """
    known = [f"HUB_{name.upper()}" for name in Settings.model_fields]
    given = {name.upper() for name in variables if name.upper().startswith("HUB_")}
    unknown = given - {*known, "HUB_TOKEN"}  # that one is an option of commands
    return {name: next(iter(get_close_matches(name, known, 1)), "") for name in sorted(unknown)}


class Settings(CommentSettings):
    """All settings; with the defaults the hub runs without any other service.

    A variable that is set to nothing counts as not set.
    """

    model_config = SettingsConfigDict(
        env_prefix="HUB_", frozen=True, extra="ignore", env_ignore_empty=True
    )

    data_dir: Path = Field(
        default=Path("data"), description="Folder of the embedded database and index."
    )
    data_mode: Literal["0700", "0750", "0770"] = Field(
        default="0700",
        description="Who may access the data folder and the files in it: the hub's user; `0750`: "
        "its group may read too; `0770`: and write.",
    )
    database_url: str = Field(
        default="",
        description="`sqlite:///path/to/file` or `postgres://user:password@host:port/name`; empty: "
        "`hub.sqlite3` in the data folder.",
    )
    database_connections: int = Field(
        default=16,
        ge=1,
        le=500,
        description="Most connections to PostgreSQL by which a process reads; up to five more "
        "write and listen.",
    )
    search_url: str = Field(
        default="",
        description="`whoosh:/path/to/folder`, or `opensearch://host1:9200,host2:9200/name`"
        " (`opensearch+https://` with TLS) for an index that several hosts share; empty: `index` in"
        " the data folder.",
    )
    search_user: str = Field(
        default="", description="The user by which the hub uses OpenSearch; empty: none."
    )
    search_password: SecretStr = Field(
        default=SecretStr(""), description="The password of `HUB_SEARCH_USER`."
    )
    search_password_file: Path | None = Field(
        default=None,
        description="A file with this password, read at every start, in place of the variable.",
    )
    media_url: str = Field(
        default="",
        description="The folder of pictures, as `file:/path/to/folder`; empty: `media` in the data"
        " folder.",
    )
    media_address: str = Field(
        default="",
        description="Where `/media/` is read, put before the paths of pictures: an address such as "
        "https://hub.example.org; empty: they stay paths on the hub.",
    )
    media_max_bytes: int = Field(
        default=20_000_000, ge=1_000, description="Largest picture that is copied, in bytes."
    )
    site_name: str = Field(default="Content hub", description="The site's name, as `site.name`.")
    site_url: str = Field(
        default="http://127.0.0.1:8000",
        description="Where the site is read, as `site.url`; where it is set, also the base of the "
        "addresses in feeds, sitemaps and pages.",
    )
    allowed_hosts: _Strings = Field(
        default=[],
        description="Values of `Host` that addresses of the hub may be made of, by commas.",
    )
    preview_url: str = Field(
        default="",
        description="Where your front end begins a preview: an address with `{token}`, and perhaps "
        "`{slug}`; empty: none.",
    )
    article_url: str = Field(
        default="",
        description="Where an article is read: an address with `{slug}` or `{id}`, and perhaps "
        "`{language}`; empty: its canonical address, else its story in the hub.",
    )
    start_page: bool = Field(
        default=True, description="Whether the hub has pages: `/`, `/stories/`, `/topics`, …"
    )
    language: str = Field(default="en", description="Language of articles that name none.")
    cors_origins: _Strings = Field(
        default=[], description="Origins whose pages may ask, by commas; `*` for all."
    )
    max_body_bytes: int = Field(
        default=1_000_000, ge=1_000, description="Longest request body that is read, in bytes."
    )
    max_connections: int = Field(
        default=2_000, ge=1, description="Most connections that are open at once in a process."
    )
    max_depth: int = Field(default=12, ge=1, description="Deepest nesting of a query's fields.")
    max_tokens: int = Field(default=2_000, ge=10, description="Most tokens of a query's text.")
    max_aliases: int = Field(default=20, ge=0, description="Most aliases in a query.")
    introspection: bool = Field(
        default=True, description="Whether a query may ask for the schema itself."
    )
    max_batch: int = Field(
        default=0,
        ge=0,
        le=100,
        description="Most operations in one request, as a JSON list; 0: lists are not taken.",
    )
    max_subscriptions: int = Field(
        default=1_000,
        ge=0,
        description="Most subscriptions that are open at once in a process; 0: none are taken.",
    )
    max_sockets: int = Field(
        default=1_000, ge=0, description="Most websockets that are open at once in a process."
    )
    socket_idle_seconds: float = Field(
        default=300.0,
        gt=0,
        description="How long a websocket without a running operation stays open.",
    )
    socket_operations: int = Field(
        default=20, ge=1, description="Most operations that run at once on one websocket."
    )
    slow_seconds: float = Field(
        default=1.0,
        ge=0,
        description="Operations that take longer are logged with their document's hash; 0: none.",
    )
    log_format: Literal["text", "json"] = Field(
        default="text", description="How lines of the log are written: `text` or `json`."
    )
    cache_bytes: int = Field(
        default=32_000_000,
        ge=0,
        description="Room for whole answers to anonymous queries, in bytes per process; 0 keeps "
        "none.",
    )
    cache_seconds: int = Field(
        default=0,
        ge=0,
        description="For how long browsers and CDNs may keep an anonymous answer to GET without "
        "asking again.",
    )
    cache_tag_bytes: int = Field(
        default=4_000,
        ge=200,
        le=16_000,
        description="Longest `Cache-Tag` of an anonymous answer to GET, in bytes.",
    )
    cdn_seconds: int = Field(
        default=0,
        ge=0,
        description="For how long a CDN that purges by `Cache-Tag` may keep such an answer, as "
        "`CDN-Cache-Control`; 0: as `HUB_CACHE_SECONDS`.",
    )
    webhook_urls: _Secrets = Field(
        default=[],
        description="Addresses that are told by POST what to purge when content changes, by "
        "commas.",
    )
    webhook_secret: SecretStr = Field(
        default=SecretStr(""),
        validate_default=True,
        description="The key that signs these messages, at least 24 characters; several by spaces "
        "while it is being replaced, the new one first.",
    )
    webhook_events: _Events = Field(
        default=["content.changed"],
        description="Types of messages that are sent to these addresses: `content.changed`, "
        "`comment.pending`, `comment.approved`, `comment.reported`.",
    )
    webhook_tries: int = Field(
        default=20, ge=1, description="How often a message is sent until it is given up."
    )
    trusted_documents: Path | None = Field(
        default=None,
        description="A manifest of persisted documents (Apollo, Relay or codegen), or a folder "
        "of them.",
    )
    only_trusted: bool = Field(
        default=False, description="Whether only documents of the manifest are answered."
    )
    max_cost: int = Field(
        default=10_000,
        ge=1,
        description="Most work that a query may make, in units of about an object.",
    )
    max_response_bytes: int = Field(
        default=10_000_000,
        ge=10_000,
        description="Longest answer to an operation, or to a list of them, in bytes.",
    )
    mutations_per_minute: int = Field(default=600, ge=0, description="Mutations, likewise.")
    searches_per_minute: int = Field(
        default=600,
        ge=0,
        description="Searches, likewise; those whose answer was kept are not counted.",
    )
    rates: Literal["auto", "process", "database"] = Field(
        default="auto",
        description="Where it is kept how much of these somebody has used: in each process for "
        "itself, or in the database for all of them; auto: in the database where `hub serve` "
        "starts several processes, and with PostgreSQL.",
    )
    plans: bool = Field(
        default=True,
        description="Whether answers are completed by plans; if not, graphql-core does it all, "
        "several times slower.",
    )
    metrics: bool = Field(
        default=True, description="Whether `/metrics` tells Prometheus what a process has done."
    )
    tracing: bool = Field(
        default=False,
        description="Whether spans are sent to OpenTelemetry, as `OTEL_*` variables say; needs the "
        "extra `tracing`.",
    )
    proxies: int = Field(
        default=0,
        ge=0,
        description="Reverse proxies in front; X-Forwarded-For and -Proto are theirs.",
    )
    index_max_tries: int = Field(
        default=5, ge=1, description="Failures after which an outbox event is set aside."
    )
    recency_half_life_days: float = Field(
        default=365.0,
        gt=0,
        description="Days, counted back from the newest article, after which half of the boost for "
        "being recent is gone.",
    )
    search_seconds: float = Field(
        default=2.0,
        gt=0,
        description="How long a search may take; then it answers with what it has found, and says "
        "so.",
    )
    statistics_days: int = Field(
        default=90,
        ge=0,
        description="Days for which it is kept what was searched for how often; 0 for none.",
    )
    track_clicks: bool = Field(default=False, description="Whether clicks on results are counted.")
    suggest_queries: bool = Field(
        default=True,
        description="Whether readers are suggested what three others searched for on one day.",
    )
    shared_drafts: bool = Field(
        default=True,
        description="Whether tokens without `publish` may write the drafts of others; if not, each "
        "its own.",
    )
    revisions: int = Field(
        default=0,
        ge=0,
        description="Revisions that are kept of each article, besides its first, and those before "
        "and after a change of its status; 0: all.",
    )
    audit_days: int = Field(
        default=0,
        ge=0,
        description="Days for which entries of the audit trail are kept; 0: for good.",
    )
    trash_days: int = Field(
        default=30,
        ge=0,
        description="Days for which deleted articles can be restored; 0: they are deleted at once.",
    )
    neighbours: int = Field(
        default=6,
        ge=0,
        le=50,
        description="Similar articles that each article is related to by the hub; 0 for none.",
    )

    @field_validator("tracing")
    @classmethod
    def _check_tracing(cls, enabled: bool) -> bool:
        if enabled and find_spec("opentelemetry") is None:
            raise ValueError("needs OpenTelemetry: pip install 'content-hub[tracing]'")
        return enabled

    @field_validator("site_url", "media_address")
    @classmethod
    def _check_address(cls, url: str, info: ValidationInfo) -> str:
        if not is_web_address(url) and (url or info.field_name == "site_url"):
            raise ValueError("must be an address such as https://www.example.org")
        return url.rstrip("/") if info.field_name == "media_address" else url

    @field_validator("preview_url")
    @classmethod
    def _check_preview_url(cls, url: str) -> str:
        if url and not (is_web_address(url) and "{token}" in url):
            raise ValueError(
                "must be an address with {token}, as https://www.example.org/api/preview?token={token}"
            )
        return url

    @field_validator("article_url")
    @classmethod
    def _check_article_url(cls, url: str) -> str:
        if url and not (is_web_address(url) and re.search(r"\{(slug|id)\}", url)):
            raise ValueError(
                "must be an address with {slug} or {id}, such as https://www.example.org/{slug}"
            )
        return url

    @field_validator("media_url")
    @classmethod
    def _check_media_url(cls, url: str) -> str:
        if url and not re.match(r"file:(?:///)?/?[^/\0]", url):
            raise ValueError("must be a folder, as file:/path/to/folder")
        return url

    @field_validator("language")
    @classmethod
    def _check_language(cls, language: str) -> str:
        if not _LANGUAGE.fullmatch(language):
            raise ValueError("must be a language tag, such as en or pt-BR")
        return language

    @field_validator("cors_origins")
    @classmethod
    def _check_origins(cls, origins: list[str]) -> list[str]:
        return [normalize_origin(origin) for origin in origins]

    @field_validator("allowed_hosts")
    @classmethod
    def _check_hosts(cls, hosts: list[str]) -> list[str]:
        if not all(_HOST.fullmatch(host) for host in hosts):
            raise ValueError("each must be a name or address, perhaps with a port: a.test:8000")
        return hosts

    @field_validator("webhook_urls")
    @classmethod
    def _check_urls(cls, urls: list[SecretStr]) -> list[SecretStr]:
        if not all(is_web_address(url.get_secret_value()) for url in urls):
            raise ValueError("each must begin with http:// or https:// and name a host")
        return urls

    @field_validator("webhook_secret")
    @classmethod
    def _check_secret(cls, secret: SecretStr, info: ValidationInfo) -> SecretStr:
        words = secret.get_secret_value().split()
        if info.data.get("webhook_urls") and not words:
            raise ValueError("is needed to sign what HUB_WEBHOOK_URLS are told")
        if any(len(word) < MIN_SECRET for word in words):
            raise ValueError(f"must have at least {MIN_SECRET} characters")
        return secret

    def public_values(self) -> dict[str, Any]:
        """Return all settings but the secret ones, as JSON values; addresses without passwords."""
        return {
            name: _CREDENTIALS.sub("://", value) if isinstance(value, str) else value
            for name, value in self.model_dump(mode="json").items()
            if "SecretStr" not in str(type(self).model_fields[name].annotation)
        }

    @property
    def shares_rates(self) -> bool:
        """True if processes share the limits per minute through the database."""
        return self.has_shared_database if self.rates == "auto" else self.rates == "database"

    @property
    def has_shared_database(self) -> bool:
        """True if the database may serve several hosts."""
        return self.database.startswith("postgres")

    @property
    def database(self) -> str:
        """The database's url, with the default filled in."""
        return self.database_url or f"sqlite://{self.data_dir.absolute() / 'hub.sqlite3'}"

    @property
    def search(self) -> str:
        """The index's url, with the default filled in."""
        return self.search_url or f"whoosh:{self.data_dir.absolute() / 'index'}"

    @property
    def media_folder(self) -> Path:
        """The folder of pictures, with the default filled in."""
        path = unquote(self.media_url.removeprefix("file:").removeprefix("//"))
        return Path(path).absolute() if path else self.data_dir.absolute() / "media"

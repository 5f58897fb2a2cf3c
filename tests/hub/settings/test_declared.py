"""Settings: forms of lists, and what a wrong value is told."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Literal, get_args, get_origin

import pytest
from pydantic import SecretStr, ValidationError

from hub.settings import Settings, misspelt
from scripts.cli import main

LISTS = sorted(
    f"HUB_{name.upper()}"
    for name, field in Settings.model_fields.items()
    if field.annotation is not None and getattr(field.annotation, "__origin__", None) is list
)
FORMS = ["{0}", "{0},{1}", "{0}, {1}", " {0} {1} ", '["{0}", "{1}"]', ' ["{0}"]', "{0},\n{1},"]


def _values(variable: str, monkeypatch: pytest.MonkeyPatch, value: str) -> list[str]:
    monkeypatch.setenv("HUB_WEBHOOK_SECRET", "s" * 24)
    monkeypatch.setenv(variable, value)
    values = getattr(Settings(), variable.removeprefix("HUB_").lower())
    return [item.get_secret_value() if isinstance(item, SecretStr) else item for item in values]


def test_all_lists_are_tried() -> None:
    assert [
        *("HUB_ALLOWED_HOSTS", "HUB_CORS_ORIGINS", "HUB_WEBHOOK_EVENTS", "HUB_WEBHOOK_URLS")
    ] == LISTS


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("variable", LISTS)
def test_a_list_is_written_by_commas_or_as_json(
    variable: str, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    hosts = ["a.example", "b.example:8443"]
    items = {
        "HUB_ALLOWED_HOSTS": hosts,
        "HUB_WEBHOOK_EVENTS": ["comment.pending", "comment.approved"],
    }.get(variable, [f"https://{host}" for host in hosts])
    count = 2 if "{1}" in form else 1
    assert (
        _values(variable, monkeypatch, form.replace("{0}", items[0]).replace("{1}", items[1]))
        == (items[:count])
    )


@pytest.mark.parametrize("variable", LISTS)
@pytest.mark.parametrize("value", ["", " ", "[]", ","])
def test_an_empty_list(variable: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    default = Settings.model_fields[variable.removeprefix("HUB_").lower()].default
    assert _values(variable, monkeypatch, value) == ([] if value else default)


@pytest.mark.parametrize(
    ("given", "origin"),
    [
        ("https://www.example.org/", "https://www.example.org"),
        ("HTTPS://WWW.Example.ORG:443", "https://www.example.org"),
        ("http://localhost:80", "http://localhost"),
        ("http://localhost:3000", "http://localhost:3000"),
        ("https://[::1]:8443/", "https://[::1]:8443"),
        ("*", "*"),
    ],
)
def test_an_origin_is_kept_as_browsers_send_it(
    given: str, origin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _values("HUB_CORS_ORIGINS", monkeypatch, given) == [origin]


def test_a_variable_set_to_nothing_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.setenv(f"HUB_{name.upper()}", "")
    assert Settings() == Settings.model_construct()


WRONG = [
    ("HUB_ALLOWED_HOSTS", "https://a.example/", "a.test:8000"),
    ("HUB_ALLOWED_HOSTS", '["a.example"', "commas"),
    ("HUB_ARTICLE_URL", "https://a.example/", "{slug}"),
    ("HUB_ARTICLE_URL", "/{slug}", "https://www.example.org/{slug}"),
    ("HUB_CORS_ORIGINS", "[a.example]", "commas"),
    ("HUB_CORS_ORIGINS", "a.example", "https://www.example.org"),
    ("HUB_CORS_ORIGINS", "https://a.example/page", "https://www.example.org"),
    ("HUB_CORS_ORIGINS", "https://[a", "https://www.example.org"),
    ("HUB_LANGUAGE", "e", "pt-BR"),
    ("HUB_LANGUAGE", "en us", "pt-BR"),
    ("HUB_SITE_URL", "www.a.example", "https://www.example.org"),
    ("HUB_SITE_URL", "https://[a", "https://www.example.org"),
    ("HUB_WEBHOOK_URLS", "a.example", "https://"),
    ("HUB_WEBHOOK_URLS", "[1", "commas"),
    ("HUB_MAX_COST", "much", "integer"),
    ("HUB_RATES", "none", "auto"),
    ("HUB_SEARCH_URL", "solr:/x", "whoosh:"),
    ("HUB_SEARCH_URL", "whoosh:", "whoosh:/var/lib/hub/index"),
    ("HUB_DATABASE_URL", "mysql://x", "postgres://"),
]


@pytest.mark.parametrize(("variable", "value", "form"), WRONG)
def test_a_wrong_value_is_one_line_with_variable_and_form(
    variable: str,
    value: str,
    form: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("HUB_DATA_DIR", str(tmp_path))
    monkeypatch.setenv(variable, value)
    monkeypatch.setattr(sys, "argv", ["hub", "check"])
    with pytest.raises(SystemExit, match="1"):
        main()
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith(f"hub: {variable}")
    assert form in line


FREE = {"data_dir", "search_password", "search_password_file", "search_user", "site_name"} | {
    "trusted_documents"
}
"""Settings that take any text; a file that is not there is an error of its own."""

LATE = {"database_url": "mysql://x", "search_url": "solr:/x"}
"""Values that are wrong for what opens them, by the setting."""

TEXT_FORMS = {name.removeprefix("HUB_").lower(): form for name, _, form in WRONG} | {
    "allowed_hosts": "a.test:8000",
    "media_address": "https://www.example.org",
    "media_url": "file:/path/to/folder",
    "preview_url": "{token}",
    "search_url": "whoosh:",
    "webhook_events": "content.changed",
    "webhook_secret": "24 characters",
    "webhook_urls": "https://",
}


def _form(name: str) -> str:
    """Return what the message says of the form that a setting has."""
    annotation = Settings.model_fields[name].annotation
    if get_origin(annotation) is Literal:
        return repr(get_args(annotation)[0])
    names: dict[object, str] = {int: "integer", float: "number", bool: "boolean"}
    return names.get(annotation) or TEXT_FORMS[name]


@pytest.mark.parametrize("name", sorted({*Settings.model_fields} - FREE))
def test_a_wrong_value_of_every_setting_is_one_line(
    name: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    value, variable = LATE.get(name, "{"), f"HUB_{name.upper()}"
    form = _form(name)
    test_a_wrong_value_is_one_line_with_variable_and_form(
        variable, value, form, tmp_path, monkeypatch, capsys
    )


def test_secrets_are_not_repeated_in_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_WEBHOOK_URLS", "https://a.example")
    monkeypatch.setenv("HUB_WEBHOOK_SECRET", "too-short")
    with pytest.raises(ValidationError) as raised:
        Settings()
    assert "too-short" not in "".join(detail["msg"] for detail in raised.value.errors())


def test_a_misspelt_variable_is_found_with_what_was_meant() -> None:
    variables = ["HUB_CORS_ORIGIN", "hub_max_cost", "HUB_XYZZY", "PATH", "HUB_TOKEN"]
    assert misspelt(variables) == {"HUB_CORS_ORIGIN": "HUB_CORS_ORIGINS", "HUB_XYZZY": ""}

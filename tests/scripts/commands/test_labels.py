"""`hub topics` and `hub authors` on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.scripts.commands.test_output import Program


def hub(data: Path, *arguments: str, status: int = 0, keys: str = "") -> str:
    """Run a command, and return its output with its errors."""
    env = {"HUB_DATA_DIR": str(data), "COLUMNS": "200"}
    result: Result = CliRunner().invoke(Program(), arguments, env=env, input=keys)
    assert result.exit_code == status, result.output
    return result.output


@pytest.mark.parametrize("kind", ["topics", "authors"])
def test_labels_on_the_command_line(kind: str, tmp_path: Path) -> None:
    data = tmp_path / "data"
    for name in ("Bitcoin", "Bitcoin price", "Money"):
        hub(data, kind, "create", name)
    about = "--description" if kind == "topics" else "--bio"
    hub(data, kind, "edit", "bitcoin", about, "What it is.")
    hub(data, kind, "rename", "money", "Finance", "--slug", "finance")
    assert "What it is." in hub(data, kind, "show", "bitcoin")
    shown = json.loads(hub(data, kind, "show", "money", "--json"))
    assert (shown["slug"], shown["former_slugs"], shown["articles"]) == ("finance", ["money"], 0)
    hub(data, kind, "edit", "bitcoin", "--name", "de=Bitcoin, die Währung", "--name", "eo=Bitmono")
    translations = json.loads(hub(data, kind, "show", "bitcoin", "--json"))["translations"]
    assert translations == {"de": "Bitcoin, die Währung", "eo": "Bitmono"}
    assert "de=Bitcoin, die Währung" in hub(data, kind, "show", "bitcoin")
    assert "language tag" in hub(data, kind, "edit", "bitcoin", "--name", "x", status=1)
    hub(data, kind, "edit", "bitcoin", "--name", "")
    assert json.loads(hub(data, kind, "show", "bitcoin", "--json"))["translations"] == {}
    assert "taken" in hub(data, kind, "create", "Bitcoin", status=1)
    assert "name what shall change" in hub(data, kind, "edit", "bitcoin", status=1)
    for arguments in (("merge", "bitcoin-price", "--into", "bitcoin"), ("delete", "finance")):
        refused = hub(data, kind, *arguments, status=2)
        assert "will be gone" in refused
        assert "add --yes" in refused
    rows = [json.loads(line) for line in hub(data, kind, "list", "--json").splitlines()]
    assert [row["slug"] for row in rows] == ["bitcoin", "bitcoin-price", "finance"]
    assert "is part of bitcoin" in hub(
        *(data, kind, "merge", "bitcoin-price", "--into", "bitcoin", "--yes")
    )
    assert "is gone" in hub(data, kind, "delete", "finance", "--yes")
    assert json.loads(hub(data, kind, "list", "--json"))["slug"] == "bitcoin"
    assert "There is no" in hub(data, kind, "show", "finance", status=1)


def test_topics_have_places_and_taxonomies(tmp_path: Path) -> None:
    data = tmp_path / "data"
    hub(data, "topics", "create", "Europe", "--taxonomy", "Category")
    hub(data, "topics", "create", "France", "--parent", "europe")
    assert "above: europe" in hub(data, "topics", "show", "france")
    assert "itself, or one below it" in hub(data, "topics", "move", "europe", "france", status=1)
    assert hub(data, "topics", "move", "france") == "france is at the top.\n"
    hub(data, "topics", "edit", "france", "--taxonomy", "tag")
    listed = hub(data, "topics", "list", "--taxonomy", "tag", "--json")
    assert json.loads(listed)["slug"] == "france"


def test_authors_have_a_picture_and_links(tmp_path: Path) -> None:
    data = tmp_path / "data"
    site, page = "Mastodon=https://social.test/@jo", "Home=https://jo.test/?a=b"
    hub(data, "authors", "create", "Jo", "--image", "/jo.jpg", "--link", site, "--link", page)
    shown = json.loads(hub(data, "authors", "show", "jo", "--json"))
    assert shown["image_url"] == "/jo.jpg"
    assert [link["url"] for link in json.loads(shown["links"])] == [
        *("https://social.test/@jo", "https://jo.test/?a=b")
    ]
    assert "links.0.url" in hub(data, "authors", "edit", "jo", "--link", "x", status=1)
    hub(data, "authors", "edit", "jo", "--image", "", "--link", "")
    shown = json.loads(hub(data, "authors", "show", "jo", "--json"))
    assert (shown["image_url"], shown["links"]) == (None, None)

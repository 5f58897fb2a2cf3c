"""Maps of redirects: former paths of public articles, each once, without a loop."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import anyio
import pytest
from typer.testing import CliRunner

from hub import articles
from hub.auth import SYSTEM
from hub.db.database import open_database
from hub.drafts import ArticleChanges
from hub.errors import Invalid
from hub.imports import import_articles
from hub.models import Status
from hub.settings import Settings
from scripts.cli import app
from tests.support.factories import a_draft

NEW = "https://new.test/{slug}"
FERRY = "https://new.test/ferry"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("redirects") / "data"

    async def fill() -> None:
        async with open_database(Settings(data_dir=folder)):
            drafts = [
                a_draft(
                    "1",
                    slug="boat",
                    canonical_url="https://old.test/2019/ferry(1)/",
                    addresses=("https://old.test/?p=12", 'https://old.test/a"$b', "/tides"),
                ),
                a_draft("2", slug="tides", addresses=("https://old.test/boat",)),
                a_draft("3", slug="hid", status=Status.DRAFT, addresses=("/hidden",)),
            ]
            first, *_ = await import_articles(drafts, by=SYSTEM)
            assert first.article_id is not None
            await articles.revise(
                first.article_id, ArticleChanges(slug="ferry"), by=SYSTEM, seen_version=1
            )

    anyio.run(fill)
    return folder


def hub(data: Path, *arguments: str, article_url: str = NEW) -> str:
    environment = {"HUB_DATA_DIR": str(data), "HUB_ARTICLE_URL": article_url}
    result = CliRunner().invoke(app, ["redirects", *arguments], env=environment)
    if result.exception:
        raise result.exception
    return result.stdout


def test_a_path_is_listed_once_and_never_where_an_article_is(data: Path) -> None:
    rows = [json.loads(line) for line in hub(data, "list", "--json").splitlines()]
    assert {(row["path"], row["destination"]) for row in rows} == {
        ("/?p=12", FERRY),
        ("/2019/ferry%281%29", FERRY),
        ("/a%22%24b", FERRY),
        ("/boat", FERRY),  # its old slug, which was another article's address elsewhere
    }
    assert len(json.loads("[" + hub(data, "list", "--json", "--limit", "1") + "]")) == 1


def test_each_format_is_that_of_its_server(data: Path) -> None:
    nginx = hub(data, "export", "--format", "nginx")
    assert f'    "/?p=12" "{FERRY}";' in nginx
    assert f'    "/boat/" "{FERRY}";' in nginx
    netlify = hub(data, "export", "--format", "netlify").splitlines()
    assert f"/ p=12 {FERRY} 301" in netlify
    assert f"/boat {FERRY} 301" in netlify
    rows = json.loads(hub(data, "export", "--format", "next"))
    assert {"source": "/boat", "destination": FERRY, "permanent": True} in rows
    [by_number] = [row for row in rows if row["source"] == "/"]
    assert by_number["has"] == [{"type": "query", "key": "p", "value": "12"}]
    table = list(csv.DictReader(hub(data, "export").splitlines()))
    assert {row["source"] for row in table} >= {"https://old.test/2019/ferry(1)/"}
    assert all(row["destination"] == FERRY and row["status"] == "301" for row in table)


def test_without_the_articles_addresses_there_is_no_map(data: Path) -> None:
    with pytest.raises(Invalid, match="HUB_ARTICLE_URL: set it to"):
        hub(data, "export", article_url="")

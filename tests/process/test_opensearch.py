"""Real servers with folders of their own that share a database and an index on OpenSearch."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml

from hub.settings import Settings
from search_index.engines.opensearch.address import parse_address
from tests.process.test_hosts import data_folder, save, until, url, wait_for_count
from tests.process.test_server import CREATE, titles
from tests.support.engines import engine_url
from tests.support.paths import ROOT
from tests.support.server_process import Server, hub

__all__ = ["url"]

FACETS = """query {
  search(query: "sav", asYouType: true, first: 2) {
    totalCount totalIsExact facets(fields: [YEAR, LANGUAGE]) { buckets { count } }
  }
}"""


@pytest.fixture
def env(tmp_path: Path, url: str) -> dict[str, str]:
    return {
        "HUB_DATABASE_URL": url,
        "HUB_SEARCH_URL": engine_url("opensearch", tmp_path),
        "HUB_MUTATIONS_PER_MINUTE": "0",
        "HUB_SEARCHES_PER_MINUTE": "0",
    }


@pytest.fixture
def token(tmp_path: Path, env: dict[str, str]) -> str:
    words = ("token", "create", "--role", "editor", "--name", "test")
    result = hub(*words, data=data_folder(tmp_path, 9), **env)
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


@pytest.fixture
def hosts(tmp_path: Path, env: dict[str, str], token: str) -> Iterator[list[Server]]:
    with ExitStack() as stack:
        yield [
            stack.enter_context(Server(data_folder(tmp_path, number), token=token, **env))
            for number in range(2)
        ]


def test_hosts_share_one_index(
    hosts: list[Server], env: dict[str, str], tmp_path: Path, token: str
) -> None:
    """Saves through all hosts, a leader that is killed, a rebuild, and the way back to Whoosh."""
    first, second = hosts
    assert len(save(hosts, 40, 4)) == 40
    wait_for_count(hosts, 40)

    payload = second.ask(CREATE, title="Rye and harbour", wait=True)["createArticle"]
    assert payload["__typename"] == "CreateArticlePayload"
    assert titles(first, "rye harbour") == titles(second, "rye harbour") == ["Rye and harbour"]
    assert titles(first, "harbuor") == ["Rye and harbour"]
    assert "Rye and harbour" in first.client.get("/suggest", params={"q": "rye h"}).text
    result = first.ask(FACETS)["search"]
    assert (result["totalCount"], result["totalIsExact"]) == (40, True)
    assert [facet["buckets"][0]["count"] for facet in result["facets"]] == [40, 40]
    queries = {"requests": [{"indexName": "articles", "query": "harbour"}]}
    [hits] = second.client.post("/1/indexes/*/queries", json=queries).json()["results"]
    assert hits["nbHits"] == 1

    first.kill()  # which leads the index; the other one takes over
    assert len(save([second], 8, 2)) == 8
    until(lambda: len(titles(second, "saved")) == 48, [second])
    folder = data_folder(tmp_path, 3)
    assert "rebuilt" in hub("reindex", data=folder, **env).stdout
    status = json.loads(hub("index", "status", "--json", data=folder, **env).stdout)
    assert (status["documents"], status["error"], len(status["followers"])) == (49, None, 1)
    checked = hub("check", data=folder, **env)
    assert checked.returncode == 0, checked.stdout
    assert "49 documents, 0 wait" in checked.stdout

    back = {name: value for name, value in env.items() if name != "HUB_SEARCH_URL"}
    missing = hub("check", data=folder, **back)
    assert (missing.returncode, "hub reindex" in missing.stdout) == (1, True)
    with Server(folder, token=token, **back) as server:
        wait_for_count([server], 49)
        assert titles(server, "rye harbour") == titles(second, "rye harbour")


def test_the_example_of_many_hosts_fits_together() -> None:
    """Its services know each other by names that exist, and its settings are the hub's."""
    page = (ROOT / "docs" / "how-to" / "opensearch.md").read_text(encoding="utf-8")
    blocks = dict(re.findall(r"```(yaml|nginx|dockerfile)\n(.*?)```", page, re.DOTALL))
    compose = yaml.safe_load(blocks["yaml"])
    services = compose["services"]
    for service in services.values():
        assert set(service.get("depends_on", ())) <= services.keys()
        volumes = [volume.partition(":")[0] for volume in service.get("volumes", ())]
        assert {name for name in volumes if name[0] != "."} <= compose["volumes"].keys()
    hubs = {name for name, service in services.items() if service["image"] == "content-hub"}
    assert set(re.findall(r"server (\w+):8000;", blocks["nginx"])) == hubs
    environment = services["hub1"]["environment"]
    assert {
        name.removeprefix("HUB_").lower() for name in environment
    } <= Settings.model_fields.keys()
    address = parse_address(environment["HUB_SEARCH_URL"].partition(":")[2], secure=False)
    nodes = {name for name in services if name.startswith("search")}
    assert {urlsplit(node).hostname for node in address.nodes} == nodes
    for name in nodes:
        settings = services[name]["environment"]
        assert settings["node.name"] == services[name]["hostname"] == name
        assert set(settings["discovery.seed_hosts"].split(",")) == nodes
    copied = re.findall(r"-r (\S+)", blocks["dockerfile"])
    assert all((ROOT / file).is_file() for file in copied)


def test_a_cluster_that_does_not_answer_is_told_without_the_password(
    tmp_path: Path, env: dict[str, str], token: str
) -> None:
    """Saves are kept for the index, everything else is served, and nothing is rebuilt."""
    secret = tmp_path / "password"
    secret.write_text("not-to-be-seen\n")
    away = env | {
        "HUB_SEARCH_URL": "opensearch://127.0.0.1:9/away",
        "HUB_SEARCH_USER": "hub",
        "HUB_SEARCH_PASSWORD_FILE": str(secret),
    }
    checked = hub("check", data=data_folder(tmp_path, 0), **away)
    assert (checked.returncode, "OpenSearch does not answer" in checked.stdout) == (1, True)
    assert "not-to-be-seen" not in checked.stdout + checked.stderr

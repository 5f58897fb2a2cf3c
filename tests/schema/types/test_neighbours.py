"""Similar articles through the API, in a running hub."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import anyio
import pytest

from hub.settings import Settings
from tests.support.hub import Client, a_hub

pytestmark = [pytest.mark.anyio, pytest.mark.databases]
RELATED = """
query ($kinds: [RelatedKind!]) {
  article(slug: "barrier-tender") {
    related(first: 20, kinds: $kinds) {
      totalCount
      edges { kind origin weight because { kind detail weight } node { slug } }
    }
    relatedBy(first: 20) { edges { origin } }
  }
}
"""


@pytest.fixture
async def drawn(demo_data: Path, tmp_path: Path, anyio_backend: str) -> AsyncIterator[Client]:
    """The demo content in a hub that computes neighbours."""
    shutil.copytree(demo_data, tmp_path / "demo")
    async with a_hub(Settings(data_dir=tmp_path / "demo")) as running:
        yield running


async def test_neighbours_stand_behind_what_people_linked(drawn: Client) -> None:
    with anyio.fail_after(20):
        while not await drawn.db.rows("SELECT 1 FROM relation WHERE origin = 'DERIVED'") or (
            await drawn.db.rows("SELECT 1 FROM due_neighbours")
        ):
            await anyio.sleep(0.05)
    article = (await drawn.ask(RELATED))["article"]
    origins = [edge["origin"] for edge in article["related"]["edges"]]
    people = [origin for origin in origins if origin == "IMPORT"]
    assert people
    assert origins == people + ["DERIVED"] * (len(origins) - len(people))
    assert 1 <= len(origins) - len(people) <= 6
    assert article["related"]["totalCount"] == len(origins)
    linked = {edge["node"]["slug"] for edge in article["related"]["edges"][: len(people)]}
    others = {edge["node"]["slug"] for edge in article["related"]["edges"][len(people) :]}
    assert not linked & others
    assert {edge["origin"] for edge in article["relatedBy"]["edges"]} == {"IMPORT"}

    first = article["related"]["edges"][0]
    [reason] = first["because"]
    assert (reason["kind"], reason["weight"]) == ("LINK", 1)
    similar = (await drawn.ask(RELATED, kinds=["SIMILAR"]))["article"]["related"]["edges"]
    assert similar
    for edge in similar:
        assert edge["kind"] == "SIMILAR"
        assert edge["because"]
        weights = [reason["weight"] for reason in edge["because"]]
        assert weights == sorted(weights, reverse=True)
        assert edge["weight"] == pytest.approx(sum(weights), abs=0.01)

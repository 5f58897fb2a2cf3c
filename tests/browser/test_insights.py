"""Clicks as Algolia's own search-insights sends them, counted by the hub."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Response

from tests.browser.test_instantsearch import add_scripts, need_packages
from tests.support.browser import Team
from tests.support.client_project import PROJECT
from tests.support.server_process import Server

INSIGHTS = "search-insights/dist/search-insights.iife.min.js"
FRONT_END = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Clicks</title>
<script>
window.AlgoliaAnalyticsObject = "aa";
window.aa = (...call) => new Promise((resolve, reject) =>
  (window.aa.queue ??= []).push(Object.assign(call, { resolve, reject })));
</script><script src="/insights.js"></script><script src="/lite.js"></script>
<script>
const hosts = [{ url: "HOST", accept: "readWrite", protocol: "http" }];
const client = window["algoliasearch/lite"].liteClient("hub", "none", { hosts });
aa("init", { appId: "hub", apiKey: "none", host: "http://HOST" });
const click = async () => {
  const { results: [result] } = await client.search({ requests: [
    { indexName: "articles", query: "harbour", clickAnalytics: true }] });
  return aa("clickedObjectIDsAfterSearch", { index: "articles", eventName: "Hit clicked",
    queryID: result.queryID, objectIDs: [result.hits[2].objectID], positions: [3] });
};
</script></html>
"""


def is_event(response: Response) -> bool:
    """Tell whether this answers a message of search-insights, not the question before it."""
    return "/1/events" in response.url and response.request.method == "POST"


def test_a_click_of_search_insights_is_counted_without_a_person(
    browser: Browser, tmp_path: Path, team: Team
) -> None:
    need_packages()
    add_scripts(team)
    team.pages["/insights.js"] = (PROJECT / "node_modules" / INSIGHTS).read_text(encoding="utf-8")
    data = tmp_path / "data"
    origins = f'["{team.url}"]'
    with Server(data, "--demo", HUB_CORS_ORIGINS=origins, HUB_TRACK_CLICKS="true") as server:
        team.pages["/clicks"] = FRONT_END.replace("HOST", urlsplit(server.url).netloc)
        page = browser.new_page()
        page.goto(f"{team.url}/clicks")
        with page.expect_response(is_event) as answered:
            page.evaluate("() => { click() }")
        assert answered.value.status == 200  # of a beacon: its body is not for the page
        page.close()
        deadline = time.monotonic() + 30  # a search counts once nobody types on
        while not (rows := read(data, "SELECT text, clicks, positions FROM query_stat")):
            assert time.monotonic() < deadline
            time.sleep(0.2)
    assert rows == [("harbour", 1, 3)]
    assert "anonymous-" not in str(read(data, "SELECT * FROM query_stat"))  # its userToken


def read(data: Path, sql: str) -> list[tuple[object, ...]]:
    """Return the rows of a statement in the database of a data folder."""
    with closing(sqlite3.connect(data / "hub.sqlite3")) as connection:
        return connection.execute(sql).fetchall()

"""The recipe of docs/how-to/preview.md, in a small front end of its own that Node.js runs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import anyio
import httpx
import pytest

from hub.articles import previews
from hub.auth import SYSTEM
from hub.db.database import open_database
from hub.models import Status
from hub.settings import Settings
from tests.support.factories import an_article
from tests.support.paths import ROOT
from tests.support.server_process import Server, free_port
from tests.support.server_process import hub as run_hub

FRONT_END = """
import { createServer } from "node:http"
import { ask, begin, end } from "./preview.mjs"

async function respond(request) {
  const { pathname } = new URL(request.url)
  if (pathname === "/preview") return begin(request)
  if (pathname === "/preview/end") return end()
  const query = "query($slug: String!) { article(slug: $slug) { title } }"
  const { article } = await ask(request, query, { slug: pathname.split("/").pop() })
  return new Response(article?.title ?? "Nothing here", { status: article ? 200 : 404 })
}

createServer(async (incoming, outgoing) => {
  const { url, headers } = incoming
  const response = await respond(new Request(`http://${headers.host}${url}`, { headers }))
  outgoing.writeHead(response.status, Object.fromEntries(response.headers))
  outgoing.end(await response.text())
}).listen(Number(process.env.PORT), "127.0.0.1", () => console.log("ready"))
"""


def test_the_recipe_shows_a_draft_to_one_browser(tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None:
        if os.environ.get("CI"):
            pytest.fail("no node here: it is installed in CI")
        pytest.skip("no node here")
    page = (ROOT / "docs" / "how-to" / "preview.md").read_text(encoding="utf-8")
    [module] = re.findall(r"```js\n(// preview\.js\n.*?)```", page, re.DOTALL)
    (tmp_path / "preview.mjs").write_text(module)
    (tmp_path / "main.mjs").write_text(FRONT_END)

    async def fill() -> previews.NewPreview:
        async with open_database(Settings(data_dir=tmp_path / "data")):
            article = await an_article("Rye bread", slug="rye", status=Status.DRAFT)
            return await previews.create(article_id=article, by=SYSTEM)

    created = anyio.run(fill)
    link = previews.url("http://front/preview?token={token}&slug={slug}", created)
    assert link is not None
    port = free_port()
    with Server(tmp_path / "data") as hub:
        env = {"PORT": str(port), "HUB_GRAPHQL": f"http://127.0.0.1:{hub.port}/graphql"}
        with subprocess.Popen(
            [node, "main.mjs"], cwd=tmp_path, env=os.environ | env, stdout=subprocess.PIPE
        ) as front_end:
            try:
                assert front_end.stdout is not None
                assert front_end.stdout.readline() == b"ready\n"
                _browse(
                    f"http://127.0.0.1:{port}",
                    link.removeprefix("http://front"),
                    tmp_path / "data",
                    created,
                )
            finally:
                front_end.kill()


def _browse(site: str, link: str, data: Path, created: previews.NewPreview) -> None:
    assert httpx.get(f"{site}/articles/rye").status_code == 404
    assert httpx.get(f"{site}/preview?token=hub_preview_x&slug=rye").status_code == 400
    begun = httpx.get(f"{site}{link}")
    assert (begun.status_code, begun.headers["location"]) == (303, "/articles/rye")
    assert begun.headers["referrer-policy"] == "no-referrer"
    cookie = begun.headers["set-cookie"]
    assert "HttpOnly; Secure; SameSite=Lax" in cookie
    headers = {"cookie": cookie.partition(";")[0]}
    shown = httpx.get(f"{site}{begun.headers['location']}", headers=headers)
    assert (shown.status_code, shown.text) == (200, "Rye bread")
    assert httpx.get(f"{site}/articles/rye").status_code == 404  # in another browser
    assert "Max-Age=0" in httpx.get(f"{site}/preview/end", headers=headers).headers["set-cookie"]
    assert run_hub("previews", "revoke", str(created.id), "--yes", data=data).returncode == 0
    assert httpx.get(f"{site}/articles/rye", headers=headers).status_code == 404

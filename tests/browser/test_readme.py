"""The README's path from a fresh clone to own content on an own page, by its own commands."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.support.browser import Team
from tests.support.paths import ROOT
from tests.support.server_process import free_port

pytestmark = pytest.mark.slow
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
NOT_CLONED = shutil.ignore_patterns(
    ".venv", ".git", "data", "screenshots", "node_modules", ".*_cache", ".hypothesis"
)
WORD = "quetzalwort"
"""Stands in each article that is imported here, and in no other."""

WXR = f"""<?xml version="1.0"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
  xmlns:wp="http://wordpress.org/export/1.2/"><channel><title>My site</title>
<link>https://own.example</link><wp:wxr_version>1.2</wp:wxr_version>
<item><title>From WordPress</title><link>https://own.example/one/</link>
<wp:post_id>1</wp:post_id><wp:post_type>post</wp:post_type><wp:status>publish</wp:status>
<wp:post_name>one</wp:post_name><wp:post_date_gmt>2026-01-05 10:00:00</wp:post_date_gmt>
<content:encoded><![CDATA[<p>A {WORD} in a hedge.</p>]]></content:encoded></item>
</channel></rss>
"""
GHOST = {
    "id": "2",
    "title": "From Ghost",
    "slug": "two",
    "html": f"<p>A {WORD} in a garden.</p>",
    "status": "published",
    "type": "post",
    "published_at": "2026-01-06T10:00:00.000Z",
}
MARKDOWN = f"---\ntitle: From Markdown\ndate: 2026-01-07\n---\nA {WORD} in a meadow.\n"
PAGE = (
    f"From a page\n\nPublished 8 January 2026\n\nA {WORD} by the road, and a long line of words.\n"
)


def _write_site(folder: Path) -> None:
    """Write the files that the README's import commands name."""
    (folder / "export.xml").write_text(WXR, encoding="utf-8")
    ghost = {"db": [{"meta": {"version": "5.80.0"}, "data": {"posts": [GHOST]}}]}
    (folder / "ghost.json").write_text(json.dumps(ghost), encoding="utf-8")
    (folder / "content").mkdir()
    (folder / "content" / "three.md").write_text(MARKDOWN, encoding="utf-8")
    (folder / "page.txt").write_text(PAGE, encoding="utf-8")
    with zipfile.ZipFile(folder / "site.zip", "w") as archive:
        archive.writestr("four.md", MARKDOWN.replace("From Markdown", "From an archive"))


def _environment(**more: str) -> dict[str, str]:
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("HUB_")}
    return inherited | {"READY_PYTHON": os.environ.get("READY_PYTHON") or sys.executable} | more


@contextmanager
def _served(command: str, clone: Path, url: str) -> Iterator[list[str]]:
    """Run a command that serves the hub; yields what it printed until it was ready."""
    log = clone / "serve.log"
    with log.open("w", encoding="utf-8") as output:
        process = subprocess.Popen(
            ["bash", "-c", f"exec env {command}"],
            cwd=clone,
            env=_environment(),
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        try:
            deadline = time.monotonic() + 60
            while f"{url}/graphql" not in (printed := log.read_text(encoding="utf-8")):
                assert process.poll() is None, printed
                assert time.monotonic() < deadline, printed
                time.sleep(0.1)
            yield printed.splitlines()
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(timeout=20)


def _run(command: str, clone: Path, **more: str) -> str:
    result = subprocess.run(
        ["bash", "-c", f"set -euo pipefail\n{command}"],
        cwd=clone,
        env=_environment(**more),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert result.returncode == 0, (command, result.stdout + result.stderr)
    return result.stdout


def test_the_readme_leads_to_own_content_on_an_own_page(
    browser: Browser, team: Team, tmp_path: Path
) -> None:
    clone = tmp_path / "clone"
    shutil.copytree(ROOT, clone, ignore=NOT_CLONED)
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    text = (clone / "README.md").read_text(encoding="utf-8")
    text = text.replace("http://127.0.0.1:8000", url).replace("http://127.0.0.1:8080", team.url)
    text = text.replace("./scripts/serve ", f"./scripts/serve --port {port} ")
    blocks = BLOCK.findall(text)
    assert [kind for kind, _ in blocks[:8]] == "sh graphql json sh html sh sh graphql".split()  # noqa: SIM905
    first, query, answer, imports, element, allowed, write, mutation = (
        content for _, content in blocks[:8]
    )

    with _served(first.splitlines()[0].partition("#")[0], clone, url) as printed:
        assert any("demo content" in line for line in printed)
        assert any(re.fullmatch(r"The hub is ready. That took \d+ s.", line) for line in printed)
        response = httpx.post(f"{url}/graphql", json={"query": query}, timeout=30)
        assert response.json() == json.loads(answer)
        _write_site(clone)
        for line in imports.splitlines():
            if "https://example.org" not in line:  # a feed of another host
                _run(line, clone)
        found = f'{{ search(query: "{WORD}") {{ nodes {{ title }} }} }}'
        assert WORD in (clone / "site.jsonl").read_text(encoding="utf-8")

    with _served(allowed.partition("#")[0].strip(), clone, url):
        nodes = httpx.post(f"{url}/graphql", json={"query": found}, timeout=30).json()
        titles = {node["title"] for node in nodes["data"]["search"]["nodes"]}
        assert {"From WordPress", "From Ghost", "From Markdown", "From an archive"} <= titles

        team.pages["/own"] = f"<!doctype html><html lang=en><title>Own</title>{element}"
        page = browser.new_page()
        page.goto(f"{team.url}/own")
        page.get_by_role("combobox").fill(WORD)
        expect(page.get_by_role("option", name="From WordPress").first).to_be_visible()
        page.close()

        create, send = write.splitlines()
        secret = re.search(r"hub_[\w-]+", _run(create, clone))
        assert secret
        (clone / "query.json").write_text(json.dumps({"query": mutation}), encoding="utf-8")
        written = json.loads(_run(send, clone, TOKEN=secret[0]))["data"]["createArticle"]
        assert written["__typename"] == "CreateArticlePayload"
        assert written["article"]["slug"] == "ferry-sails-again"

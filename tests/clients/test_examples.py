"""The examples in the docs of the API do what they say: in a shell, in node, with their tools."""

from __future__ import annotations

import json
import os
import re
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.support.client_project import BUILD, PROJECT, CommandResult, run
from tests.support.paths import ROOT
from tests.support.server_process import Server

PAGES = ("reference/api", "how-to/graphql-clients", "how-to/instantsearch", "how-to/subscriptions")
TEXT = "\n".join((ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8") for page in PAGES)
BLOCK = re.compile(r"^```(sh|js|json)\n(.*?)^```(?:\n+```(?:json|text)\n(.*?)^```)?", re.M | re.S)
EXAMPLES = [block.groups() for block in BLOCK.finditer(TEXT)]
SHELL = [(text, answer) for kind, text, answer in EXAMPLES if kind == "sh"]
SCRIPTS = [text for kind, text, _ in EXAMPLES if kind == "js"]
CODEGEN = [text for kind, text, _ in EXAMPLES if kind == "json" and '"generates"' in text]
PRELUDE = """import { EventSource } from "eventsource";
import WebSocket from "ws";
Object.assign(globalThis, { EventSource, WebSocket, token: process.env.TOKEN });
"""
"""What a browser has and node lacks; a token, as a page's script would be given one."""
SECONDS = 30


def at(server: Server, text: str) -> str:
    """An example with a real hub's address in place of the page's."""
    host = server.url.removeprefix("http://")
    for name in ("https://hub.example.org", "http://127.0.0.1:8000"):
        text = text.replace(name, server.url)
    text = text.replace("wss://hub.example.org", f"ws://{host}")
    return text.replace("hub.example.org", host).replace('protocol: "https"', 'protocol: "http"')


def test_there_are_examples_of_each_kind() -> None:
    assert len(SHELL) == 5
    assert len(SCRIPTS) == 7
    assert len(CODEGEN) == 1


@pytest.mark.parametrize(("example", "answer"), SHELL)
def test_a_shell_answers_as_printed(
    example: str, answer: str | None, demo_hub: tuple[Server, str]
) -> None:
    server, token = demo_hub
    ran = run(
        "bash",
        "-euo",
        "pipefail",
        "-c",
        'curl() { command curl -sS --fail-with-body "$@"; }\n' + at(server, example),
        env={"TOKEN": token},
    )
    assert ran.status == 0, ran.output
    assert ran.output
    assert '"errors"' not in ran.output or "PersistedQueryNotFound" in ran.output
    if answer is not None and answer.startswith("{"):
        assert json.loads(ran.output) == json.loads(answer)
    elif answer is not None:
        assert ran.output.replace("\r", "").strip() == answer.strip()


@contextmanager
def publishing(server: Server, token: str) -> Iterator[None]:
    """An article about the harbour every half second, for those who wait for one."""
    done = threading.Event()
    client = httpx.Client(base_url=server.url, headers={"authorization": f"Bearer {token}"})
    article = {"title": "Harbour news", "body": {"text": "Ships."}, "status": "PUBLISHED"}
    query = "mutation($i: CreateArticleInput!) { createArticle(input: $i) { __typename } }"

    def publish() -> None:
        while not done.wait(0.5):
            client.post("/graphql", json={"query": query, "variables": {"i": article}})

    thread = threading.Thread(target=publish)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
        client.close()


@pytest.mark.parametrize("example", SCRIPTS, ids=lambda text: text.splitlines()[0][:40])
def test_a_script_prints_what_it_says(
    example: str, built: dict[str, CommandResult], demo_hub: tuple[Server, str]
) -> None:
    """Its first line, that is: whoever listens goes on for ever."""
    server, token = demo_hub
    file = BUILD / f"example-{os.getpid()}.mjs"  # below the packages that it imports
    file.write_text(PRELUDE + at(server, example))
    log = file.with_suffix(".log")
    env = os.environ | {"TOKEN": token, "NO_COLOR": "1"}
    with (
        publishing(server, token),
        log.open("w") as errors,
        subprocess.Popen(
            ["node", str(file)], stdout=subprocess.PIPE, stderr=errors, text=True, env=env
        ) as process,
    ):
        assert process.stdout is not None
        stop = threading.Timer(SECONDS, process.kill)
        stop.start()
        line = process.stdout.readline().strip()
        stop.cancel()
        process.kill()
    assert line, log.read_text()
    assert not re.search(r"undefined|null", line), line
    expected = re.search(r"console\.log\(.*\); // (.+)", example)
    if expected is not None:
        assert line == expected[1].strip()


def test_types_are_generated_as_the_page_has_it(
    built: dict[str, CommandResult], demo_hub: tuple[Server, str], tmp_path: Path
) -> None:
    server, _ = demo_hub
    (tmp_path / "node_modules").symlink_to(PROJECT / "node_modules")
    (tmp_path / "package.json").write_text("{}")
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "Latest.graphql").write_text(
        "query Latest { articles(first: 3) { nodes { id title publishedAt } } }"
    )
    (tmp_path / "codegen.json").write_text(at(server, CODEGEN[0]))
    ran = run("graphql-codegen", "--config", "codegen.json", folder=tmp_path)
    assert ran.status == 0, ran.output
    generated = tmp_path / "src" / "generated"
    [document] = json.loads((generated / "persisted-documents.json").read_text()).values()
    assert "query Latest" in document
    assert "publishedAt" in (generated / "graphql.ts").read_text()
    assert "RateLimited" in (generated / "possibleTypes.ts").read_text()

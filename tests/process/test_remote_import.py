"""`hub import --to`: into a real server, through kills on both sides, without anything there."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.support.importer_inputs import a_wxr_comment, an_export, an_item
from tests.support.paths import ROOT
from tests.support.server_process import Server, environment, hub

POSTS = 250


def a_site(folder: Path) -> Path:
    """An export of some hundred posts, each linking to the next and commented on."""
    return an_export(
        folder,
        *(
            an_item(
                number,
                f'<p>{"Words of the harbour. " * 80}</p><a href="/post-{number + 1}/">next</a>',
                more=a_wxr_comment(1) + a_wxr_comment(2, parent="1"),
            )
            for number in range(1, POSTS + 1)
        ),
    )


def token(data: Path, role: str = "editor") -> str:
    done = hub("token", "create", "--role", role, "--name", "Import", data=data)
    return done.stdout.strip().splitlines()[-1].split()[-1]


def counts(server: Server) -> tuple[int, int, int]:
    """Articles, threads below one of them, and relations of another, as readers see them."""
    query = """{
      articles(first: 1) { totalCount nodes { comments { totalCount } } }
      article(slug: "post-1") { related(first: 1, kinds: [INLINE]) { edges { node { slug } } } }
    }"""
    data = server.client.post("/graphql", json={"query": query}).json()["data"]
    bound = data["article"]["related"]["edges"] if data["article"] else []
    first = data["articles"]["nodes"]
    return (
        data["articles"]["totalCount"],
        first[0]["comments"]["totalCount"] if first else 0,
        len(bound),
    )


def started(*arguments: str, data: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "scripts", "import", *arguments],
        env=environment(data),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for_articles(server: Server) -> None:
    """Wait until some articles have come in."""
    deadline = time.monotonic() + 60
    while not counts(server)[0]:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def last_line(text: str) -> dict[str, Any]:
    return dict(json.loads(text.strip().splitlines()[-1]))


def test_a_killed_import_is_run_again_to_its_end(tmp_path: Path) -> None:
    site, here = a_site(tmp_path), tmp_path / "here"
    with Server(tmp_path / "there") as server:
        arguments = ("--to", server.url, "--token", token(server.data), "--json", str(site))
        killed = started(*arguments, data=here)
        wait_for_articles(server)
        killed.send_signal(signal.SIGKILL)
        killed.communicate()
        imported = counts(server)[0]
        assert 0 < imported <= POSTS
        result = hub("import", *arguments, data=here)
        report = last_line(result.stdout)
        assert result.returncode == 0, result.stderr
        assert report["created"] + report["unchanged"] == POSTS
        assert report["unchanged"] >= imported
        assert counts(server) == (POSTS, 1, 1)
        third = last_line(hub("import", *arguments, data=here).stdout)
        assert (third["created"], third["updated"], third["unchanged"]) == (0, 0, POSTS)
        assert not here.exists()  # nothing of it is stored where it runs


def test_a_server_that_goes_away_is_waited_for(tmp_path: Path) -> None:
    site = a_site(tmp_path)
    with Server(tmp_path / "there") as server:
        secret = token(server.data)
        import_ = started(
            "--to", server.url, "--token", secret, "--json", str(site), data=tmp_path / "here"
        )
        wait_for_articles(server)
        server.kill()
        restarted = Server(server.data)
        restarted.port, restarted.url = server.port, server.url
        restarted.client.base_url = server.url
        with restarted:
            out, err = import_.communicate(timeout=120)
            assert import_.returncode == 0, err
            report = last_line(out)
            assert report["created"] + report["unchanged"] == POSTS
            assert counts(restarted) == (POSTS, 1, 1)


def test_what_is_wrong_is_said_in_words(tmp_path: Path) -> None:
    site = an_export(tmp_path, an_item(1))
    with Server(tmp_path / "there") as server:
        wrong = ("import", "--to", server.url, str(site))
        for options in (
            ("--token", "no-such-token"),
            ("--token", token(server.data, "writer")),
            (),
        ):
            done = hub(*wrong, *options, data=tmp_path / "here")
            assert done.returncode == 2, (options, done.returncode, done.stdout, done.stderr)
            assert "\nhub: " in f"\n{done.stderr}"
            assert "Traceback" not in done.stderr
            assert "token" in done.stderr or "allowed" in done.stderr
        elsewhere = hub(
            "import",
            "--to",
            f"{server.url}/nowhere",
            "--token",
            "t",
            str(site),
            data=tmp_path / "here",
        )
        assert elsewhere.returncode == 2
        assert "no hub that speaks GraphQL" in elsewhere.stderr
        assert counts(server)[0] == 0

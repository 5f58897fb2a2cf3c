"""Backups of a hub that runs and saves; restores that are killed: the old hub or the new one."""

from __future__ import annotations

import signal
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import anyio
import asyncpg
import pytest

from tests.support.paths import ROOT
from tests.support.postgres import Database
from tests.support.server_process import Server, environment, hub

pytestmark = pytest.mark.slow

CREATE = """mutation($input: CreateArticleInput!) { createArticle(input: $input) {
  ... on CreateArticlePayload { articleId } ... on Problem { message } } }"""
ALL = """{ articles(first: 100, order: OLDEST) { totalCount nodes {
  id title body publishedAt topics { slug } authors { name } comments { nodes { body } } } }
  topics { nodes { slug name articles { totalCount } } } }"""


@pytest.fixture(params=["sqlite", "postgres"])
def env(request: pytest.FixtureRequest) -> dict[str, str]:
    """Variables of a hub with a database of its own."""
    if request.param == "sqlite":
        return {}
    database: Database = request.getfixturevalue("postgres")
    for name in ("saved", "restored"):
        anyio.run(database.cluster.run, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        anyio.run(database.cluster.run, f"CREATE DATABASE {name}")
    return {"HUB_DATABASE_URL": database.cluster.url("saved")}


def other(env: dict[str, str]) -> dict[str, str]:
    """Return the variables of another hub."""
    return {name: value.replace("/saved?", "/restored?") for name, value in env.items()}


def a_token(data: Path, env: dict[str, str]) -> str:
    made = hub("token", "create", "--role", "editor", "--name", "Edgar", data=data, **env)
    assert made.returncode == 0, made.stderr
    return made.stdout.strip()


def save(server: Server, number: int) -> None:
    input_ = {
        **{"title": f"Article {number}", "status": "PUBLISHED", "topics": ["Baking"]},
        **{"body": {"text": f"Rye {number}. " * 50}, "authors": ["Olive"]},
    }
    body = {"query": CREATE, "variables": {"input": input_}}
    answer = server.client.post("/graphql", json=body).json()
    assert answer["data"]["createArticle"]["articleId"], answer


def ask(server: Server) -> Any:
    answer = server.client.post("/graphql", json={"query": ALL}).json()
    assert "errors" not in answer, answer
    return answer["data"]


def test_a_backup_under_write_load_restores_to_the_same_answers(
    tmp_path: Path, env: dict[str, str]
) -> None:
    data, file = tmp_path / "data", tmp_path / "hub.backup"
    token = a_token(data, env)
    with Server(data, token=token, HUB_MUTATIONS_PER_MINUTE="0", **env) as server:
        for number in range(5):
            save(server, number)
        acknowledged = [5]
        done = threading.Event()

        def write() -> None:
            while not done.is_set() and acknowledged[0] < 90:
                save(server, acknowledged[0])
                acknowledged[0] += 1

        writer = threading.Thread(target=write)
        writer.start()
        while acknowledged[0] < 10:
            time.sleep(0.01)
        before = acknowledged[0]
        made = hub("backup", str(file), data=data, **env)
        after = acknowledged[0]
        done.set()
        writer.join()
        assert made.returncode == 0, made.stderr
        running = hub("restore", str(file), "--yes", data=data, **env)
        assert (running.returncode, "stop it first" in running.stderr) == (1, True), running
        answers = ask(server)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".hub-")] == []
    verified = hub("backup", "verify", str(file), data=tmp_path / "none", **env)
    assert verified.returncode == 0, verified.stderr
    assert "is complete" in verified.stdout
    restored = hub("restore", str(file), "--yes", data=tmp_path / "other", **other(env))
    assert restored.returncode == 0, restored.stderr
    with Server(tmp_path / "other", token=token, **other(env)) as server:
        again = ask(server)
        number = again["articles"]["totalCount"]
        assert before <= number <= after + 1
        nodes = answers["articles"]["nodes"][:number]
        assert again["articles"]["nodes"] == nodes
        save(server, 1_000)  # ids continue, and the token is there
        assert ask(server)["articles"]["totalCount"] == number + 1


def fill(path: Path, word: str) -> None:
    """Fill a hub's database with rows that all hold a word, some megabytes of them."""
    with sqlite3.connect(path) as database:
        database.executemany(
            "INSERT INTO query_stat (day, text, asked, hits) VALUES (?, ?, 1, 1)",
            [(f"{number:010}", word * 20) for number in range(40_000)],
        )


def words(path: Path) -> set[str]:
    with sqlite3.connect(path) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return {row[0][:3] for row in database.execute("SELECT DISTINCT text FROM query_stat")}


def test_a_killed_restore_leaves_the_old_hub_or_the_new_one(tmp_path: Path) -> None:
    for name in ("old", "new"):
        assert hub("migrate", data=tmp_path / name).returncode == 0
        fill(tmp_path / name / "hub.sqlite3", name)
    file = tmp_path / "hub.backup"
    assert hub("backup", str(file), data=tmp_path / "new").returncode == 0
    database, log = (tmp_path / "old" / name for name in ("hub.sqlite3", "hub.sqlite3-wal"))
    results = []
    for size in (1, 1_000_000, 3_000_000, None):
        process = subprocess.Popen(
            [sys.executable, "-m", "scripts", "restore", str(file), "--yes"],
            env=environment(tmp_path / "old"),
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
        )
        while process.poll() is None and size is not None:
            if log.exists() and log.stat().st_size >= size:
                process.send_signal(signal.SIGKILL)
                break
            time.sleep(0.0002)
        process.wait()
        [word] = words(database)
        results.append(word)
        if word == "new" and size is not None:
            with sqlite3.connect(database) as connection:
                connection.execute("UPDATE query_stat SET text = replace(text, 'new', 'old')")
    assert "old" in results
    assert results[-1] == "new"


def test_a_killed_restore_of_postgres_leaves_the_old_hub(
    tmp_path: Path, postgres: Database
) -> None:
    cluster, urls = postgres.cluster, {}
    for name in ("old", "new"):
        anyio.run(cluster.run, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        anyio.run(cluster.run, f"CREATE DATABASE {name}")
        urls[name] = {"HUB_DATABASE_URL": cluster.url(name)}
        assert hub("migrate", data=tmp_path, **urls[name]).returncode == 0
        insert = (
            "INSERT INTO query_stat (day, text, asked, hits) SELECT lpad(n::text, 10, '0'),"
            f" '{name}', 1, 1 FROM generate_series(1, 20000) n"
        )
        anyio.run(cluster.run, insert, name)
    file = tmp_path / "hub.backup"
    made = hub("backup", str(file), data=tmp_path, **urls["new"])
    assert made.returncode == 0, made.stderr

    async def read() -> set[str]:
        connection = await asyncpg.connect(cluster.url("old"))
        try:
            rows = await connection.fetch("SELECT DISTINCT text FROM query_stat")
            return {row["text"] for row in rows}
        finally:
            await connection.close()

    async def wait_for_psql() -> None:
        connection = await asyncpg.connect(cluster.url("postgres"))
        try:
            while not await connection.fetchval(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = 'old'"
                " AND application_name = 'psql'"
            ):
                await anyio.sleep(0.001)
        finally:
            await connection.close()

    process = subprocess.Popen(
        [sys.executable, "-m", "scripts", "restore", str(file), "--yes"],
        env=environment(tmp_path, **urls["old"]),
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        process_group=0,
    )
    anyio.run(wait_for_psql)
    process.send_signal(signal.SIGKILL)
    process.wait()
    deadline = time.monotonic() + 30
    while len(before := anyio.run(read)) != 1 and time.monotonic() < deadline:
        time.sleep(0.1)
    assert before in ({"old"}, {"new"})
    restored = hub("restore", str(file), "--yes", data=tmp_path, **urls["old"])
    assert restored.returncode == 0, restored.stderr
    assert anyio.run(read) == {"new"}

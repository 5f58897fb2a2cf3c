"""Webhooks of real servers: one of several tells, and kills lose nothing."""

from __future__ import annotations

import random
import threading
import time
from pathlib import Path

import httpx
import pytest

from hub.text.slugs import digest
from tests.process.test_server import CREATE
from tests.support.server_process import Server, hub
from tests.support.webhook_receiver import SECRET, Receiver, receiving


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def token(data: Path) -> str:
    result = hub("token", "create", "--role", "editor", "--name", "test", data=data)
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


def test_of_several_processes_one_tells_and_another_takes_over(data: Path, token: str) -> None:
    with receiving() as receiver:
        env = {"HUB_WEBHOOK_URLS": f'["{receiver.url}"]', "HUB_WEBHOOK_SECRET": SECRET}
        with (
            Server(data, "--workers", "2", token=token, **env) as first,
            Server(data, token=token, **env) as second,
        ):
            for number in range(5):
                first.ask(CREATE, title=f"Ferry {number}", wait=True)
            expected = {f"slug:{digest(f'ferry-{number}')}" for number in range(5)}
            wait_for_tags(receiver, expected)
            assert len({got.id for got in receiver.deliveries}) == len(receiver.deliveries)
            first.stop()
            second.ask(CREATE, title="Ferry 9", wait=True)
            wait_for_tags(receiver, {f"slug:{digest('ferry-9')}"})
            assert all(got.is_signed() for got in receiver.deliveries)
            for secret in (SECRET, "not-to-be-told"):
                assert secret not in first.output() + second.output()
        log = hub("webhooks", "log", data=data, **env)
        assert log.returncode == 0, log.stderr
        assert "DELIVERED" in log.stdout
        assert "not-to-be-told" not in log.stdout + hub("check", data=data, **env).stdout
        assert "0 messages" in hub("webhooks", "retry", data=data, **env).stdout


@pytest.mark.slow
def test_kills_between_save_and_delivery_lose_no_message(data: Path, token: str) -> None:
    chance = random.Random(20260301)
    saved: list[str] = []
    with receiving() as receiver:
        env = {"HUB_WEBHOOK_URLS": f'["{receiver.url}"]', "HUB_WEBHOOK_SECRET": SECRET}
        server = Server(data, token=token, **env)
        try:
            for attempt in range(8):
                server.start()
                receiver.answers = [500] * chance.randrange(4)
                killer = threading.Timer(chance.uniform(0.05, 0.5), server.kill)
                killer.start()
                try:
                    for number in range(1000):
                        server.ask(CREATE, title=f"Storm {attempt} {number}", wait=False)
                        saved.append(f"storm-{attempt}-{number}")
                except (httpx.TransportError, httpx.DecodingError):
                    pass
                killer.join()
            receiver.answers = []
            server.start()
            wait_for_tags(receiver, {f"slug:{digest(slug)}" for slug in saved}, seconds=60)
        finally:
            server.kill()
            server.client.close()
    assert len(saved) >= 8


def wait_for_tags(receiver: Receiver, tags: set[str], seconds: float = 45) -> None:
    """Wait until all of these were told of."""
    deadline = time.monotonic() + seconds
    while missing := tags - {tag for got in receiver.accepted for tag in got.data["tags"]}:
        assert time.monotonic() < deadline, missing
        time.sleep(0.02)

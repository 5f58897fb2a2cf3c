"""Firefox by WebDriver BiDi, without a driver: https://w3c.github.io/webdriver-bidi/."""

from __future__ import annotations

import base64
import itertools
import json
import subprocess
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from axe_playwright_python.base import AXE_FILE_PATH
from websockets.sync.client import ClientConnection, connect

from tests.support.server_process import free_port

NAMES = ("firefox-esr", "firefox")
KEYS = {"Enter": "\ue007", "Escape": "\ue00c", "ArrowDown": "\ue015", "ArrowUp": "\ue013"}
KEYS |= {"Tab": "\ue004", "Home": "\ue011", "End": "\ue010", "Delete": "\ue017"}
SECONDS = 20
DEEP = "document.querySelector('hub-search').shadowRoot"


class Firefox:
    """A headless Firefox with one page; use it as a context. `errors` holds those of scripts."""

    def __init__(self, executable: str) -> None:
        self._executable = executable
        self._numbers = itertools.count(1)
        self._profile = tempfile.TemporaryDirectory(prefix="firefox-")
        self._open = ExitStack()
        self.errors: list[str] = []

    def __enter__(self) -> Self:
        port = free_port()
        preferences = 'user_pref("network.proxy.type", 0);\n'
        Path(self._profile.name, "user.js").write_text(preferences, encoding="utf-8")
        self._process = subprocess.Popen(
            [
                *(self._executable, "--headless", "--no-remote", "--profile", self._profile.name),
                f"--remote-debugging-port={port}",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._socket = self._connect(f"ws://127.0.0.1:{port}/session")
        self.send("session.new", capabilities={})
        self.send("session.subscribe", events=["log.entryAdded"])
        self._page = self.send("browsingContext.getTree")["contexts"][0]["context"]
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._open.close()
        self._process.terminate()
        self._process.wait(timeout=SECONDS)
        self._profile.cleanup()

    def _connect(self, address: str) -> ClientConnection:
        deadline = time.monotonic() + 2 * SECONDS
        while True:
            try:
                return self._open.enter_context(connect(address, max_size=None))
            except OSError:
                assert time.monotonic() < deadline, "Firefox does not answer"
                assert self._process.poll() is None, "Firefox ended"
                time.sleep(0.2)

    def send(self, method: str, **params: object) -> Any:
        """Send a command, and return its result. Raises AssertionError if it fails."""
        id_ = next(self._numbers)
        self._socket.send(json.dumps({"id": id_, "method": method, "params": params}))
        while True:
            message = json.loads(self._socket.recv(timeout=SECONDS))
            if message.get("method") == "log.entryAdded" and message["params"]["level"] == "error":
                self.errors.append(message["params"]["text"] or "")
            if message.get("id") == id_:
                assert message["type"] == "success", message
                return message["result"]

    def open(self, url: str, width: int = 1100, height: int = 760) -> None:
        """Open an address in a window of this size, and wait until it is loaded."""
        size = {"width": width, "height": height}
        self.send("browsingContext.setViewport", context=self._page, viewport=size)
        self.send("browsingContext.navigate", context=self._page, url=url, wait="complete")

    def run(self, expression: str) -> Any:
        """Return the value of an expression, by JSON; a promise is awaited."""
        result = self.send(
            "script.evaluate",
            expression=f"Promise.resolve({expression}).then((value) => JSON.stringify(value))",
            target={"context": self._page},
            awaitPromise=True,
        )
        assert result["type"] == "success", result["exceptionDetails"]["text"]
        return json.loads(result["result"].get("value") or "null")

    def wait(self, expression: str) -> Any:
        """Wait until an expression is true, and return its value."""
        deadline = time.monotonic() + SECONDS
        while not (value := self.run(expression)):
            assert time.monotonic() < deadline, f"not true: {expression}"
            time.sleep(0.05)
        return value

    def press(self, *keys: str) -> None:
        """Press keys, each a character or a name of `KEYS`."""
        actions = [
            {"type": kind, "value": KEYS.get(key, key)}
            for key in keys
            for kind in ("keyDown", "keyUp")
        ]
        source = {"type": "key", "id": "keyboard", "actions": actions}
        self.send("input.performActions", context=self._page, actions=[source])

    def take_screenshot(self, path: Path) -> None:
        """Store what is visible as a PNG."""
        result = self.send("browsingContext.captureScreenshot", context=self._page)
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_bytes(base64.b64decode(result["data"]))

    def run_axe(self) -> list[str]:
        """Return axe-core's violations on the page, a line each."""
        script = Path(AXE_FILE_PATH).read_text(encoding="utf-8")
        self.run(f"typeof axe === 'object' || void (0, eval)({json.dumps(script)})")
        violations: list[str] = self.run(
            "axe.run().then(({ violations }) => violations.map(({ id, nodes }) => "
            "`${id}: ${nodes[0].target} ${nodes[0].failureSummary}`))"
        )
        return violations

"""Stock browsers, driven by the protocols that they speak themselves: Firefox by WebDriver BiDi, WebKit by WebDriver.

Both are W3C's. Playwright drives builds of its own, which are not what people have.
"""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol, Self
from urllib.parse import quote

import requests
import websocket

START_SECONDS = 120.0
PATIENCE_SECONDS = 60.0
LOOK_AGAIN_SECONDS = 0.1
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # the name of an element's id in WebDriver's JSON (W3C)
SIZE = (1280, 720)
CENTRE = """((selector) => {
  const one = document.querySelector(selector);
  one.scrollIntoView({block: "center"});
  const box = one.getBoundingClientRect();
  return [Math.round(box.left + box.width / 2), Math.round(box.top + box.height / 2)];
})"""


class Stock(Protocol):
    """One window of a browser."""

    def goto(self, url: str) -> None:
        """Open an address; returns when it is loaded."""

    def evaluate(self, expression: str) -> Any:
        """The value of an expression in the page, through JSON."""

    def click(self, selector: str) -> None:
        """Press the first element with the pointer."""

    def press(self, text: str) -> None:
        """Type into what has the focus."""

    def close(self) -> None:
        """End the browser."""


class Page:
    """A page in a stock browser; each step waits until the page has what it needs."""

    def __init__(self, browser: Stock) -> None:
        self.browser = browser

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.browser.close()

    def until(self, expression: str) -> Any:
        """The value of ``expression`` as soon as it is true."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not (value := self.browser.evaluate(expression)):
            assert time.monotonic() < deadline, f"never true: {expression}\n{self.text()}"
            time.sleep(LOOK_AGAIN_SECONDS)
        return value

    def text(self) -> str:
        """What the page says."""
        return str(self.browser.evaluate("document.body.innerText"))

    def shows(self, selector: str) -> None:
        """Wait until the element is drawn."""
        quoted = json.dumps(selector)
        self.until(f"[...document.querySelectorAll({quoted})].some((one) => one.getClientRects().length > 0)")

    def press(self, selector: str) -> None:
        """Press an element that is enabled."""
        quoted = json.dumps(selector)
        self.shows(selector)
        self.until(f"!document.querySelector({quoted}).disabled")
        self.browser.click(selector)

    def fill(self, selector: str, text: str) -> None:
        """Type into a field, in the place of what stands there."""
        self.press(selector)
        self.until(f"document.activeElement === document.querySelector({json.dumps(selector)})")
        self.browser.evaluate("document.activeElement.select()")
        self.browser.press(text)
        self.until(f"document.querySelector({json.dumps(selector)}).value === {json.dumps(text)}")


class Firefox:
    """A Firefox as it is installed, by WebDriver BiDi."""

    def __init__(self, program: str) -> None:
        self._profile = TemporaryDirectory(prefix="firefox-")
        profile = Path(self._profile.name)
        (profile / "user.js").write_text('user_pref("intl.accept_languages", "zh-CN");\n')
        log = profile / "stderr"
        with log.open("wb") as written:
            self._process = subprocess.Popen(
                [program, "--headless", "--no-remote", "--profile", str(profile), "--remote-debugging-port", "0"],
                stdout=subprocess.DEVNULL,
                stderr=written,
                env={**os.environ, "HOME": str(profile)},
            )
        try:
            self._open(_found(log, re.compile(r"WebDriver BiDi listening on (ws://\S+)"), self._process))
        except BaseException:
            self._end()
            raise

    def _open(self, address: str) -> None:
        self._socket = websocket.create_connection(f"{address}/session", timeout=START_SECONDS, suppress_origin=True)
        self._last = 0
        self._call("session.new", capabilities={})
        self._window = self._call("browsingContext.getTree")["contexts"][0]["context"]
        size = {"width": SIZE[0], "height": SIZE[1]}
        self._call("browsingContext.setViewport", context=self._window, viewport=size)

    def _call(self, method: str, **params: Any) -> Any:
        self._last += 1
        self._socket.send(json.dumps({"id": self._last, "method": method, "params": params}))
        while True:
            answer = json.loads(self._socket.recv())
            if answer.get("id") == self._last:
                assert answer["type"] == "success", answer
                return answer["result"]

    def goto(self, url: str) -> None:
        self._call("browsingContext.navigate", context=self._window, url=url, wait="complete")

    def evaluate(self, expression: str) -> Any:
        target = {"context": self._window}
        whole = f"JSON.stringify({{value: {expression}}})"
        found = self._call("script.evaluate", expression=whole, target=target, awaitPromise=True)
        assert found["type"] == "success", found
        return json.loads(found["result"]["value"]).get("value")

    def click(self, selector: str) -> None:
        x, y = self.evaluate(f"{CENTRE}({json.dumps(selector)})")
        actions = [{"type": "pointerMove", "x": x, "y": y}, {"type": "pointerDown", "button": 0}]
        self._act({"type": "pointer", "id": "mouse", "actions": [*actions, {"type": "pointerUp", "button": 0}]})

    def press(self, text: str) -> None:
        keys = [{"type": kind, "value": letter} for letter in text for kind in ("keyDown", "keyUp")]
        self._act({"type": "key", "id": "keyboard", "actions": keys})

    def _act(self, source: dict[str, Any]) -> None:
        self._call("input.performActions", context=self._window, actions=[source])

    def close(self) -> None:
        self._socket.close()
        self._end()

    def _end(self) -> None:
        self._process.terminate()
        self._process.wait(START_SECONDS)
        self._profile.cleanup()


class WebKit:
    """WebKitGTK as it is installed, by WebDriver."""

    def __init__(self, program: str, *display: str) -> None:
        """``display`` is a command that starts ``program`` with a screen, where there is none."""
        self._home = TemporaryDirectory(prefix="webkit-")
        port = _free_port()
        self._process = subprocess.Popen(
            [*display, program, f"--port={port}", "--host=127.0.0.1"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            env={**os.environ, "HOME": self._home.name},
        )
        self._url = f"http://127.0.0.1:{port}"
        try:
            self._open()
        except BaseException:
            self._end()
            raise

    def _open(self) -> None:
        self._wait_for_driver()
        made = self._call("POST", "/session", {"capabilities": {}})
        self._url += f"/session/{made['sessionId']}"
        self._call("POST", "/window/rect", {"width": SIZE[0], "height": SIZE[1]})

    def _wait_for_driver(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            with suppress(requests.ConnectionError):
                self._call("GET", "/status")
                return
            assert self._process.poll() is None, "the driver of WebKit ended at once"
            assert time.monotonic() < deadline, "the driver of WebKit does not answer"
            time.sleep(LOOK_AGAIN_SECONDS)

    def _call(self, method: str, path: str, body: Any = None) -> Any:
        answer = requests.request(method, self._url + path, json=body, timeout=START_SECONDS)
        value = answer.json()["value"]
        assert answer.ok, value
        return value

    def goto(self, url: str) -> None:
        self._call("POST", "/url", {"url": url})

    def evaluate(self, expression: str) -> Any:
        return self._call("POST", "/execute/sync", {"script": f"return ({expression});", "args": []})

    def click(self, selector: str) -> None:
        self.evaluate(f"{CENTRE}({json.dumps(selector)})")  # from under what sticks to the window's edges
        self._call("POST", f"/element/{self._element(selector)}/click", {})

    def press(self, text: str) -> None:
        active = self._call("GET", "/element/active")[ELEMENT]
        self._call("POST", f"/element/{quote(active, safe='')}/value", {"text": text})

    def _element(self, selector: str) -> str:
        found = self._call("POST", "/element", {"using": "css selector", "value": selector})
        return quote(found[ELEMENT], safe="")

    def close(self) -> None:
        self._call("DELETE", "")
        self._end()

    def _end(self) -> None:
        os.killpg(self._process.pid, signal.SIGTERM)  # a screen of its own ends too
        self._process.wait(START_SECONDS)
        self._home.cleanup()


def _found(log: Path, pattern: re.Pattern[str], process: subprocess.Popen[bytes]) -> str:
    """The first group of ``pattern`` as soon as it stands in what the process says."""
    deadline = time.monotonic() + START_SECONDS
    while not (match := pattern.search(log.read_text(errors="replace"))):
        assert process.poll() is None, log.read_text(errors="replace")
        assert time.monotonic() < deadline, log.read_text(errors="replace")
        time.sleep(LOOK_AGAIN_SECONDS)
    return match[1]


def _free_port() -> int:
    """A port that is free now, for a driver that takes a number alone."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])

"""Terminals as pictures, and a server with the test's answers."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from PIL import Image, ImageDraw

from client_stub.model import Ticket, Update
from scan_to_login.protocol import TicketState

Colour = tuple[int, int, int]
MODULE = 6
_SGR = re.compile(r"\x1b\[([0-9;]*)m")
_BASIC: list[Colour] = [(0, 0, 0), (170, 0, 0), (0, 170, 0), (170, 85, 0), (0, 0, 170), (170, 0, 170), (0, 170, 170)]
_BASIC += [(170, 170, 170)]
_BRIGHT: list[Colour] = [(85, 85, 85), (255, 85, 85), (85, 255, 85), (255, 255, 85), (85, 85, 255), (255, 85, 255)]
_BRIGHT += [(85, 255, 255), (255, 255, 255)]


def rasterise(output: str, ink: Colour, paper: Colour) -> Image.Image:
    """The picture of a terminal with these colours, two modules in a cell, for the SGR codes that rich writes."""
    lines = output.rstrip("\n").split("\n")
    width = max(len(_SGR.sub("", line)) for line in lines)
    picture = Image.new("RGB", ((width + 8) * MODULE, (len(lines) * 2 + 8) * MODULE), paper)
    draw = ImageDraw.Draw(picture)
    front, back = ink, paper
    for row, line in enumerate(lines):
        column = 0
        for part in re.split(r"(\x1b\[[0-9;]*m)", line):
            codes = _SGR.fullmatch(part)
            if codes:
                front, back = _apply(codes[1], front, back, ink, paper)
                continue
            for character in part:
                for half, full in ((0, "▀█"), (1, "▄█")):
                    x, y = (column + 4) * MODULE, (row * 2 + half + 4) * MODULE
                    colour = front if character in full else back
                    draw.rectangle((x, y, x + MODULE - 1, y + MODULE - 1), fill=colour)
                column += 1
    return picture


def _apply(codes: str, front: Colour, back: Colour, ink: Colour, paper: Colour) -> tuple[Colour, Colour]:
    numbers = [int(code or 0) for code in codes.split(";")]
    while numbers:
        code = numbers.pop(0)
        if code == 0:
            front, back = ink, paper
        elif code in (38, 48):
            if numbers.pop(0) == 2:
                colour = (numbers.pop(0), numbers.pop(0), numbers.pop(0))
            else:
                colour = _palette(numbers.pop(0))
            front, back = (colour, back) if code == 38 else (front, colour)
        elif 30 <= code <= 37 or 90 <= code <= 97:
            front = _BASIC[code - 30] if code < 90 else _BRIGHT[code - 90]
        elif 40 <= code <= 47 or 100 <= code <= 107:
            back = _BASIC[code - 40] if code < 100 else _BRIGHT[code - 100]
        else:
            raise AssertionError(f"an SGR code that no test knows: {code}")
    return front, back


def _palette(index: int) -> Colour:
    if index >= 232:
        return (8 + (index - 232) * 10,) * 3
    assert index >= 16, "the first 16 colours are the user's own"
    levels = (0, 95, 135, 175, 215, 255)
    index -= 16
    return levels[index // 36], levels[index // 6 % 6], levels[index % 6]


@pytest.fixture(name="rasterise")
def rasterise_fixture() -> Callable[[str, Colour, Colour], Image.Image]:
    """Draws a terminal's output: output, ink and paper of the terminal."""
    return rasterise


@pytest.fixture
def ticket() -> Ticket:
    """A ticket as the gateway gives it."""
    return Ticket("t" * 22, "a-claim-secret", "http://127.0.0.1:8000/q/" + "t" * 22, 1, 120, 1_600_000_120_000)


@pytest.fixture
def update() -> Callable[..., Update]:
    """Makes a state of that ticket."""

    def make(state: str, version: int, **more: Any) -> Update:
        return Update(**{"ticket_id": "t" * 22, "state": TicketState(state), "version": version, **more})

    return make


class Answering:
    """A server that gives every request the last answer that was put, and keeps the requests."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, str, bytes]] = []
        self.asked: list[tuple[str, str, dict[str, str], Any]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                outer.asked.append((self.command, self.path, headers, json.loads(body) if body else None))
                status, kind, content = outer.answers.pop(0) if len(outer.answers) > 1 else outer.answers[0]
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_DELETE = answer  # noqa: N815 - the names that the library calls

            def log_message(self, *_args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def put(self, body: object, status: int = 200) -> None:
        """Answer with JSON; several are answered in turn, the last one from then on."""
        self.answers.append((status, "application/json", json.dumps(body).encode()))

    def put_problem(self, status: int, code: str, **extras: object) -> None:
        """Answer with a problem document."""
        body = {"type": "about:blank", "title": code, "status": status, "detail": f"About {code}.", "code": code}
        self.answers.append((status, "application/problem+json", json.dumps({**body, **extras}).encode()))

    def close(self) -> None:
        """End it."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def answering() -> Iterator[Answering]:
    """A server with the test's answers."""
    server = Answering()
    yield server
    server.close()

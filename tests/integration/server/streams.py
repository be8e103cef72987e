"""A gateway with a streamed answer, as a test sees it (``streaming_gateway`` is its program)."""

from __future__ import annotations

import json
import os
import sys
from typing import Any

import requests

from scan_to_login.testing.control import Control
from tests.integration.server.conftest import Program

COMMAND = (sys.executable, "-m", "tests.integration.server.streaming_gateway", "serve", "--port", "0", "--sim")
NUMBERS = "/api/v1/numbers"


class Streaming:
    """The gateway of these tests."""

    def __init__(self, url: str, program: Program) -> None:
        self.url = url
        self.program = program
        self.control = Control(url, certificate=os.environ.get("REQUESTS_CA_BUNDLE", ""))
        self._logged = 0

    def counts(self) -> dict[str, int]:
        """What it has made so far."""
        answer: dict[str, int] = requests.get(f"{self.url}/api/v1/number-counts", timeout=30).json()
        return answer

    def new_errors(self) -> list[dict[str, Any]]:
        """The lines that it has logged as errors since the last call."""
        lines = self.program.errors.splitlines()
        new, self._logged = lines[self._logged :], len(lines)
        told = [json.loads(line) for line in new if line.startswith("{")]
        return [line for line in told if line["level"] in ("error", "critical")]

    def answer_entries(self) -> list[dict[str, Any]]:
        """The journal's entries of streamed answers."""
        entries = self.control.call("GET", "/journal")["entries"]
        return [one for one in entries if one["kind"] == "answer" and one["name"].endswith(NUMBERS)]


def request_of(path: str, version: str = "1.1", method: str = "GET", *more: str) -> bytes:
    """A request byte by byte."""
    return "\r\n".join([f"{method} {path} HTTP/{version}", "Host: x", *more, "", ""]).encode()


def dechunked(body: bytes) -> tuple[list[bytes], bytes]:
    """The chunks of a body that is whole, and what follows it."""
    chunks = []
    while True:
        size, _, rest = body.partition(b"\r\n")
        chunk, body = rest[: int(size, 16)], rest[int(size, 16) :]
        assert body.startswith(b"\r\n"), "a chunk that is not whole"
        body = body[2:]
        if not chunk:
            return chunks, body
        chunks.append(chunk)

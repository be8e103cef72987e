"""A real Chromium on the authorize page, beside the phone that reads its pixels, and a client that hears the answer."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.e2e.pages.conftest import browser, chromium, open_page, picture, playwright

__all__ = ["browser", "chromium", "open_page", "picture", "playwright"]


ARRIVED = b'<!doctype html><title>arrived</title><link rel="icon" href="data:,">'  # no icon is asked for


class Callback:
    """A client's redirect URI on loopback: what browsers bring there, by GET or by form."""

    def __init__(self) -> None:
        self.heard: Queue[dict[str, str]] = Queue()
        heard = self.heard

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                self._take(parts.path, parts.query)

            def do_POST(self) -> None:
                self._take(self.path, self.rfile.read(int(self.headers["Content-Length"])).decode())

            def _take(self, path: str, fields: str) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.send_header("Content-Length", str(len(ARRIVED)))
                self.end_headers()
                self.wfile.write(ARRIVED)
                if path == "/callback":
                    heard.put({name: values[0] for name, values in parse_qs(fields).items()})

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.uri = f"http://127.0.0.1:{self._server.server_address[1]}/callback"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Hear no more."""
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def callback() -> Iterator[Callback]:
    """A client that listens."""
    listening = Callback()
    yield listening
    listening.close()

"""Where this repository has a Chromium and socket.io-client's file for browsers."""

from __future__ import annotations

from typing import Any

from tests.e2e.pages.tools import WEB, chromium_environment, chromium_path

SOCKET_IO = WEB / "node_modules" / "socket.io-client" / "dist" / "socket.io.min.js"


def chromium() -> dict[str, Any]:
    """How Playwright is to launch it: the machine's own, else npm's with the libraries that it brings."""
    path = chromium_path()
    return {"executable_path": path, "env": chromium_environment(path), "args": ["--no-sandbox"]}

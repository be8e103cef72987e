"""The paths of a Chromium and of socket.io-client's file for browsers in this repository."""

from __future__ import annotations

from typing import Any

from tests.e2e.pages.tools import WEB, chromium_environment, chromium_path

SOCKET_IO = WEB / "node_modules" / "socket.io-client" / "dist" / "socket.io.min.js"


def chromium() -> dict[str, Any]:
    """Launch options for Playwright: the machine's Chromium, or else npm's with its libraries."""
    path = chromium_path()
    return {"executable_path": path, "env": chromium_environment(path), "args": ["--no-sandbox"]}

"""Where this repository has a Chromium and socket.io-client's file for browsers."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.pages.tools import chromium_path

SOCKET_IO = Path(__file__).parents[2] / "node_modules" / "socket.io-client" / "dist" / "socket.io.min.js"
CHROMIUM = chromium_path

"""The pages' types are those of the gateway that is running."""

from __future__ import annotations

from pathlib import Path

import requests

from scan_to_login.testing.live import LiveGateway
from tests.e2e.pages.tools import ROOT, WEB, development_module, node

GENERATED = WEB / "api" / "schema.ts"


def test_the_pages_types_are_made_from_the_gateways_openapi_document(gateway: LiveGateway, tmp_path: Path) -> None:
    document = tmp_path / "openapi.json"
    document.write_bytes(requests.get(f"{gateway.url}/openapi.json", timeout=10).content)
    made = tmp_path / "openapi.ts"
    development_module("openapi-typescript")
    done = node("make-types.mjs", str(document), str(made))
    assert done.returncode == 0, done.stderr
    assert made.read_text("utf-8") == GENERATED.read_text("utf-8"), f"run: npm --prefix web run types -- {gateway.url}"


def test_the_lock_names_no_host() -> None:
    for folder in (WEB, ROOT / "clients" / "node", Path(__file__).parent / "chromium"):
        lock = folder / "package-lock.json"
        assert '"resolved"' not in lock.read_text("utf-8")

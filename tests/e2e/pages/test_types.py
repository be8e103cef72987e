"""The types of the pages and of the npm package are those of the gateway that is running."""

from __future__ import annotations

from pathlib import Path

import pytest

from scan_to_login.testing.live import LiveGateway
from tests.e2e.pages.tools import ROOT, WEB, development_module, node

pytestmark = pytest.mark.slow

PACKAGE = ROOT / "clients" / "node"
GENERATED = (WEB / "api" / "schema.ts", PACKAGE / "src" / "control-schema.ts")


def test_the_types_are_made_from_the_gateways_openapi_documents(gateway: LiveGateway, tmp_path: Path) -> None:
    development_module("openapi-typescript")
    done = node("make-types.mjs", gateway.url, str(tmp_path))
    assert done.returncode == 0, done.stderr
    for path in GENERATED:
        made = (tmp_path / path.name).read_text("utf-8")
        assert made == path.read_text("utf-8"), f"{path.name}: run npm --prefix web run types -- {gateway.url}"


def test_the_lock_names_no_host() -> None:
    for folder in (WEB, PACKAGE, Path(__file__).parent / "chromium"):
        lock = folder / "package-lock.json"
        assert '"resolved"' not in lock.read_text("utf-8")

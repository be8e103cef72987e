"""A real Chromium on the real pages. A page that complains in its console fails its test."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, expect, sync_playwright

from scan_to_login.testing.live import LiveGateway
from tests.e2e.pages.tools import ROOT, chromium_environment, chromium_path
from tests.e2e.pages.walks import SIZES, Walk

PICTURES = ROOT / "artifacts" / "pages"
FLAGS = ["--no-sandbox", "--force-prefers-reduced-motion"]
# Chromium itself notes every answer of 400 and above, and every call without a network: part of many a story here.
EXPECTED = re.compile(
    r"Service Worker registration blocked by Playwright|"
    r"Failed to load resource: (the server responded with a status of 4\d\d|net::ERR_(INTERNET_DISCONNECTED|FAILED))"
)
# An expectation ends as soon as it is met; a machine with much to do may need long.
PATIENCE_MS = 30_000
expect.set_options(timeout=PATIENCE_MS)
WIDE = (1280, 820)
PHONE = (390, 844)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Playwright's driver."""
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of a Chromium. In CI a missing one is a failure; elsewhere the browser tests are skipped, and say so."""
    try:
        return chromium_path()
    except (RuntimeError, OSError) as missing:
        if os.environ.get("CI"):
            pytest.fail(f"No Chromium for the browser tests: {missing}")
        pytest.skip(f"No Chromium for the browser tests: {missing}")


@pytest.fixture(scope="session")
def browser(playwright: Playwright, chromium: str) -> Iterator[Browser]:
    """One browser for all tests of this worker; each page has a context of its own."""
    running = playwright.chromium.launch(executable_path=chromium, args=FLAGS, env=chromium_environment(chromium))
    yield running
    running.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Pages are opened after the servers of a test and closed before them: no request finds its server gone."""
    for item in items:
        if isinstance(item, pytest.Function) and "open_page" in item.fixturenames:
            item.fixturenames.remove("open_page")
            item.fixturenames.append("open_page")


OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser, gateway: LiveGateway) -> Iterator[OpenPage]:
    """Opens a page of the gateway in a new window, and fails on messages of its console."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not EXPECTED.match(message.text):
            complaints.append(f"{message.type}: {message.text}")

    def open_one(
        path: str = "",
        *,
        size: tuple[int, int] = WIDE,
        language: str = "zh-CN",
        dark: bool = False,
        within: Browser | None = None,
        service_workers: Literal["allow", "block"] = "block",
        **more: Any,
    ) -> Page:
        context = (within or browser).new_context(
            viewport={"width": size[0], "height": size[1]},
            locale=language,
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
            # a request that a service worker passes on is hidden from the tests' own routes
            service_workers=service_workers,
            **more,
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        page.on("console", heard)
        page.on("pageerror", lambda error: complaints.append(f"exception: {error}"))
        if path:
            page.goto(gateway.url + path)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def picture() -> Callable[[Page, str], Path]:
    """Keeps a screenshot among the artefacts."""

    def take(page: Page, name: str) -> Path:
        PICTURES.mkdir(parents=True, exist_ok=True)
        path = PICTURES / f"{name}.png"
        page.screenshot(path=path)
        return path

    return take


WalkOf = Callable[[str], Walk]


@pytest.fixture
def walk(open_page: OpenPage, gateway: LiveGateway) -> Iterator[WalkOf]:
    """Opens a page for a walk; what its looks have found fails the test at its end."""
    walks: list[Walk] = []

    def of(path: str) -> Walk:
        walks.append(Walk(open_page(path, size=SIZES[0]), gateway))
        return walks[-1]

    yield of
    faults = [fault for one in walks for fault in one.faults]
    assert not faults, "\n".join(faults)

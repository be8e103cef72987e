"""oidc-client-ts in Chromium: a single-page application of another origin logs in by the phone's scan."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from app_simulator.phone import Phone
from scan_to_login.testing.live import LiveGateway
from tests.e2e.pages.conftest import OpenPage
from tests.e2e.pages.oauth.test_authorize_page import pixels
from tests.integration.oauth.programs import EXAMPLES, npm

__all__ = ["npm"]
pytestmark = pytest.mark.slow


@pytest.fixture
def application(gateway: LiveGateway, npm: Path) -> Iterator[str]:
    """The example's page, on a port of its own; the gateway knows it as a client."""
    script = npm / "node_modules" / "oidc-client-ts" / "dist" / "browser" / "oidc-client-ts.min.js"
    page = (EXAMPLES / "single_page_application.html").read_text("utf-8").replace("GATEWAY", gateway.url)
    files = {"/oidc-client-ts.min.js": ("text/javascript", script.read_bytes())}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            kind, body = files.get(self.path.partition("?")[0], ("text/html; charset=utf-8", page.encode()))
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_address[1]}/"
    client = {"client_id": "spa", "name": "单页应用", "redirect_uris": [url], "post_logout_redirect_uris": [url]}
    gateway.control.call("POST", "/oauth/clients", body=client)
    yield url
    server.shutdown()
    server.server_close()


def shown(page: Page) -> dict[str, str]:
    """What the application tells."""
    expect(page.locator("#told")).not_to_be_empty()
    told: dict[str, str] = json.loads(page.locator("#told").inner_text())
    return told


def test_it_logs_in_renews_and_logs_out(open_page: OpenPage, phone: Phone, application: str, tmp_path: Path) -> None:
    """Code flow with PKCE, userinfo across origins, a refresh, and an RP-initiated logout."""
    page = open_page()
    page.goto(application)
    page.get_by_role("button", name="Log in").click()
    phone.confirm(phone.scan(pixels(page, tmp_path)))
    assert shown(page)["name"] == phone.account.display_name or shown(page)["sub"] == phone.account.account_id
    before = shown(page)["access_token"]
    page.get_by_role("button", name="Renew").click()
    expect(page.locator("#told")).not_to_contain_text(before)
    page.get_by_role("button", name="Log out").click()
    expect(page.locator("#told")).to_have_text("logged out")


def test_it_is_refused_by_a_rejection(open_page: OpenPage, phone: Phone, application: str, tmp_path: Path) -> None:
    """As the client's own page tells it."""
    page = open_page()
    page.goto(application)
    page.get_by_role("button", name="Log in").click()
    phone.reject(phone.scan(pixels(page, tmp_path)))
    expect(page.locator("#told")).to_have_text("access_denied")


def test_it_is_refused_after_the_code_has_expired(
    open_page: OpenPage, gateway: LiveGateway, phone: Phone, application: str, tmp_path: Path
) -> None:
    """A minute passes before it is exchanged."""
    page = open_page()
    page.goto(application)

    def late(route: Route) -> None:
        gateway.control.clock.advance(61)
        route.continue_()

    page.route("**/oauth/token", late)
    page.get_by_role("button", name="Log in").click()
    phone.confirm(phone.scan(pixels(page, tmp_path)))
    expect(page.locator("#told")).to_have_text("invalid_grant")


def test_it_is_refused_when_an_answer_is_replayed(
    open_page: OpenPage, phone: Phone, application: str, tmp_path: Path
) -> None:
    """The state was used."""
    page = open_page()
    page.goto(application)
    page.get_by_role("button", name="Log in").click()
    with page.expect_request(lambda request: "code=" in request.url and request.url.startswith(application)) as came:
        phone.confirm(phone.scan(pixels(page, tmp_path)))
    shown(page)
    page.goto(came.value.url)
    expect(page.locator("#told")).to_contain_text("state")

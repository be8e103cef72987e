"""Your own login page in a browser; our phone scans its QR."""

import functools
import http.server
import threading
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

from app_simulator.phone import Phone
from scan_to_login.testing import LiveGateway
from tests.examples.browser import SOCKET_IO, chromium

HERE = Path(__file__).parent / "own_page"


class Pages(http.server.SimpleHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/socket.io.min.js":  # your bundler does this
            self.send_response(200)
            self.end_headers()
            self.wfile.write(SOCKET_IO.read_bytes())
        else:
            super().do_GET()

    def log_message(self, *_):
        pass


@pytest.fixture
def own_site():
    handler = functools.partial(Pages, directory=HERE)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_own_page_logs_in_and_verifies_its_unit(own_site):
    allowed = {"PAIRING_ALLOWED_ORIGINS": own_site}  # another origin than the gateway's
    with LiveGateway(environment=allowed) as gateway, sync_playwright() as playwright, Phone(gateway.url) as phone:
        browser = playwright.chromium.launch(**chromium())
        page = browser.new_page()
        page.goto(f"{own_site}/?gateway={gateway.url}")
        expect(page.locator("#state")).to_have_text("pending")

        phone.login("agent", "Demo-2019")
        shown = phone.scan(page.locator("#qr").inner_text())
        expect(page.locator("#who")).to_have_text("*三")
        phone.confirm(shown)

        page.get_by_label("Declaration password").fill("Unit-2019")
        page.get_by_role("button", name="Verify").click()
        expect(page.locator("#state")).to_have_text("unit_verified")
        browser.close()

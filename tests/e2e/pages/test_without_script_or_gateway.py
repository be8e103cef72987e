"""What is shown before the script, without it, without the gateway, and where there is no page at all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

import pytest
import requests
from playwright.sync_api import expect

from scan_to_login.testing.live import LiveGateway
from tests.e2e.pages.actors import PhonePage
from tests.e2e.pages.conftest import PHONE, OpenPage
from tests.e2e.pages.tools import violations

pytestmark = pytest.mark.slow

ACCEPT_OF_BROWSERS = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.parametrize(("language", "words"), [("zh-CN", "没有此页面"), ("en", "No such page")])
def test_an_unknown_address_is_a_page_for_a_browser(
    language: str, words: str, open_page: OpenPage, gateway: LiveGateway
) -> None:
    page = open_page(language=language)
    answer = page.goto(f"{gateway.url}/no/such%20page")
    assert answer is not None
    assert answer.status == 404
    expect(page.get_by_role("heading", name=words)).to_be_visible()
    expect(page.locator("code")).to_have_text("/no/such page")
    assert violations(page) == []
    page.get_by_role("main").get_by_role("link").nth(1).click()
    expect(page.locator(".client-window")).to_be_visible()


@pytest.mark.parametrize("accept", ["*/*", "application/json", ""])
def test_an_unknown_address_is_a_problem_document_for_a_program(accept: str, gateway: LiveGateway) -> None:
    answer = requests.get(f"{gateway.url}/no/such/page", headers={"Accept": accept}, timeout=5)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_call_that_a_browser_is_refused_stays_a_problem_document(gateway: LiveGateway) -> None:
    answer = requests.get(
        f"{gateway.url}/api/v1/tickets/AAAAAAAAAAAAAAAAAAAAAA",
        headers={"Accept": ACCEPT_OF_BROWSERS, "Authorization": "Ticket AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"},
        timeout=5,
    )
    assert answer.json()["code"] == "ticket_not_found"


def test_a_page_without_scripts_says_so_at_its_top(gateway: LiveGateway) -> None:
    for path in ("/", "/client/", "/app/", "/web/", "/hall/", "/inspector/", "/nothing"):
        text = requests.get(gateway.url + path, headers={"Accept": ACCEPT_OF_BROWSERS}, timeout=5).text
        assert re.search(r"<body>\s*<noscript><p[^>]*>这个页面需要 JavaScript。 This page needs JavaScript.</p>", text)


@pytest.fixture
def slow_copy(gateway: LiveGateway) -> Iterator[tuple[str, Event]]:
    """The address of a client's page that comes as far as its script, and the event that lets the rest come."""
    text = requests.get(f"{gateway.url}/client/", timeout=5).content
    script = text.index(b'<script type="module">')
    go_on = Event()

    class Copy(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer = requests.get(gateway.url + self.path, timeout=60)
            self.send_response(answer.status_code)
            self.send_header("Content-Type", answer.headers["Content-Type"])
            self.end_headers()
            if self.path == "/client/":
                self.wfile.write(text[:script])
                go_on.wait(120)
            self.wfile.write(text[script:] if self.path == "/client/" else answer.content)

        def log_message(self, *_said: object) -> None:
            """Nothing on the tests' output."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Copy) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/client/", go_on
        go_on.set()
        server.shutdown()


def test_a_page_whose_script_has_not_come_shows_where_it_will_be(
    open_page: OpenPage, slow_copy: tuple[str, Event]
) -> None:
    url, go_on = slow_copy
    page = open_page()
    page.goto(url, wait_until="commit")
    expect(page.locator(".skeleton i").first).to_be_visible()
    go_on.set()
    expect(page.locator(".login-form")).to_be_visible()
    expect(page.locator(".skeleton")).to_have_count(0)


def test_the_phone_app_opens_without_the_gateway_and_says_so(open_page: OpenPage, gateway: LiveGateway) -> None:
    page = open_page("/app/", size=PHONE, service_workers="allow")
    phone = PhonePage(page).logged_in("agent")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.route("**/healthz", lambda route: route.abort())  # its failure is no fault of the page
    page.context.set_offline(True)
    with page.expect_event("domcontentloaded"):
        page.evaluate("location.reload()")
    expect(phone.screen.get_by_text("离线，连接恢复后自动继续")).to_be_visible()
    expect(phone.screen.get_by_text("您好，张三")).to_be_visible()
    page.unroute_all()
    page.context.set_offline(False)
    expect(phone.screen.get_by_text("离线，连接恢复后自动继续")).to_have_count(0)


def test_the_documents_of_the_api_have_the_colours_of_the_pages(open_page: OpenPage) -> None:
    for dark, ground in ((False, "rgb(236, 239, 245)"), (True, "rgb(12, 17, 27)")):
        page = open_page("/docs", dark=dark)
        expect(page.locator(".opblock-tag").first).to_be_visible()
        expect(page.locator("body")).to_have_css("background-color", ground)

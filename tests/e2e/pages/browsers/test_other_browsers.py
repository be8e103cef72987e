"""The story of a login in the Firefox and the WebKit that the machine has; in CI's slow part."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest

from scan_to_login.testing.live import LiveGateway
from tests.e2e.pages.actors import PASSWORD, UNIT_PASSWORD
from tests.e2e.pages.browsers.drivers import Firefox, Page, WebKit
from tests.e2e.pages.scripted import ScriptedClient

pytestmark = pytest.mark.slow

SUBMIT = ".submit .button.primary"


def _program(*names: str) -> str | None:
    return next((found for name in names if (found := shutil.which(name))), None)


def _started(name: str) -> Page:
    """The browser, or a skip that names what is missing."""
    if name == "firefox":
        program = _program("firefox-esr", "firefox")
        if not program:
            pytest.skip("No Firefox: `apt-get install firefox-esr`.")
        return Page(Firefox(program))
    program, screen = _program("WebKitWebDriver"), _program("xvfb-run")
    if not program:
        pytest.skip("No WebKit: `apt-get install webkit2gtk-driver xvfb`.")
    if os.environ.get("DISPLAY"):
        return Page(WebKit(program))
    if not screen:
        pytest.skip("WebKit needs a screen: `apt-get install xvfb`.")
    return Page(WebKit(program, screen, "-a"))


@pytest.fixture(params=["firefox", "webkit"])
def page(request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page in each browser that is installed."""
    with _started(request.param) as opened:
        yield opened


def test_the_story_on_the_stage(page: Page, gateway: LiveGateway) -> None:
    page.browser.goto(f"{gateway.url}/")
    page.shows(".client-window .state-pending canvas")
    page.press(".phone .scan-button")
    page.press(".phone .way.first")
    page.press(".phone .decide .button:last-child")
    page.shows(".phone .result.ok")
    page.press(".client-window .submit .button.primary")
    page.fill(".client-window input[name=declaration_password]", UNIT_PASSWORD)
    page.press(".client-window .submit .button.primary")
    page.shows(".client-window .home-unit h1")


def test_the_phone_confirms_and_the_client_logs_in_by_password(page: Page, gateway: LiveGateway) -> None:
    client = ScriptedClient(gateway.url)
    page.browser.goto(f"{gateway.url}/app/")
    page.fill("input[name=identifier]", "agent")
    page.fill("input[name=password]", PASSWORD)
    page.press(SUBMIT)
    page.shows(".scan-button")
    page.browser.goto(client.qr)
    page.press(".decide .button:last-child")
    page.shows(".result.ok")
    gateway.control.await_ticket(client.ticket["ticket_id"], "confirmed")

    page.browser.goto(f"{gateway.url}/client/")
    page.fill("input[name=identifier]", "single")
    page.fill("input[name=password]", "Wrong-2019")
    page.press(SUBMIT)
    page.shows(".captcha img")
    captcha = str(page.browser.evaluate("document.querySelector('.captcha').dataset.captchaId"))
    page.fill("input[name=captcha]", gateway.control.captcha_answer(captcha))
    page.fill("input[name=password]", PASSWORD)
    page.press(SUBMIT)
    page.fill("input[name=declaration_password]", UNIT_PASSWORD)
    page.press(SUBMIT)
    page.shows(".home-unit h1")

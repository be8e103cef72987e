"""The page of a login for another application, as people see it; and the page where a device's code is typed."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlencode

import pytest
import requests
from playwright.sync_api import Page, expect

from app_simulator.phone import Phone
from scan_to_login.testing.live import LiveGateway
from tests.e2e.pages.actors import PhonePage
from tests.e2e.pages.conftest import PHONE, OpenPage
from tests.e2e.pages.oauth.conftest import Callback
from tests.integration.oauth.conftest import VERIFIER, challenge_of

pytestmark = pytest.mark.slow


def address(callback: Callback, **fields: str) -> str:
    """An authorization request of `desk`."""
    asked = {
        "client_id": "desk",
        "response_type": "code",
        "redirect_uri": callback.uri,
        "scope": "openid",
        "state": "桌 &",
        "code_challenge": challenge_of(VERIFIER),
        "code_challenge_method": "S256",
        **fields,
    }
    return f"/oauth/authorize?{urlencode(asked)}"


def arrived(page: Page, callback: Callback) -> dict[str, str]:
    """What the browser has brought to the client, once its page is there."""
    answer = callback.heard.get(timeout=20)
    expect(page).to_have_title("arrived")
    return answer


def pixels(page: Page, folder: Path) -> bytes:
    """What the screen shows, once there is a QR on it."""
    expect(page.locator(".qr-frame.state-pending canvas")).to_be_visible()
    path = folder / "screen.png"
    page.screenshot(path=path)
    return path.read_bytes()


@pytest.mark.parametrize("mode", ["query", "form_post"])
def test_the_phone_reads_the_page_and_the_client_gets_the_answer(
    open_page: OpenPage, phone: Phone, callback: Callback, tmp_path: Path, mode: str
) -> None:
    """The QR comes first here; the browser goes back by itself."""
    page = open_page(address(callback, response_mode=mode))
    expect(page.get_by_role("heading", name="登录到 演示桌面应用")).to_be_visible()
    phone.confirm(phone.scan(pixels(page, tmp_path)))
    answer = arrived(page, callback)
    assert answer["state"] == "桌 &"
    assert answer["code"]


def test_a_password_and_a_unit_lead_to_the_client_too(open_page: OpenPage, callback: Callback) -> None:
    """The other tab, and unit verification where the client asks for it."""
    page = open_page(address(callback, acr_values="urn:scan-to-login:unit_verified", login_hint="single"))
    page.get_by_role("button", name="账号密码登录").click()
    expect(page.get_by_label("账号", exact=True)).to_have_value("single")
    page.get_by_label("密码", exact=True).fill("Demo-2019")
    page.get_by_role("button", name="登录", exact=True).click()
    page.get_by_label("申报密码", exact=True).fill("Unit-2019")
    page.get_by_role("button", name="确定", exact=True).click()
    assert arrived(page, callback)["code"]


def test_a_rejection_goes_back_to_the_client(
    open_page: OpenPage, phone: Phone, callback: Callback, tmp_path: Path
) -> None:
    """As its error."""
    page = open_page(address(callback))
    phone.reject(phone.scan(pixels(page, tmp_path)))
    assert arrived(page, callback)["error"] == "access_denied"


def test_an_expired_code_stays_on_the_page_which_offers_another(
    open_page: OpenPage, gateway: LiveGateway, phone: Phone, callback: Callback, tmp_path: Path
) -> None:
    """Nothing goes to the client until somebody confirms."""
    page = open_page(address(callback, ui_locales="en"))
    pixels(page, tmp_path)
    gateway.control.clock.advance(121)
    expect(page.locator(".qr-frame.state-pending")).to_have_count(0)
    assert callback.heard.empty()
    page.get_by_role("button", name="Refresh").click()
    phone.confirm(phone.scan(pixels(page, tmp_path)))
    assert arrived(page, callback)["code"]


def test_a_request_that_cannot_be_answered_says_so(open_page: OpenPage, callback: Callback) -> None:
    """On the page, for its redirect URI is nobody's."""
    page = open_page(address(callback, redirect_uri="http://127.0.0.1/elsewhere"))
    expect(page.get_by_role("alert")).to_contain_text("redirect_uri")


def test_a_logout_without_a_hint_asks_first(
    open_page: OpenPage, gateway: LiveGateway, phone: Phone, callback: Callback, tmp_path: Path
) -> None:
    """And ends the login in this browser."""
    page = open_page(address(callback))
    phone.confirm(phone.scan(pixels(page, tmp_path)))
    arrived(page, callback)
    page.goto(f"{gateway.url}/oauth/logout")
    page.get_by_role("button", name="退出登录").click()
    expect(page.get_by_role("heading", name="已退出登录")).to_be_visible()
    page.goto(f"{gateway.url}{address(callback, prompt='none')}")
    assert arrived(page, callback)["error"] == "login_required"


def test_a_device_s_code_is_typed_on_the_phone(open_page: OpenPage, gateway: LiveGateway) -> None:
    """A wrong one first; then as after a scan."""
    started = requests.post(f"{gateway.url}/oauth/device_authorization", data={"client_id": "desk"}, timeout=10).json()
    phone = PhonePage(open_page("/device", size=PHONE))
    phone.login("agent")
    phone.screen.get_by_label("登录码").fill("BBBB-BBBB")
    phone.screen.get_by_role("button", name="下一步").click()
    expect(phone.screen.get_by_role("alert")).to_contain_text("登录码无效")
    phone.screen.get_by_label("登录码").fill(started["user_code"].lower())
    phone.screen.get_by_role("button", name="下一步").click()
    phone.asks()
    expect(phone.screen.get_by_text("演示桌面应用")).to_be_visible()

"""The whole login without a mouse, axe at each stop, and one language in each state."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from scan_to_login.testing.live import LiveGateway
from tests.e2e.pages.actors import PASSWORD, UNIT_PASSWORD, ClientPage, PhonePage
from tests.e2e.pages.conftest import PHONE, OpenPage
from tests.e2e.pages.scripted import ScriptedPhone
from tests.e2e.pages.tools import violations
from tests.e2e.pages.walks import foreign, names_of

pytestmark = pytest.mark.slow

MOST_STOPS = 60


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until ``target`` has the focus; what has it is always drawn with an outline."""
    expect(target).to_be_visible()
    for _ in range(MOST_STOPS):
        if target.evaluate("one => one === document.activeElement"):
            outline = target.evaluate("one => getComputedStyle(one).outlineStyle")
            assert outline != "none"
            return
        page.keyboard.press("Tab")
    pytest.fail(f"Tab never comes to {target}")


def test_a_login_by_qr_without_a_mouse(open_page: OpenPage, gateway: LiveGateway) -> None:
    client = ClientPage(open_page("/client/"))
    page, window = client.page, client.window
    tab_to(page, window.get_by_role("button", name="扫码登录"))
    page.keyboard.press("Enter")
    client.shows_qr()
    assert violations(page) == []
    ticket = page.evaluate("JSON.parse(sessionStorage.getItem('pairing.client.ticket'))")

    phone = PhonePage(open_page("/app/", size=PHONE))
    keys, screen = phone.page.keyboard, phone.screen
    tab_to(phone.page, screen.get_by_label("账号", exact=True))
    keys.type("agent")
    tab_to(phone.page, screen.get_by_label("密码", exact=True))
    keys.type(PASSWORD)
    keys.press("Enter")
    tab_to(phone.page, screen.get_by_role("button", name="扫一扫"))
    keys.press("Enter")
    tab_to(phone.page, screen.get_by_role("button", name="粘贴"))
    keys.press("Enter")
    expect(screen.get_by_label("二维码中的网址")).to_be_focused()
    keys.insert_text(ticket["qr"])
    keys.press("Enter")
    phone.asks()
    assert violations(phone.page) == []
    tab_to(phone.page, screen.get_by_role("button", name="确认登录"))
    keys.press("Enter")
    expect(screen.get_by_role("heading", name="已确认登录")).to_be_visible()

    expect(window.get_by_role("listbox", name="单位")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(window.get_by_label("申报密码", exact=True)).to_be_focused()
    tab_to(page, window.get_by_role("button", name="忘记申报密码"))
    page.keyboard.press("Enter")
    expect(window.locator(".forgotten canvas")).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(window.get_by_role("button", name="忘记申报密码")).to_be_focused()
    window.get_by_label("申报密码", exact=True).focus()
    page.keyboard.type(UNIT_PASSWORD)
    page.keyboard.press("Enter")
    client.is_home()
    assert violations(page) == []
    tab_to(page, window.get_by_role("button", name="退出登录"))
    page.keyboard.press("Enter")
    expect(window.get_by_label("账号", exact=True)).to_be_focused()


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_the_states_of_a_login_speak_one_language(language: str, open_page: OpenPage, gateway: LiveGateway) -> None:
    names = names_of(gateway)

    def speaks(page: Page) -> None:
        assert foreign(page, names) == []

    page = open_page("/client/", language=language)
    page.locator(".corner").click()
    expect(page.locator(".state-pending canvas")).to_be_visible()
    speaks(page)
    phone = ScriptedPhone(gateway.url, "agent")
    ticket = phone.scan(page)
    expect(page.locator(".compare")).to_be_visible()
    speaks(page)
    app = open_page("/app/", size=PHONE, language=language)
    app.locator("input[name=identifier]").fill("agent")
    app.locator("input[name=password]").fill(PASSWORD)
    app.locator(".submit button").click()
    expect(app.locator(".scan-button")).to_be_visible()
    speaks(app)
    phone.post(f"/tickets/{ticket}/reject", {})
    expect(page.locator(".state-rejected .cover")).to_be_visible()
    speaks(page)
    page.locator(".cover .button").click()
    expect(page.locator(".state-pending canvas")).to_be_visible()
    app.goto(page.evaluate("JSON.parse(sessionStorage.getItem('pairing.client.ticket')).qr"))
    expect(app.locator(".decide")).to_be_visible()
    speaks(app)
    app.locator(".decide button").last.click()
    expect(page.get_by_role("listbox")).to_be_visible()
    speaks(page)
    expect(app.locator(".result.ok")).to_be_visible()
    speaks(app)
    page.get_by_role("listbox").press("Enter")
    expect(page.locator("input[name=declaration_password]")).to_be_visible()
    page.locator("input[name=declaration_password]").fill("Wrong-2019")
    page.locator(".submit button").click()
    expect(page.locator(".captcha img")).to_be_visible()
    speaks(page)

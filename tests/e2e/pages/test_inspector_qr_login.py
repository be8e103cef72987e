"""QR login is switched off and on at the inspector's page: for everybody, a client or an account."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from scan_to_login.testing.live import LiveGateway
from tests.e2e.pages.actors import ClientPage
from tests.e2e.pages.conftest import OpenPage
from tests.e2e.pages.scripted import ScriptedClient
from tests.e2e.pages.tools import violations

pytestmark = pytest.mark.slow

Picture = Callable[[Page, str], Path]


def box(page: Page) -> Locator:
    """The panel of the switch."""
    return page.locator("section", has=page.get_by_role("heading", name="已停用扫码登录"))


def off(gateway: LiveGateway) -> object:
    """The switch, as the gateway has it."""
    return gateway.control.call("GET", "/qr-login")


def test_off_for_everybody_reaches_an_open_client_and_on_again_too(open_page: OpenPage, gateway: LiveGateway) -> None:
    client = ClientPage(open_page("/client/"))
    client.show_qr()
    panel = box(open_page("/inspector/"))
    expect(panel).to_contain_text("所有客户端和账号均可扫码登录。")
    panel.get_by_role("button", name="停用扫码登录").click()
    panel.get_by_role("button", name="停用", exact=True).click()
    expect(panel.get_by_role("status")).to_have_text("已停用扫码登录：全部。")
    expect(panel.locator("tbody tr")).to_have_count(1)
    expect(client.window.get_by_text("扫码登录暂停使用，请使用账号和密码登录。", exact=True)).to_be_visible()
    panel.get_by_role("button", name="恢复扫码登录：全部").click()
    expect(panel.locator("tbody tr")).to_have_count(0)
    expect(client.window.get_by_role("button", name="扫码登录")).to_be_visible()


def test_a_client_and_an_account_with_the_keyboard_alone(open_page: OpenPage, gateway: LiveGateway) -> None:
    """What another has switched off meanwhile stays off; the focus is never lost."""
    page = open_page("/inspector/")
    panel, keys = box(page), page.keyboard
    opener = panel.get_by_role("button", name="停用扫码登录")
    opener.focus()
    keys.press("Enter")
    form = panel.get_by_role("form")
    expect(form.get_by_label("停用对象")).to_be_focused()
    keys.press("Escape")
    expect(form).to_have_count(0)
    expect(opener).to_be_focused()

    gateway.control.qr_login.off(clients=["another"])
    for whose, name in (("client", "扣缴客户端"), ("account", "agent")):
        opener.focus()
        keys.press("Enter")
        form.get_by_label("停用对象").select_option(whose)
        keys.press("Tab")
        keys.press("Enter")
        expect(form.get_by_role("alert")).to_have_text("请填写")
        expect(form.get_by_role("combobox").nth(1)).to_be_focused()
        keys.insert_text(name)
        keys.press("Enter")
        expect(opener).to_be_focused()
        expect(panel.locator("tbody tr").filter(has_text=name)).to_be_visible()
    assert off(gateway) == {
        "off_for_all": False,
        "off_for_clients": ["another", "扣缴客户端"],
        "off_for_accounts": ["agent"],
    }
    panel.get_by_role("button", name="恢复扫码登录：账号 agent").focus()
    keys.press("Enter")
    expect(panel.locator("tbody tr").filter(has_text="agent")).to_have_count(0)
    expect(opener).to_be_focused()
    assert off(gateway) == {
        "off_for_all": False,
        "off_for_clients": ["another", "扣缴客户端"],
        "off_for_accounts": [],
    }


def test_an_account_that_is_not_there_is_said_beside_its_field(open_page: OpenPage, gateway: LiveGateway) -> None:
    ScriptedClient(gateway.url)
    panel = box(open_page("/inspector/"))
    panel.get_by_role("button", name="停用扫码登录").click()
    form = panel.get_by_role("form")
    form.get_by_label("停用对象").select_option("account")
    form.get_by_label("账号", exact=True).fill("nobody")
    form.get_by_role("button", name="停用", exact=True).click()
    expect(form.get_by_role("alert")).to_have_text("没有此账号")
    expect(form.get_by_label("账号", exact=True)).to_be_focused()
    expect(panel.locator("tbody tr")).to_have_count(0)


@pytest.mark.parametrize(("language", "dark", "size"), [("zh-CN", False, (1440, 900)), ("en-US", True, (320, 640))])
def test_the_form_is_accessible_and_fits(
    language: str, dark: bool, size: tuple[int, int], open_page: OpenPage, gateway: LiveGateway, picture: Picture
) -> None:
    gateway.control.qr_login.off(clients=["扣缴客户端"], accounts=["agent"])
    page = open_page("/inspector/", language=language, dark=dark, size=size)
    opener = page.get_by_role("button", name="停用扫码登录" if language == "zh-CN" else "Switch QR login off")
    panel = page.locator("section", has=opener)
    opener.click()
    for whose in ("all", "client", "account"):
        panel.locator("select").first.select_option(whose)
        assert violations(page) == []
    panel.get_by_role("button", name="停用" if language == "zh-CN" else "Switch off", exact=True).click()
    expect(panel.get_by_role("form").get_by_role("alert")).to_be_visible()
    panel.scroll_into_view_if_needed()
    picture(page, f"inspector-qr-login-{language}")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]

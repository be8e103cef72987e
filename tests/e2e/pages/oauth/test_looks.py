"""The authorize page and the page for a device's code, in both languages, on a desk's screen and on a phone's."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from scan_to_login.testing.live import LiveGateway
from tests.e2e.pages.actors import PhonePage
from tests.e2e.pages.conftest import PHONE, OpenPage
from tests.e2e.pages.oauth.conftest import Callback
from tests.e2e.pages.oauth.test_authorize_page import address
from tests.e2e.pages.tools import violations
from tests.e2e.pages.walks import foreign, names_of

pytestmark = pytest.mark.slow

DESK = (1280, 720)
Picture = Callable[[Page, str], Path]


def whole(page: Page, name: str, picture: Picture, *seen: Locator, names: list[str]) -> None:
    """The page suits everybody, and what counts is on the screen without scrolling."""
    for one in seen:
        expect(one).to_be_visible()
        expect(one).to_be_in_viewport(ratio=1)
    picture(page, name)
    size = page.viewport_size
    assert size is not None
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    assert violations(page) == []
    assert foreign(page, names) == []


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_each_step_of_the_authorize_page(
    open_page: OpenPage,
    gateway: LiveGateway,
    callback: Callback,
    picture: Picture,
    language: str,
    size: tuple[int, int],
) -> None:
    """QR, password, unit, and the pages that end a login or refuse one."""
    told, names = f"{language}-{size[0]}", names_of(gateway)
    page = open_page(address(callback, acr_values="urn:scan-to-login:unit_verified"), language=language, size=size)
    expect(page.locator("html")).to_have_attribute("lang", language)
    heading = page.get_by_role("heading", name="演示桌面应用")
    whole(page, f"authorize-qr-{told}", picture, heading, page.locator(".qr-frame.state-pending canvas"), names=names)
    page.get_by_role("button", name=re.compile("^(账号密码登录|Account and password|Log in by password)")).click()
    enter = page.locator(".login-form button[type=submit]")
    whole(page, f"authorize-password-{told}", picture, heading, enter, names=names)
    page.locator(".login-form input").nth(0).fill("agent")
    page.locator(".login-form input[type=password]").fill("Demo-2019")
    enter.click()
    whole(page, f"authorize-units-{told}", picture, heading, page.get_by_role("option").first, names=names)
    page.goto(page.url.replace("client_id=desk", "client_id=nobody"))
    whole(page, f"authorize-refused-{told}", picture, page.get_by_role("alert"), names=names)
    expect(page.get_by_role("alert")).to_contain_text("未注册" if language == "zh-CN" else "No client is registered")
    page.goto(page.url.partition("/oauth/")[0] + "/oauth/logout")
    whole(page, f"logout-{told}", picture, page.locator(".card button"), names=names)
    page.locator(".card button").click()
    whole(
        page,
        f"logged-out-{told}",
        picture,
        page.get_by_role("heading", name=re.compile("已退出登录|Logged out")),
        names=names,
    )


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_page_for_a_device_s_code(
    open_page: OpenPage, gateway: LiveGateway, picture: Picture, language: str, size: tuple[int, int]
) -> None:
    """Before and after the phone's own login, and with a wrong code."""
    told, names = f"{language}-{size[0]}", names_of(gateway)
    page = open_page("/device", language=language, size=size)
    phone = PhonePage(page)
    expect(page.locator(".login-screen")).to_be_visible()
    whole(page, f"device-login-{told}", picture, names=names)
    page.locator(".login-screen input").nth(0).fill("agent")
    page.locator(".login-screen input[type=password]").fill(gateway.password_of("agent"))
    page.locator(".login-screen button[type=submit]").click()
    code = phone.screen.get_by_label(re.compile("登录码|Login code|Code"))
    onward = phone.screen.get_by_role("button", name=re.compile("下一步|Next|Continue"))
    whole(page, f"device-code-{told}", picture, code, onward, names=names)
    code.fill("BBBB-BBBB")
    onward.click()
    whole(page, f"device-wrong-{told}", picture, phone.screen.get_by_role("alert"), names=names)

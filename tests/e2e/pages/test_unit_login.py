"""The client's login by declaration password alone: offered until the cut-over, and not from it on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from scan_to_login.testing.live import LiveGateway
from tests.e2e.pages.actors import ClientPage
from tests.e2e.pages.conftest import OpenPage
from tests.e2e.pages.tools import violations

pytestmark = pytest.mark.slow

Picture = Callable[[Page, str], Path]
EVE = datetime(2019, 12, 31, 15, 50, tzinfo=UTC)  # in China the last ten minutes before the cut-over


@pytest.fixture
def before(open_page: OpenPage, gateway: LiveGateway) -> ClientPage:
    """The client's page, loaded before the cut-over, at the login by unit."""
    gateway.control.clock.set(EVE)
    client = ClientPage(open_page("/client/"))
    client.window.get_by_role("button", name="申报密码登录").click()
    expect(client.window.get_by_role("heading", name="申报密码登录")).to_be_visible()
    expect(client.window.get_by_label("纳税人识别号", exact=True)).to_be_focused()
    return client


def login(client: ClientPage, gateway: LiveGateway, password: str) -> None:
    client.window.get_by_label("纳税人识别号", exact=True).fill(gateway.unit("A").taxpayer_id.lower())
    client.window.get_by_label("申报密码", exact=True).fill(password)
    client.window.get_by_role("button", name="登录", exact=True).click()


def test_a_unit_is_at_home_at_once_and_stays_so_when_the_window_is_loaded_again(
    before: ClientPage, gateway: LiveGateway, picture: Picture
) -> None:
    picture(before.page, "client-unit-login")
    assert violations(before.page) == []
    login(before, gateway, "Unit-2019")
    before.is_home()
    picture(before.page, "client-unit-home")
    assert violations(before.page) == []
    before.page.reload()
    before.is_home()
    expect(before.window.get_by_text("申报密码登录", exact=True)).to_be_visible()
    expect(before.window.get_by_role("button", name="切换单位")).to_have_count(0)
    before.window.get_by_role("button", name="退出登录").click()
    expect(before.window.get_by_role("heading", name="账号密码登录")).to_be_visible()


def test_a_wrong_password_makes_the_picture_due(before: ClientPage, gateway: LiveGateway) -> None:
    login(before, gateway, "Wrong-2019")
    expect(before.window.get_by_role("alert")).to_be_visible()
    before.answer_captcha(gateway.url)
    login(before, gateway, "Unit-2019")
    before.is_home()


def test_the_way_back_leads_to_account_and_password(before: ClientPage) -> None:
    before.window.get_by_role("button", name="账号密码登录").click()
    expect(before.window.get_by_label("账号", exact=True)).to_be_focused()


def test_a_window_that_stays_open_learns_of_the_cut_over(before: ClientPage, gateway: LiveGateway) -> None:
    gateway.control.clock.advance(minutes=20)
    login(before, gateway, "Unit-2019")
    expect(before.window.get_by_role("alert")).to_contain_text("请使用账号登录")
    before.page.reload()
    expect(before.window.get_by_label("账号", exact=True)).to_be_focused()
    expect(before.window.get_by_role("button", name="申报密码登录")).to_have_count(0)


def test_nothing_is_cut_off_at_320_pixels_in_english(
    open_page: OpenPage, gateway: LiveGateway, picture: Picture
) -> None:
    gateway.control.clock.set(EVE)
    client = ClientPage(open_page("/client/", size=(320, 640), language="en-US"))
    client.window.get_by_role("button", name="Log in by unit").click()
    expect(client.window.get_by_label("Taxpayer number", exact=True)).to_be_focused()
    picture(client.page, "client-unit-login-320")
    assert client.page.evaluate("document.documentElement.scrollWidth") <= 320

"""A login without a QR: the client's page asks an account's phone, whose home shows it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.pages.actors import ClientPage, PhonePage
from tests.e2e.pages.conftest import PHONE, OpenPage

pytestmark = pytest.mark.slow


def ask(client: ClientPage, account: str) -> None:
    """Ask the phones of an account."""
    client.window.get_by_label("账号", exact=True).fill(account)
    client.window.get_by_role("button", name="手机确认登录").click()
    expect(client.window.get_by_text("请打开手机上的个人所得税 APP，确认登录")).to_be_visible()


def test_a_phone_that_shows_its_home_is_told_and_types_the_number(
    open_page: OpenPage, picture: Callable[[Page, str], Path]
) -> None:
    phone = PhonePage(open_page("/app/", size=PHONE)).logged_in("agent")
    client = ClientPage(open_page("/client/"))
    client.window.get_by_role("button", name="手机确认登录").click()
    expect(client.window.get_by_text("请输入账号。")).to_be_visible()
    ask(client, "agent")
    expect(client.window.locator(".qr-frame canvas")).to_have_count(0)
    picture(client.page, "client-asks-the-phone")
    request = phone.screen.get_by_role("button", name="有电脑请求登录您的账号")
    expect(request).to_be_visible()
    picture(phone.page, "phone-is-asked")
    request.click()
    phone.asks()
    number = client.window.locator(".compare b").inner_text()
    expect(client.window.get_by_text("请在手机上输入此数字")).to_be_visible()
    expect(phone.screen.get_by_text(number, exact=True)).to_have_count(0)
    phone.screen.get_by_label("请输入电脑上显示的两位数字").fill(number)
    phone.confirm()
    expect(client.window.get_by_role("listbox", name="单位")).to_be_visible()


def test_who_rejects_may_keep_requests_away_and_the_client_shows_a_code_instead(open_page: OpenPage) -> None:
    phone = PhonePage(open_page("/app/", size=PHONE)).logged_in("agent")
    client = ClientPage(open_page("/client/"))
    ask(client, "agent")
    request = phone.screen.get_by_role("button", name="有电脑请求登录您的账号")
    request.click()
    phone.reject()
    client.covered_by("手机端已拒绝登录")
    phone.screen.get_by_role("button", name="15 分钟内不再接收").click()
    expect(phone.screen.get_by_text("已暂停接收电脑的登录请求。")).to_be_visible()
    client.window.get_by_role("button", name="改用扫码登录").click()
    client.shows_qr()
    phone.screen.get_by_role("button", name="恢复接收").click()
    expect(phone.screen.get_by_text("已暂停接收电脑的登录请求。")).to_have_count(0)
    client.window.get_by_role("button", name="账号密码登录").click()
    ask(client, "agent")
    expect(request).to_be_visible()


def test_a_remembered_computer_asks_the_phone_by_a_button_beside_the_qr(
    open_page: OpenPage, picture: Callable[[Page, str], Path], tmp_path: Path
) -> None:
    phone = PhonePage(open_page("/app/", size=PHONE)).logged_in("agent")
    client = ClientPage(open_page("/client/"))
    client.show_qr()
    client.window.get_by_label("记住此电脑，下次无需扫码").check()
    phone.scan_picture(client.picture_of_screen(tmp_path))
    phone.confirm()
    expect(client.window.get_by_role("listbox", name="单位")).to_be_visible()
    phone.home()
    client.window.get_by_role("button", name="退出").click()
    client.show_qr()
    ask = client.window.get_by_role("button", name="以 *三 的手机登录")
    picture(client.page, "client-remembered")
    ask.click()
    phone.screen.get_by_role("button", name="有电脑请求登录您的账号").click()
    phone.asks()
    number = client.window.locator(".compare b").inner_text()
    phone.screen.get_by_label("请输入电脑上显示的两位数字").fill(number)
    phone.confirm()
    expect(client.window.get_by_role("listbox", name="单位")).to_be_visible()
    phone.home()
    phone.screen.get_by_role("button", name="设备与登录").click()
    phone.screen.get_by_role("button", name="不再记住").click()
    phone.page.get_by_role("dialog").get_by_role("button", name="不再记住").click()
    expect(phone.screen.get_by_role("heading", name="记住的电脑")).to_have_count(0)
    client.window.get_by_role("button", name="退出").click()
    client.show_qr()
    ask.click()
    expect(client.window.get_by_text("已不再记住此电脑，请扫描二维码。")).to_be_visible()
    client.shows_qr()
    expect(ask).to_have_count(0)

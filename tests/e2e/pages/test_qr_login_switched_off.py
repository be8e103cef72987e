"""QR login switched off while the client's page is open, and on again, without a reload."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from app_simulator.phone import Phone
from scan_to_login.testing.live import LiveGateway
from tests.e2e.pages.actors import ClientPage
from tests.e2e.pages.conftest import OpenPage

pytestmark = pytest.mark.slow

BY_PASSWORD = "账号密码登录"
TO_QR = "扫码登录"


def test_the_page_falls_back_to_the_password_and_offers_the_qr_again(open_page: OpenPage, gateway: LiveGateway) -> None:
    """A page with a QR on it says so, without a way to the QR; a page that is opened meanwhile learns it by asking."""
    client = ClientPage(open_page("/client/"))
    window = client.window
    client.show_qr()

    gateway.control.qr_login.off()

    expect(window.get_by_role("heading", name=BY_PASSWORD)).to_be_visible()
    expect(window.get_by_text("扫码登录暂停使用，请使用账号和密码登录。", exact=True)).to_be_visible()
    expect(window.get_by_role("button", name=TO_QR)).to_be_hidden()
    window.get_by_label("账号", exact=True).fill("age")
    late = ClientPage(open_page("/client/"))
    late.window.get_by_role("button", name=TO_QR).click()
    expect(late.window.get_by_text("扫码登录暂停使用，请使用账号和密码登录。", exact=True)).to_be_visible()

    gateway.control.qr_login.on()

    for page in (window, late.window):
        expect(page.get_by_text("扫码登录暂停使用，请使用账号和密码登录。", exact=True)).to_be_hidden()
        expect(page.get_by_role("button", name=TO_QR)).to_be_visible()
    expect(window.get_by_label("账号", exact=True)).to_have_value("age")  # nothing that was typed is lost
    client.show_qr()


def test_a_person_whose_qr_login_is_off_is_told_and_another_may_scan(
    open_page: OpenPage, gateway: LiveGateway, tmp_path: Path
) -> None:
    client = ClientPage(open_page("/client/"))
    window = client.window
    client.show_qr()
    with Phone(gateway.url) as phone:
        phone.login("agent", gateway.password_of("agent"))
        phone.scan(client.picture_of_screen(tmp_path))
    expect(window.locator(".qr-frame.state-scanned")).to_be_visible()
    with gateway.control.qr_login.off(accounts=["agent"]):
        expect(window.get_by_text("此账号的扫码登录已停用，请使用账号和密码登录。")).to_be_visible()
        client.show_qr()

"""Scan-to-login as people do it: two windows, a picture of the screen, a confirm."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser, Page, Playwright, expect

from scan_to_login.testing.live import LiveGateway
from tests.e2e.pages.actors import ClientPage, PhonePage
from tests.e2e.pages.conftest import FLAGS, PHONE, OpenPage
from tests.e2e.pages.film import film_of
from tests.e2e.pages.tools import chromium_environment

pytestmark = pytest.mark.slow

Picture = Callable[[Page, str], Path]


def test_a_phone_scans_the_picture_of_the_clients_screen_and_the_client_is_logged_in(
    open_page: OpenPage, picture: Picture, tmp_path: Path
) -> None:
    client = ClientPage(open_page("/client/"))
    phone = PhonePage(open_page("/app/", size=PHONE)).logged_in("agent")
    picture(phone.page, "phone-home")
    client.show_qr()
    picture(client.page, "client-qr")
    phone.scan_picture(client.picture_of_screen(tmp_path))
    phone.asks()
    number = client.window.locator(".compare b")
    expect(number).to_have_text(re.compile(r"^\d\d$"))
    expect(phone.screen.locator(".number-card b")).to_have_text(number.inner_text())
    picture(client.page, "client-scanned")
    picture(phone.page, "phone-confirm")
    phone.confirm()
    picture(phone.page, "phone-confirmed")
    expect(client.window.get_by_role("listbox", name="单位")).to_be_visible()
    picture(client.page, "client-units")
    client.window.get_by_role("option").nth(1).dblclick()
    client.verify()
    client.is_home()
    picture(client.page, "client-home")


def test_both_buttons_of_the_confirm_page_weigh_the_same(open_page: OpenPage, tmp_path: Path) -> None:
    client = ClientPage(open_page("/client/"))
    client.show_qr()
    phone = PhonePage(open_page("/app/", size=PHONE)).logged_in("agent")
    phone.scan_picture(client.picture_of_screen(tmp_path))
    phone.asks()
    looks = "b => [b.offsetWidth, b.offsetHeight, getComputedStyle(b).backgroundColor, getComputedStyle(b).color]"
    reject, confirm = (phone.screen.get_by_role("button", name=name).evaluate(looks) for name in ("拒绝", "确认登录"))
    assert reject == confirm


def test_a_rejection_shows_on_the_client_and_the_next_code_works(
    open_page: OpenPage, picture: Picture, tmp_path: Path
) -> None:
    client = ClientPage(open_page("/client/"))
    phone = PhonePage(open_page("/app/", size=PHONE)).logged_in("single")
    client.show_qr()
    phone.scan_picture(client.picture_of_screen(tmp_path))
    phone.reject()
    picture(phone.page, "phone-rejected")
    client.covered_by("手机端已拒绝登录")
    picture(client.page, "client-rejected")
    client.window.get_by_role("button", name="刷新").click()
    expect(client.window.locator(".qr-frame.state-pending canvas")).to_be_visible()
    phone.home()
    phone.scan_picture(client.picture_of_screen(tmp_path))
    phone.confirm()
    client.verify()  # one unit: its password is asked for directly
    client.is_home()


def test_an_expired_code_waits_for_a_manual_refresh_and_is_refused_by_the_phone(
    open_page: OpenPage, picture: Picture, tmp_path: Path, gateway: LiveGateway
) -> None:
    client = ClientPage(open_page("/client/"))
    phone = PhonePage(open_page("/app/", size=PHONE)).logged_in("agent")
    client.show_qr()
    old = client.picture_of_screen(tmp_path).rename(tmp_path / "old.png")
    requests.post(f"{gateway.url}/sim/v1/clock/advance", json={"seconds": 121}, timeout=5).raise_for_status()
    client.covered_by("二维码已过期")
    picture(client.page, "client-expired")
    phone.scan_picture(old)
    expect(phone.screen.get_by_text("二维码已过期", exact=False)).to_be_visible()
    picture(phone.page, "phone-expired")
    client.window.get_by_role("button", name="刷新").click()
    expect(client.window.locator(".qr-frame.state-pending canvas")).to_be_visible()


def test_another_code_kills_the_first(open_page: OpenPage, tmp_path: Path) -> None:
    client = ClientPage(open_page("/client/"))
    phone = PhonePage(open_page("/app/", size=PHONE)).logged_in("agent")
    client.show_qr()
    old = client.picture_of_screen(tmp_path).rename(tmp_path / "old.png")
    shown = client.window.locator(".qr canvas")
    before = shown.evaluate("canvas => canvas.toDataURL()")
    client.window.get_by_role("button", name="刷新二维码").click()
    client.page.wait_for_function("old => document.querySelector('.qr canvas').toDataURL() !== old", arg=before)
    phone.scan_picture(old)
    expect(phone.screen.get_by_text("电脑端已取消或刷新此二维码", exact=False)).to_be_visible()


def test_a_code_opened_by_the_phones_own_camera_lands_on_its_confirm_page_after_the_login(
    open_page: OpenPage, gateway: LiveGateway
) -> None:
    body = {"client": {"name": "扣缴客户端", "version": "3.1.0", "device": "办公室"}}
    ticket = requests.post(f"{gateway.url}/api/v1/tickets", json=body, timeout=5).json()
    phone = PhonePage(open_page(f"/q/{ticket['ticket_id']}", size=PHONE))
    expect(phone.screen.get_by_text("登录后将继续处理刚才扫描的二维码")).to_be_visible()
    phone.login("agent")
    phone.asks()
    expect(phone.screen.get_by_text("办公室")).to_be_visible()


def test_without_a_websocket_the_client_waits_by_long_poll(
    open_page: OpenPage, tmp_path: Path, gateway: LiveGateway
) -> None:
    page = open_page()
    page.route_web_socket(re.compile("/socket.io/"), lambda socket: socket.close())
    client = ClientPage(page)
    phone = PhonePage(open_page("/app/", size=PHONE)).logged_in("single")
    page.goto(f"{gateway.url}/client/")
    client.show_qr()
    expect(client.window.get_by_text("已连接（长轮询）")).to_be_visible()
    phone.scan_picture(client.picture_of_screen(tmp_path))
    phone.confirm()
    client.verify()
    client.is_home()


def test_the_camera_reads_the_code_from_a_film(
    playwright: Playwright, chromium: str, open_page: OpenPage, picture: Picture, tmp_path: Path
) -> None:
    client = ClientPage(open_page("/client/"))
    client.show_qr()
    film = film_of(client.picture_of_screen(tmp_path), tmp_path / "film.y4m")
    flags = [
        *FLAGS,
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    ]
    filming: Browser = playwright.chromium.launch(
        executable_path=chromium, args=flags, env=chromium_environment(chromium)
    )
    try:
        page = open_page("/app/", size=PHONE, within=filming, permissions=["camera"])
        phone = PhonePage(page).logged_in("agent")
        phone.open_scanner()
        phone.screen.get_by_role("button", name="相机").click()
        phone.asks()
        picture(phone.page, "phone-after-camera")
        phone.confirm()
        expect(client.window.get_by_role("listbox", name="单位")).to_be_visible()
    finally:
        filming.close()

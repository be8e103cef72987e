"""A reload, a way back and a second tab lose nothing: each comes to the step where one was."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from scan_to_login.testing.live import LiveGateway
from tests.e2e.pages.actors import ClientPage, PhonePage
from tests.e2e.pages.conftest import PHONE, OpenPage
from tests.e2e.pages.scripted import ScriptedClient, ScriptedPhone

pytestmark = pytest.mark.slow


def test_a_client_that_is_reloaded_goes_on_at_every_step_of_its_login(
    open_page: OpenPage, gateway: LiveGateway
) -> None:
    client = ClientPage(open_page("/client/"))
    window = client.window
    client.show_qr()
    code = window.locator(".qr-frame canvas").evaluate("canvas => canvas.toDataURL()")
    client.page.reload()
    client.shows_qr()
    assert window.locator(".qr-frame canvas").evaluate("canvas => canvas.toDataURL()") == code
    phone = ScriptedPhone(gateway.url, "agent")
    ticket = phone.scan(client.page)
    number = window.locator(".compare b")
    expect(number).to_be_visible()
    digits = number.inner_text()
    client.page.reload()
    expect(number).to_have_text(digits)
    phone.confirm(ticket)
    expect(window.get_by_role("listbox", name="单位")).to_be_visible()
    client.page.reload()
    expect(window.get_by_role("listbox", name="单位")).to_be_visible()
    window.get_by_role("listbox").press("End")
    window.get_by_role("listbox").press("Enter")
    name = window.locator(".unit-title b").inner_text()
    client.page.reload()
    expect(window.locator(".unit-title b")).to_have_text(name)
    client.verify()
    client.is_home(name)
    client.page.reload()
    client.is_home(name)
    expect(window.get_by_text("扫码登录，扫码后")).to_be_visible()


def test_a_confirmation_during_a_reload_logs_the_client_in(open_page: OpenPage, gateway: LiveGateway) -> None:
    client = ClientPage(open_page("/client/"))
    client.show_qr()
    phone = ScriptedPhone(gateway.url, "single")
    ticket = phone.scan(client.page)
    expect(client.window.locator(".compare b")).to_be_visible()
    client.page.goto(f"{gateway.url}/assets/icon.svg")
    phone.confirm(ticket)
    client.page.goto(f"{gateway.url}/client/")
    expect(client.window.get_by_label("申报密码", exact=True)).to_be_visible()


def test_two_windows_of_the_client_share_a_session(open_page: OpenPage, gateway: LiveGateway) -> None:
    first = ClientPage(open_page("/client/"))
    second = ClientPage(first.page.context.new_page())
    second.page.goto(f"{gateway.url}/client/")
    second.show_qr()
    first.login("authorized")
    first.is_home()
    second.is_home()
    first.window.get_by_role("button", name="退出登录").click()
    expect(second.window.get_by_role("heading", name="账号密码登录")).to_be_visible()


def test_the_phones_screens_are_entries_of_the_history(open_page: OpenPage, gateway: LiveGateway) -> None:
    phone = PhonePage(open_page("/app/", size=PHONE)).logged_in("agent")
    heading = phone.screen.get_by_role("heading", level=1)
    phone.screen.locator(".tiles").get_by_role("button", name="设备与登录").click()
    expect(heading).to_have_text("设备与登录")
    phone.page.go_back()
    expect(heading).to_have_text("个人所得税")
    phone.page.go_forward()
    expect(heading).to_have_text("设备与登录")
    phone.page.reload()
    expect(heading).to_have_text("设备与登录")
    phone.screen.get_by_role("button", name="返回").click()
    expect(heading).to_have_text("个人所得税")
    phone.screen.locator(".tab-bar").get_by_role("button", name="我的").click()
    expect(heading).to_have_text("我的")
    phone.page.reload()
    expect(heading).to_have_text("我的")
    phone.page.go_back()
    expect(heading).to_have_text("个人所得税")


def test_a_phone_that_is_reloaded_goes_on_with_its_request(open_page: OpenPage, gateway: LiveGateway) -> None:
    phone = PhonePage(open_page("/app/", size=PHONE)).logged_in("agent")
    phone.page.goto(ScriptedClient(gateway.url).qr)
    phone.asks()
    phone.page.reload()
    phone.confirm()
    phone.page.reload()
    expect(phone.screen.get_by_role("heading", name="已确认登录")).to_be_visible()
    phone.home()
    expect(phone.screen.get_by_role("button", name="扫一扫")).to_be_visible()


def test_a_request_that_died_meanwhile_is_over_when_the_phone_is_reloaded(
    open_page: OpenPage, gateway: LiveGateway
) -> None:
    phone = PhonePage(open_page("/app/", size=PHONE)).logged_in("agent")
    client = ScriptedClient(gateway.url)
    phone.page.goto(client.qr)
    phone.asks()
    client.cancel()
    phone.page.reload()
    expect(phone.screen.get_by_role("heading", name="未完成")).to_be_visible()
    expect(phone.screen.get_by_role("button", name="重新扫描")).to_be_visible()


def test_a_code_scanned_before_the_login_survives_a_reload(open_page: OpenPage, gateway: LiveGateway) -> None:
    phone = PhonePage(open_page(size=PHONE))
    phone.page.goto(ScriptedClient(gateway.url).qr)
    expect(phone.screen.get_by_text("登录后将继续处理刚才扫描的二维码。")).to_be_visible()
    phone.page.reload()
    phone.login("agent")
    phone.asks()


def test_a_registration_goes_on_after_a_reload_and_a_way_back(open_page: OpenPage, gateway: LiveGateway) -> None:
    page = open_page("/web/#/register")
    page.get_by_role("button", name="同意并继续").click()
    page.get_by_label("姓名").fill("李四")
    page.get_by_label("证件号码").fill("11010119900307109X")
    page.reload()
    expect(page.get_by_label("姓名")).to_have_value("李四")
    page.go_back()
    expect(page.locator(".agreement")).to_be_visible()
    page.go_forward()
    expect(page.get_by_label("姓名")).to_have_value("李四")
    page.get_by_label("大厅注册码").fill(gateway.control.hall.registration_code("李四", "11010119900307109X"))
    page.get_by_role("button", name="下一步").click()
    page.get_by_label("登录名").fill("lisi")
    page.reload()
    expect(page.get_by_label("登录名")).to_have_value("lisi")
    expect(page.get_by_label("密码", exact=True)).to_have_value("")  # what is secret is kept nowhere


def test_a_reset_goes_on_after_a_reload_and_a_way_back(open_page: OpenPage, gateway: LiveGateway) -> None:
    person = gateway.account("agent")
    page = open_page("/web/#/forgot-password")
    page.get_by_label("姓名").fill(person.name)
    page.get_by_label("证件号码").fill(person.id_number)
    page.get_by_role("button", name="下一步").click()
    expect(page.get_by_label("新密码")).to_be_visible()
    page.reload()
    expect(page.get_by_label("新密码")).to_be_visible()
    page.go_back()
    expect(page.get_by_label("姓名")).to_have_value(person.name)


def test_the_stage_goes_on_with_ticket_and_phone(open_page: OpenPage, gateway: LiveGateway, tmp_path: Path) -> None:
    page = open_page("/", size=(1440, 900))
    client, phone = ClientPage(page), PhonePage(page)
    expect(phone.screen.get_by_role("button", name="扫一扫")).to_be_visible()
    client.shows_qr()
    phone.open_scanner()
    phone.screen.get_by_role("button", name="对准电脑屏幕").click()
    phone.asks()
    digits = client.window.locator(".compare b").inner_text()
    page.reload()
    expect(client.window.locator(".compare b")).to_have_text(digits)
    phone.confirm()
    expect(client.window.get_by_role("listbox", name="单位")).to_be_visible()

"""What happens is read out, where the focus goes, and why a button cannot be pressed yet."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from scan_to_login.testing.live import LiveGateway
from tests.e2e.pages.actors import ClientPage, PhonePage
from tests.e2e.pages.conftest import PHONE, OpenPage
from tests.e2e.pages.scripted import ScriptedClient, ScriptedPhone

pytestmark = pytest.mark.slow


def test_every_state_of_the_code_is_read_out_from_one_live_region(open_page: OpenPage, gateway: LiveGateway) -> None:
    client = ClientPage(open_page("/client/"))
    client.show_qr()
    said = client.window.locator(".qr-words").get_by_role("status")
    expect(said).to_contain_text("扫一扫")
    region = said.element_handle()
    phone = ScriptedPhone(gateway.url, "agent")
    ticket = phone.scan(client.page)
    expect(said).to_have_text("已扫码，请在手机上确认")
    phone.post(f"/tickets/{ticket}/reject", {})
    client.covered_by("手机端已拒绝登录")
    assert region is not None
    assert region.evaluate("one => one.isConnected")  # the same element: a new one may go unheard
    expect(client.window.get_by_text("等待推送")).to_have_count(0)


def test_a_scanned_code_is_cancelled_on_the_client_and_the_phone_hears_of_it(
    open_page: OpenPage, gateway: LiveGateway
) -> None:
    client = ClientPage(open_page("/client/"))
    client.show_qr()
    phone = PhonePage(open_page("/app/", size=PHONE)).logged_in("agent")
    ticket = client.page.evaluate("JSON.parse(sessionStorage.getItem('pairing.client.ticket'))")
    phone.page.goto(ticket["qr"])
    phone.asks()
    client.window.get_by_role("button", name="取消").click()
    client.shows_qr()
    phone.screen.get_by_role("button", name="确认登录").click()
    expect(phone.screen.get_by_role("alert")).to_contain_text("未完成")


def test_a_state_that_the_page_does_not_know_covers_the_code_and_offers_another(
    open_page: OpenPage, gateway: LiveGateway
) -> None:
    def changed(route: WebSocketRoute) -> None:
        server = route.connect_to_server()
        server.on_message(
            lambda message: route.send(
                message.replace('"scanned"', '"frozen"') if isinstance(message, str) else message
            )
        )

    page: Page = open_page()
    page.route_web_socket(re.compile(r"/socket\.io/"), changed)
    page.goto(f"{gateway.url}/client/")
    client = ClientPage(page)
    client.show_qr()
    ScriptedPhone(gateway.url, "agent").scan(page)
    client.covered_by("二维码状态未知")
    client.window.get_by_role("button", name="刷新").click()
    client.shows_qr()


def test_a_button_that_cannot_be_pressed_says_why(open_page: OpenPage) -> None:
    page = open_page("/web/#/register")
    page.get_by_role("button", name="同意并继续").click()
    send = page.get_by_role("button", name="下一步")
    expect(send).to_be_disabled()
    expect(send).to_have_accessible_description("请输入姓名。")
    page.get_by_label("姓名").fill("李四")
    expect(send).to_have_accessible_description("请输入证件号码。")
    page.get_by_label("证件号码").fill("11010119900307109X")
    expect(send).to_have_accessible_description("请输入 6 位大厅注册码。")
    page.get_by_label("大厅注册码").fill("ABCDEF")
    expect(send).to_be_enabled()


def test_a_rule_that_a_field_breaks_is_said_once_and_at_the_field(open_page: OpenPage) -> None:
    page = open_page("/web/#/register")
    page.get_by_role("button", name="同意并继续").click()
    page.get_by_label("姓名").fill("李四")
    page.get_by_label("证件号码").fill("110101199003071090")
    page.get_by_label("大厅注册码").fill("ABCDEF")
    page.get_by_role("button", name="下一步").click()
    wrong = page.get_by_role("alert")
    expect(wrong).to_have_count(1)
    sentence = wrong.inner_text()
    expect(page.get_by_text(sentence)).to_have_count(1)
    expect(page.get_by_label("证件号码")).to_have_accessible_description(sentence)


def test_the_focus_goes_to_the_heading_of_a_new_screen(open_page: OpenPage) -> None:
    phone = PhonePage(open_page("/app/", size=PHONE)).logged_in("agent")
    phone.screen.locator(".tiles").get_by_role("button", name="设备与登录").click()
    expect(phone.screen.get_by_role("heading", level=1, name="设备与登录")).to_be_focused()
    phone.page.keyboard.press("Tab")
    phone.screen.get_by_role("button", name="返回").press("Enter")
    expect(phone.screen.get_by_role("heading", level=1, name="个人所得税")).to_be_focused()


def test_the_list_of_units_has_the_focus_and_the_keys(open_page: OpenPage, gateway: LiveGateway) -> None:
    client = ClientPage(open_page("/client/"))
    client.show_qr()
    phone = ScriptedPhone(gateway.url, "agent")
    phone.confirm(phone.scan(client.page))
    units = client.window.get_by_role("listbox", name="单位")
    expect(units).to_be_focused()
    name = client.window.get_by_role("option").nth(1).locator(".unit-name").inner_text()
    client.page.keyboard.press("ArrowDown")
    client.page.keyboard.press("Enter")
    expect(client.window.locator(".unit-title b")).to_have_text(name)
    expect(client.window.get_by_label("申报密码", exact=True)).to_be_focused()


def test_the_client_of_the_stage_leaves_the_focus_to_the_phone(open_page: OpenPage) -> None:
    page = open_page("/", size=(1440, 900))
    client, phone = ClientPage(page), PhonePage(page)
    expect(phone.screen.get_by_role("button", name="扫一扫")).to_be_visible()
    client.shows_qr()
    phone.open_scanner()
    phone.screen.get_by_role("button", name="对准电脑屏幕").click()
    phone.confirm()
    expect(client.window.get_by_role("listbox", name="单位")).to_be_visible()
    assert page.evaluate("Boolean(document.activeElement.closest('.phone'))")


def stand_still(gateway: LiveGateway) -> None:
    """Stop the clock within a step of one-time codes: until a page has read that, it takes it to run on."""
    step_ms = 30_000
    gateway.control.clock.set((gateway.control.clock.now_ms // step_ms + 1) * step_ms + step_ms // 4, frozen=True)


def test_a_third_confirmation_within_a_minute_needs_no_wait_in_the_simulation(
    open_page: OpenPage, gateway: LiveGateway
) -> None:
    stand_still(gateway)  # the real next step would never come
    phone = PhonePage(open_page("/app/", size=PHONE)).logged_in("agent")
    for _ in range(3):  # two codes are good at once
        phone.page.goto(ScriptedClient(gateway.url).qr)
        phone.confirm()


def test_the_wait_for_a_code_stands_in_the_button(open_page: OpenPage, gateway: LiveGateway) -> None:
    phone = PhonePage(open_page("/app/", size=PHONE)).logged_in("agent")
    phone.page.route("**/sim/v1/clock/advance", lambda route: route.fulfill(status=403, json={"code": "forbidden"}))
    stand_still(gateway)
    for _ in range(2):
        phone.page.goto(ScriptedClient(gateway.url).qr)
        phone.confirm()
    phone.page.goto(ScriptedClient(gateway.url).qr)
    phone.asks()
    phone.screen.get_by_role("button", name="确认登录").click()
    expect(phone.screen.locator(".decide")).to_contain_text(re.compile(r"等待动态口令 \d+ 秒"))
    gateway.control.clock.run()


def test_the_confirm_page_says_whose_account_is_lent_and_warns_above_its_buttons(
    open_page: OpenPage, gateway: LiveGateway
) -> None:
    phone = PhonePage(open_page("/app/", size=PHONE)).logged_in("agent")
    phone.page.goto(ScriptedClient(gateway.url).qr)
    phone.asks()
    account = phone.screen.locator(".facts > div", has_text="登录账号")
    expect(account).to_contain_text(f"{gateway.account('agent').name} agent")
    expect(phone.screen.locator(".facts")).to_contain_text("Windows · Edge")
    warning = phone.screen.get_by_text("未经核实").bounding_box()
    button = phone.screen.get_by_role("button", name="确认登录").bounding_box()
    assert warning is not None
    assert button is not None
    assert 0 <= button["y"] - (warning["y"] + warning["height"]) < 40

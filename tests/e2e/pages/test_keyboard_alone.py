"""The whole login without a mouse, axe at each stop, and one language in each state."""

from __future__ import annotations

import re

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


def type_into(page: Page, target: Locator, text: str) -> None:
    """Tab to a field and type."""
    tab_to(page, target)
    page.keyboard.insert_text(text)
    expect(target).not_to_have_value("")


def choose(page: Page, target: Locator, value: str) -> None:
    """Tab to a select and press the arrow until ``value`` is chosen."""
    tab_to(page, target)
    for _ in range(MOST_STOPS):
        if target.input_value() == value:
            return
        page.keyboard.press("ArrowDown")
    pytest.fail(f"The arrow never comes to {value}")


def press(page: Page, target: Locator) -> None:
    """Tab to a button and press it."""
    tab_to(page, target)
    page.keyboard.press("Enter")


def test_a_code_from_the_hall_and_a_registration_without_a_mouse(open_page: OpenPage, gateway: LiveGateway) -> None:
    hall = open_page("/hall/")
    counter = hall.locator("form").filter(has_text="核发注册码")
    press(hall, counter.get_by_role("button", name="填入一位虚构人员"))
    name, document = counter.get_by_label("姓名").input_value(), counter.get_by_label("证件号码").input_value()
    press(hall, counter.get_by_role("button", name="核发", exact=True))
    code = counter.locator(".slip b").inner_text()

    page = open_page("/web/#/register")
    press(page, page.get_by_role("button", name="同意并继续"))
    type_into(page, page.get_by_label("姓名"), name)
    type_into(page, page.get_by_label("证件号码"), document)
    type_into(page, page.get_by_label("大厅注册码", exact=True), code)
    page.keyboard.press("Enter")
    type_into(page, page.get_by_label("登录名"), "keys_alone")
    type_into(page, page.get_by_label("密码", exact=True), "Demo-2020")
    type_into(page, page.get_by_label("再次输入密码"), "Demo-2020")
    choose(page, page.get_by_label("户籍所在地：省"), "110000")
    choose(page, page.get_by_label("区县", exact=True), "110101")
    type_into(page, page.get_by_label("手机号码"), "13911110003")
    press(page, page.get_by_role("button", name="获取验证码"))
    type_into(page, page.get_by_label("短信验证码"), gateway.control.sms.wait_for("13911110003").code)
    page.keyboard.press("Enter")
    expect(page.get_by_text("注册成功", exact=False)).to_be_visible()
    tab_to(page, page.get_by_role("link", name="在个人所得税 APP 登录"))


def test_a_counter_that_ends_something_asks_and_gives_the_focus_back(open_page: OpenPage) -> None:
    page = open_page("/hall/")
    counter = page.locator("form").filter(has_text="停用与启用账号")
    type_into(page, counter.get_by_label("登录名"), "agent")
    disable = counter.get_by_role("button", name="停用", exact=True)
    press(page, disable)
    dialog = counter.get_by_role("dialog")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(disable).to_be_focused()
    page.keyboard.press("Enter")
    press(page, dialog.get_by_role("button", name="停用"))
    expect(counter.get_by_role("status")).to_contain_text("已停用")


def test_the_stage_without_a_mouse(open_page: OpenPage) -> None:
    page = open_page("/", size=(1280, 720))
    client, phone = ClientPage(page), PhonePage(page)
    client.shows_qr()
    press(page, phone.screen.get_by_role("button", name="扫一扫"))
    press(page, phone.screen.get_by_role("button", name="对准电脑屏幕"))
    phone.asks()
    press(page, phone.screen.get_by_role("button", name="确认登录"))
    expect(phone.screen.get_by_role("heading", name="已确认登录")).to_be_visible()
    expect(client.window.get_by_role("listbox", name="单位")).to_be_visible()
    tab_to(page, client.window.get_by_role("listbox", name="单位"))
    page.keyboard.press("Enter")
    type_into(page, client.window.get_by_label("申报密码", exact=True), UNIT_PASSWORD)
    page.keyboard.press("Enter")
    client.is_home()
    play = page.get_by_role("button", name="再演示一次")
    tab_to(page, play)
    page.keyboard.press("Enter")
    press(page, page.get_by_role("button", name="停止演示"))
    expect(page.get_by_role("button", name=re.compile("演示一次登录|再演示一次"))).to_be_visible()

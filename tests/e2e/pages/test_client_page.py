"""The client's page by itself: as the manual shows it, by mouse and by keyboard."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from scan_to_login.testing.live import LiveGateway
from tests.e2e.pages.actors import ClientPage, PhonePage
from tests.e2e.pages.conftest import PHONE, OpenPage

pytestmark = pytest.mark.slow

Picture = Callable[[Page, str], Path]


def test_it_opens_on_account_and_password_with_the_soft_keyboard_open(open_page: OpenPage, picture: Picture) -> None:
    client = ClientPage(open_page("/client/"))
    expect(client.window.get_by_role("heading", name="账号密码登录")).to_be_visible()
    expect(client.window.get_by_label("账号", exact=True)).to_be_focused()
    expect(client.window.get_by_role("group", name="软键盘")).to_be_visible()
    picture(client.page, "client-login")


def test_a_password_typed_on_the_soft_keyboard_logs_in(open_page: OpenPage) -> None:
    client = ClientPage(open_page("/client/"))
    client.window.get_by_label("账号", exact=True).fill("single")
    keyboard = client.window.get_by_role("group", name="软键盘")
    for layer, keys in (("大写", "D"), ("大写", "emox"), ("符号", "-"), ("符号", "2019")):
        keyboard.get_by_role("button", name=layer).click()
        for key in keys:
            keyboard.get_by_role("button", name=key, exact=True).click()
            if key == "x":
                keyboard.get_by_role("button", name="删除").click()
    expect(client.window.get_by_label("密码", exact=True)).to_have_value("Demo-2019")
    client.window.get_by_role("button", name="登录", exact=True).click()
    expect(client.window.get_by_label("申报密码", exact=True)).to_be_visible()


def test_the_soft_keyboard_is_closed_by_its_key_and_by_its_icon(open_page: OpenPage) -> None:
    client = ClientPage(open_page("/client/"))
    keyboard = client.window.get_by_role("group", name="软键盘")
    keyboard.get_by_role("button", name="关闭", exact=True).click()
    expect(keyboard).to_be_hidden()
    expect(client.window.get_by_label("密码", exact=True)).to_be_focused()
    client.window.get_by_role("button", name="打开软键盘").click()
    expect(keyboard).to_be_visible()
    client.window.get_by_role("button", name="关闭软键盘").click()
    expect(keyboard).to_be_hidden()


def test_the_soft_keyboard_is_one_stop_for_tab_and_arrows_walk_over_its_keys(open_page: OpenPage) -> None:
    page = open_page("/client/")
    client = ClientPage(page)
    client.window.get_by_label("密码", exact=True).focus()
    for _ in range(3):  # the eye, the keyboard's icon, the keys
        page.keyboard.press("Tab")
    expect(client.window.get_by_role("button", name="1", exact=True)).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(client.window.get_by_label("密码", exact=True)).to_have_value("2")


def test_after_a_wrong_password_a_captcha_is_due_and_its_answer_admits(
    open_page: OpenPage, picture: Picture, gateway: LiveGateway
) -> None:
    client = ClientPage(open_page("/client/"))
    client.login("agent", "Wrong-2019")
    expect(client.window.get_by_role("alert")).to_have_text("账号或密码错误，或账号已因多次输错被锁定。")
    expect(client.window.get_by_label("图形验证码", exact=True)).to_be_visible()
    client.answer_captcha(gateway.url)
    picture(client.page, "client-captcha")
    client.login("agent")
    expect(client.window.get_by_role("listbox", name="单位")).to_be_visible()


def test_a_locked_account_says_so(open_page: OpenPage, gateway: LiveGateway) -> None:
    client = ClientPage(open_page("/client/"))
    client.login("locked")
    if client.window.get_by_label("图形验证码", exact=True).is_visible():
        client.answer_captcha(gateway.url)
        client.login("locked")
    expect(client.window.get_by_role("alert")).to_contain_text("锁定")


def test_a_unit_is_chosen_with_the_keyboard_and_wrong_declaration_passwords_need_the_picture(
    open_page: OpenPage, picture: Picture, gateway: LiveGateway
) -> None:
    page = open_page("/client/")
    client = ClientPage(page)
    client.login("agent")
    units = client.window.get_by_role("listbox", name="单位")
    units.focus()
    second = client.window.get_by_role("option").nth(1)
    name = second.locator(".unit-name").inner_text()
    page.keyboard.press("ArrowDown")
    expect(second).to_have_attribute("aria-selected", "true")
    client.window.get_by_role("button", name="进入").click()
    client.verify("Wrong-2019")
    expect(client.window.get_by_role("alert")).to_have_text("申报密码错误。")
    client.answer_captcha(gateway.url)
    picture(page, "client-declaration-password")
    client.verify()
    client.is_home(name)


def test_forgotten_declaration_password_offers_a_link_and_a_code_that_lead_to_this_unit_alone(
    open_page: OpenPage, picture: Picture, tmp_path: Path
) -> None:
    client = ClientPage(open_page("/client/"))
    client.login("single")
    taxpayer_id = client.window.locator(".unit-title .mono").inner_text()
    client.window.get_by_role("button", name="忘记申报密码").click()
    expect(client.window.get_by_role("link", name="WEB 端")).to_have_attribute(
        "href", client.page.url.replace("/client/", f"/web/#/declaration-password/{taxpayer_id}")
    )
    code = tmp_path / "reset.png"
    client.page.screenshot(path=code)
    picture(client.page, "client-forgotten-declaration-password")
    phone = PhonePage(open_page("/app/", size=PHONE)).logged_in("finance")
    phone.scan_picture(code)
    expect(phone.screen.locator(".unit-line .mono")).to_have_text(taxpayer_id)
    phone.screen.get_by_label("新申报密码").fill("Unit-2020")
    phone.screen.get_by_role("button", name="重置", exact=True).click()
    expect(phone.screen.get_by_text("申报密码已重置", exact=False)).to_be_visible()
    client.page.keyboard.press("Escape")
    client.verify("Unit-2020")
    client.is_home()


def test_a_newcomer_binds_the_first_unit_and_a_wrong_pair_gives_no_detail(
    open_page: OpenPage, picture: Picture, gateway: LiveGateway
) -> None:
    client = ClientPage(open_page("/client/"))
    client.login("newcomer")
    number = client.window.get_by_label("纳税人识别号")
    expect(number).to_be_focused()
    picture(client.page, "client-bind")
    number.fill("91310115MA1K3X7Y2Q")
    client.verify("Wrong-2019")
    expect(client.window.get_by_role("alert")).to_have_text("纳税人识别号或申报密码错误。")
    client.answer_captcha(gateway.url)
    client.verify()
    client.is_home("上海远航贸易有限公司")


def test_an_authorized_person_enters_without_the_declaration_password(open_page: OpenPage) -> None:
    client = ClientPage(open_page("/client/"))
    client.login("authorized")
    client.is_home()
    expect(client.window.get_by_text("凭办税授权进入")).to_be_visible()


def test_a_reload_keeps_the_session_and_a_logout_ends_it(open_page: OpenPage) -> None:
    client = ClientPage(open_page("/client/"))
    client.login("authorized")
    client.is_home()
    client.page.reload()
    client.is_home()
    client.window.get_by_role("button", name="退出登录").click()
    expect(client.window.get_by_role("heading", name="账号密码登录")).to_be_visible()


def test_the_app_is_offered_as_a_code(open_page: OpenPage, picture: Picture, tmp_path: Path) -> None:
    client = ClientPage(open_page("/client/"))
    client.window.get_by_role("button", name="手机端下载").click()
    sheet = client.page.get_by_role("dialog", name="手机端下载")
    expect(sheet.locator("canvas")).to_be_visible()
    picture(client.page, "client-download")
    phone = PhonePage(open_page("/app/", size=PHONE)).logged_in("agent")
    phone.scan_picture(client.picture_of_screen(tmp_path))
    expect(phone.screen.get_by_role("heading", name="手机端下载")).to_be_visible()
    client.page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()

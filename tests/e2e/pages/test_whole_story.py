"""One person's way through everything, by mouse and keyboard, from the hall to a revoked authorization."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Page, expect

from scan_to_login.testing.live import LiveGateway
from tests.e2e.pages.actors import UNIT_PASSWORD, CharacterPicker, ClientPage, PhonePage
from tests.e2e.pages.conftest import PHONE, OpenPage

Picture = Callable[[Page, str], Path]
NAME = "欧阳娜娜"
DOCUMENT = "110101199003072316"
MOBILE = "13900000001"


def registration_code(page: Page) -> str:
    """At the hall's counter, with the document in hand."""
    counter = page.locator("form").filter(has_text="核发注册码")
    counter.get_by_label("姓名").fill(NAME)
    counter.get_by_label("证件号码").fill(DOCUMENT)
    counter.get_by_role("button", name="核发").click()
    return counter.locator(".slip b").inner_text()


def sms_code(url: str) -> str:
    """The newest message on the phone."""
    answer = requests.get(f"{url}/sim/v1/outbox/sms", params={"phone": MOBILE, "wait": 5}, timeout=10)
    return str(answer.json()["messages"][-1]["code"])


def register(page: Page, code: str, url: str, picture: Picture) -> None:
    """Three steps on the WEB platform; one character of the name is entered by its radical."""
    page.get_by_role("button", name="同意并继续").click()
    page.get_by_label("姓名").fill(NAME[:-1])
    picker = CharacterPicker(page)
    picker.choose("38", strokes="9")  # 女
    character = picker.sheet.get_by_role("button", name="娜")
    while not character.is_visible():
        picker.next_page()
    picture(page, "web-rare-characters")
    character.click()
    expect(picker.sheet.get_by_label("姓名")).to_have_value(NAME)
    picker.sheet.get_by_role("button", name="确定").click()
    page.get_by_label("证件号码").fill(DOCUMENT)
    page.get_by_label("大厅注册码").fill(code)
    page.get_by_role("button", name="下一步").click()
    page.get_by_label("登录名").fill("nana")
    page.get_by_label("密码", exact=True).fill("Demo-2020")
    page.get_by_label("再次输入密码").fill("Demo-2020")
    page.get_by_label("户籍所在地：省").select_option("110000")
    page.get_by_label("区县", exact=True).select_option("110101")
    page.get_by_label("手机号码").fill(MOBILE)
    page.get_by_role("button", name="获取验证码").click()
    expect(page.get_by_text("已发送", exact=False)).to_be_visible()
    page.get_by_label("短信验证码").fill(sms_code(url))
    picture(page, "web-account")
    page.get_by_role("button", name="完成注册").click()
    expect(page.get_by_text("注册成功", exact=False)).to_be_visible()


@pytest.mark.slow
def test_from_the_hall_to_a_revoked_authorization(
    open_page: OpenPage, picture: Picture, tmp_path: Path, gateway: LiveGateway
) -> None:
    hall = open_page("/hall/")
    code = registration_code(hall)
    picture(hall, "hall-code")
    register(open_page("/web/#/register"), code, gateway.url, picture)

    # a login by QR, and nothing but a first binding is open
    client = ClientPage(open_page("/client/"))
    phone = PhonePage(open_page("/app/", size=PHONE))
    phone.login("nana", "Demo-2020")
    client.show_qr()
    phone.scan_picture(client.picture_of_screen(tmp_path))
    phone.confirm()
    number = client.window.get_by_label("纳税人识别号")
    number.fill("91310115MA1K3X7Y2Q")
    client.verify("Wrong-2019")
    client.answer_captcha(gateway.url)
    client.verify("Wrong-2018")
    expect(client.window.get_by_role("alert")).to_be_visible()
    client.answer_captcha(gateway.url)
    client.verify()
    client.is_home("上海远航贸易有限公司")

    # the legal representative authorizes a colleague, who then needs no declaration password
    boss = PhonePage(open_page("/app/", size=PHONE)).logged_in("legal_rep")
    boss.screen.locator(".tiles").get_by_role("button", name="办税授权").click()
    boss.screen.get_by_label("单位").select_option(label="上海远航贸易有限公司")
    boss.screen.get_by_role("button", name="新增授权人员").click()
    boss.screen.get_by_label("姓名").fill("赵敏")
    boss.screen.get_by_label("手机号码或证件号码").fill("13800000006")
    boss.screen.get_by_role("button", name="确定", exact=True).click()
    row = boss.screen.locator(".grants li", has_text="138****0006")
    expect(row).to_be_visible()
    picture(boss.page, "phone-authorizations")

    colleague = PhonePage(open_page("/app/", size=PHONE)).logged_in("newcomer")
    theirs = ClientPage(open_page("/client/"))
    theirs.show_qr()
    colleague.scan_picture(theirs.picture_of_screen(tmp_path))
    colleague.confirm()
    theirs.is_home("上海远航贸易有限公司")
    colleague.home()
    colleague.screen.get_by_role("navigation", name="主导航").get_by_role("button", name="消息").click()
    expect(colleague.screen.get_by_text("收到办税授权")).to_be_visible()
    picture(colleague.page, "phone-inbox")

    # revoked: what was open is closed at the next call, and the password is asked for again
    row.get_by_role("button", name="解除授权").click()
    boss.screen.get_by_role("dialog").get_by_role("button", name="解除").click()
    expect(row).to_have_count(0)
    theirs.window.get_by_role("button", name="切换单位").click()
    expect(theirs.window.get_by_label("纳税人识别号")).to_be_visible()
    theirs.window.get_by_label("纳税人识别号").fill("91310115MA1K3X7Y2Q")
    theirs.verify(UNIT_PASSWORD)
    theirs.is_home("上海远航贸易有限公司")


def test_a_forgotten_password_is_reset_and_unlocks_the_account(open_page: OpenPage, gateway: LiveGateway) -> None:
    page = open_page("/web/#/forgot-password")
    person = next(
        one
        for one in requests.get(f"{gateway.url}/sim/v1/seed", timeout=5).json()["accounts"]
        if one["login_name"] == "locked"
    )
    page.get_by_label("姓名").fill(person["name"])
    page.get_by_label("证件号码").fill(person["id_number"])
    page.get_by_role("button", name="下一步").click()
    page.get_by_role("button", name="获取验证码").click()
    expect(page.get_by_text("已发送", exact=False)).to_be_visible()
    found = requests.get(f"{gateway.url}/sim/v1/outbox/sms", params={"phone": person["phone"], "wait": 5}, timeout=10)
    page.get_by_label("短信验证码").fill(found.json()["messages"][-1]["code"])
    page.get_by_label("新密码").fill("Fresh-2019")
    page.get_by_role("button", name="重置密码").click()
    expect(page.get_by_text("锁定已解除", exact=False)).to_be_visible()
    phone = PhonePage(open_page("/app/", size=PHONE))
    phone.login("locked", "Fresh-2019")
    expect(phone.screen.get_by_role("button", name="扫一扫")).to_be_visible()


def test_the_inspector_shows_the_moment_and_moves_the_clock(open_page: OpenPage, picture: Picture) -> None:
    client = ClientPage(open_page("/client/"))
    client.show_qr()
    page = open_page("/inspector/")
    tickets = page.locator("section", has=page.get_by_role("heading", name="登录请求"))
    expect(tickets.get_by_text("待扫码")).to_be_visible()
    picture(page, "inspector-live")
    page.get_by_label("时长").select_option("600")
    page.get_by_role("button", name="拨快").click()
    expect(tickets.get_by_text("已过期")).to_be_visible()
    page.get_by_role("searchbox").fill("no such thing")
    expect(tickets.get_by_text("暂无")).to_be_visible()
    page.get_by_role("searchbox").fill("")
    page.get_by_role("button", name="全部重置").click()
    page.get_by_role("dialog").get_by_role("button", name="重置").click()
    expect(tickets.get_by_text("暂无")).to_be_visible()

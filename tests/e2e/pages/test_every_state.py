"""The states that a story passes: axe, the language, and the next button, in both languages and every size."""

from __future__ import annotations

import pytest
import requests
from playwright.sync_api import expect

from scan_to_login.testing.live import LiveGateway
from tests.e2e.pages.actors import ClientPage, PhonePage
from tests.e2e.pages.conftest import WalkOf
from tests.e2e.pages.scripted import ScriptedClient, ScriptedPhone
from tests.e2e.pages.walks import Walk

pytestmark = pytest.mark.slow

NAME, DOCUMENT, MOBILE = "李四", "11010119900307109X", "13911110002"


def identity(one: Walk) -> None:
    """Type who it is."""
    one.page.get_by_label("姓名").fill(NAME)
    one.page.get_by_label("证件号码").fill(DOCUMENT)


def test_each_step_of_a_registration(walk: WalkOf, gateway: LiveGateway) -> None:
    one = walk("/web/#/register")
    one.names.append(f"*{NAME[1:]}")
    one.look("agreement")
    one.page.get_by_role("button", name="同意并继续").click()
    one.look("identity")
    identity(one)
    one.page.get_by_label("大厅注册码", exact=True).fill("AAAAAA")
    one.page.get_by_role("button", name="下一步").click()
    expect(one.page.get_by_role("alert").first).not_to_be_empty()
    one.look("refused code")
    one.page.get_by_label("大厅注册码", exact=True).fill(gateway.control.hall.registration_code(NAME, DOCUMENT))
    one.page.get_by_role("button", name="下一步").click()
    expect(one.page.get_by_label("登录名")).to_be_visible()
    one.look("account")
    one.page.get_by_label("登录名").fill("lisi")
    one.page.get_by_label("密码", exact=True).fill("Demo-2020")
    one.page.get_by_label("再次输入密码").fill("Demo-2021")
    one.look("two passwords that differ")
    one.page.get_by_label("再次输入密码").fill("Demo-2020")
    one.page.get_by_label("户籍所在地：省").select_option("110000")
    one.page.get_by_label("区县", exact=True).select_option("110101")
    one.page.get_by_label("手机号码").fill(MOBILE)
    one.page.get_by_role("button", name="获取验证码").click()
    code = gateway.control.sms.wait_for(MOBILE).code
    one.look("SMS sent")
    one.page.get_by_label("短信验证码").fill("000000" if code != "000000" else "000001")
    one.page.get_by_role("button", name="完成注册").click()
    expect(one.page.get_by_text("短信验证码", exact=False).first).to_be_visible()
    one.look("wrong SMS code")
    one.page.get_by_label("短信验证码").fill(code)
    one.page.get_by_role("button", name="完成注册").click()
    expect(one.page.get_by_text("注册成功", exact=False)).to_be_visible()
    one.look("registered", ".wizard .button.primary")


def test_each_step_of_a_forgotten_password(walk: WalkOf, gateway: LiveGateway) -> None:
    person = gateway.account("agent")
    one = walk("/web/#/forgot-password")
    one.look("who")
    one.page.get_by_label("姓名").fill(person.name)
    one.page.get_by_label("证件号码").fill("1101")
    one.page.get_by_role("button", name="下一步").click()
    expect(one.page.get_by_text("应为 18 位", exact=False).first).to_be_visible()
    one.look("wrong document")
    one.page.get_by_label("证件号码").fill(person.id_number)
    one.page.get_by_role("button", name="下一步").click()
    one.page.get_by_role("button", name="获取验证码").click()
    code = gateway.control.sms.wait_for(person.phone).code
    one.look("SMS sent")
    one.page.get_by_label("短信验证码").fill(code)
    one.page.get_by_label("新密码").fill("Fresh-2026")
    one.page.get_by_role("button", name="重置密码").click()
    expect(one.page.get_by_text("密码已重置", exact=False)).to_be_visible()
    one.look("reset", ".wizard .button.primary")


def test_how_a_login_ends_on_the_phone(walk: WalkOf, gateway: LiveGateway) -> None:
    one = walk("/app/")
    phone = PhonePage(one.page).logged_in("agent")
    for name, expiring in (("rejected", False), ("expired", True)):
        client = ScriptedClient(gateway.url)
        one.page.goto(client.qr)
        phone.asks()
        if expiring:
            gateway.control.clock.advance(70)
            expect(phone.screen.locator(".decide")).to_have_count(0)
        else:
            phone.reject()
        one.look(name, ".phone .stack .button")
    one.page.goto(client.qr)
    expect(phone.screen.get_by_role("alert").first).to_be_visible()
    one.look("scanned again", ".phone .button")
    phone.page.goto(f"{gateway.url}/download/app")
    expect(phone.screen.locator("h1").first).to_be_visible()
    one.look("download", ".phone button")


def test_the_phone_and_the_client_without_the_gateway(walk: WalkOf) -> None:
    one = walk("/app/")
    phone = PhonePage(one.page).logged_in("agent")
    one.page.route("**/healthz", lambda route: route.abort())
    one.page.route("**/api/**", lambda route: route.abort())
    one.page.context.set_offline(True)
    phone.screen.locator(".tiles").get_by_role("button", name="设备与登录").click()
    expect(phone.screen.get_by_text("离线", exact=False).first).to_be_visible()
    one.look("offline", ".app-bar .icon-button")
    one.page.context.set_offline(False)
    one.page.unroute_all()


def test_an_unknown_address(walk: WalkOf) -> None:
    one = walk("/no/such/page")
    one.look("unknown", ".places a")


def test_the_inspector_with_something_in_every_box(walk: WalkOf, gateway: LiveGateway) -> None:
    phone = ScriptedPhone(gateway.url, "agent")
    client = ScriptedClient(gateway.url)
    phone.post(f"/tickets/{client.ticket['ticket_id']}/scan", {})
    wrong = {"identifier": "single", "password": "Wrong-2019", "client": {"name": "a", "version": "1", "device": "d"}}
    assert requests.post(f"{gateway.url}/api/v1/sessions", json=wrong, timeout=10).status_code == 401
    requests.post(f"{gateway.url}/api/v1/captchas", json={"identifier": "agent"}, timeout=10).raise_for_status()
    person = gateway.account("agent")
    who = {"name": person.name, "id_type": "resident_id", "id_number": person.id_number}
    reset = requests.post(f"{gateway.url}/api/v1/password-resets", json=who, timeout=10).json()["reset_id"]
    requests.post(f"{gateway.url}/api/v1/password-resets/{reset}/sms-codes", json={}, timeout=10).raise_for_status()
    gateway.control.qr_login.off(clients=["another"], accounts=["newcomer"])
    one = walk("/inspector/")
    boxes = one.page.locator(".box")
    for title in ("短信", "登录请求", "会话", "已停用扫码登录", "锁定", "图形验证码", "人员", "单位", "OAuth 客户端"):
        expect(boxes.filter(has_text=title).locator("tbody tr").first).to_be_visible()
    one.look("full", "input[type=search]")
    one.page.get_by_role("button", name="设置故障").click()
    expect(one.page.get_by_role("form", name="设置故障")).to_be_visible()
    one.look("fault form", None)
    one.page.get_by_role("button", name="停用扫码登录").click()
    one.page.get_by_role("form", name="停用扫码登录").get_by_label("停用对象").select_option("account")
    one.look("form of the switch of QR login", None)


def test_a_client_that_is_locked_out(walk: WalkOf) -> None:
    one = walk("/client/")
    client = ClientPage(one.page)
    client.login("locked")
    expect(client.window.get_by_role("alert").first).not_to_be_empty()
    one.look("locked", ".card-links .row .link")

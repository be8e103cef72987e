"""The next button is in the window and uncovered, in each state, language and size of every page."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from scan_to_login.testing.live import LiveGateway
from tests.e2e.pages.actors import PASSWORD, ClientPage, PhonePage
from tests.e2e.pages.conftest import WalkOf
from tests.e2e.pages.scripted import ScriptedClient, ScriptedPhone
from tests.e2e.pages.walks import SIZES

pytestmark = pytest.mark.slow

LARGE = SIZES[:2]
QR = ".qr-frame canvas"


def test_on_the_client(walk: WalkOf, gateway: LiveGateway) -> None:
    one = walk("/client/")
    client = ClientPage(one.page)
    one.measure("password")
    client.login("agent", "Wrong-2019")
    expect(client.window.get_by_label("图形验证码", exact=True)).to_be_visible()
    one.measure("wrong password")
    one.measure("wrong password: forgotten", ".card-links .row .link")
    client.answer_captcha(gateway.url)
    client.login("agent")
    expect(client.window.get_by_role("listbox")).to_be_visible()
    one.measure("units")
    client.window.get_by_role("button", name="添加单位").click()
    client.window.get_by_label("纳税人识别号").fill("91310115MA1K3X7Y2Q")
    one.measure("binding")
    client.verify("Wrong-2019")
    expect(client.window.get_by_label("图形验证码", exact=True)).to_be_visible()
    one.measure("refused binding")
    client.window.get_by_role("button", name="返回单位列表").click()
    client.window.get_by_role("listbox").press("Enter")
    one.measure("declaration password")
    client.verify("Wrong-2019")
    expect(client.window.get_by_label("图形验证码", exact=True)).to_be_visible()
    one.measure("wrong declaration password")
    client.window.get_by_role("button", name="忘记申报密码").click()
    expect(client.window.locator(".forgotten canvas")).to_be_visible()
    one.measure("forgotten declaration password", ".forgotten .link")
    one.measure("forgotten declaration password, the code", ".forgotten canvas")
    one.page.keyboard.press("Escape")
    client.answer_captcha(gateway.url)
    client.verify()
    client.is_home()
    one.measure("home", ".home-body .button")


def test_on_the_client_by_qr(walk: WalkOf, gateway: LiveGateway) -> None:
    one = walk("/client/")
    client = ClientPage(one.page)
    client.show_qr()
    one.measure("code", QR)
    phone = ScriptedPhone(gateway.url, "agent")
    ticket = phone.scan(one.page)
    expect(client.window.locator(".state-scanned .compare")).to_be_visible()
    one.measure("scanned", ".cover .button")
    phone.post(f"/tickets/{ticket}/reject", {})
    expect(client.window.locator(".state-rejected .cover .button")).to_be_visible()
    one.measure("rejected", ".cover .button")
    client.window.get_by_role("button", name="刷新").click()
    client.shows_qr()
    gateway.control.clock.advance(125)
    expect(client.window.locator(".state-expired .cover .button")).to_be_visible()
    one.measure("expired", ".cover .button")
    client.window.get_by_role("button", name="手机端下载").click()
    expect(client.window.locator(".download canvas")).to_be_visible()
    one.measure("download", ".download canvas")


def test_on_the_phone(walk: WalkOf, gateway: LiveGateway) -> None:
    one = walk("/app/")
    phone = PhonePage(one.page)
    expect(phone.screen.get_by_label("账号", exact=True)).to_be_visible()
    one.measure("login")
    phone.screen.get_by_role("button", name="注册").click()
    expect(phone.screen.locator(".agreement")).to_be_visible()
    one.measure("registration")
    phone.screen.get_by_role("button", name="返回").click()
    phone.login("agent", "Wrong-2019")
    expect(phone.screen.get_by_label("图形验证码", exact=True)).to_be_visible()
    one.measure("wrong password")
    captcha_id = phone.screen.locator(".captcha[data-captcha-id]").get_attribute("data-captcha-id")
    phone.screen.get_by_label("图形验证码", exact=True).fill(gateway.control.captcha_answer(str(captcha_id)))
    phone.logged_in("agent")
    one.measure("home", ".scan-button")
    one.measure("home, its tabs", ".tab-bar button:last-child")
    phone.open_scanner()
    one.measure("scanner", ".scan-ways .way:last-child")
    client = ScriptedClient(gateway.url)
    one.page.goto(client.qr)
    phone.asks()
    one.measure("confirm", ".decide .button:last-child")
    phone.confirm()
    one.measure("confirmed", ".result + .stack .button")
    phone.home()
    for tile, ready, button in (
        ("办税授权", ".panel, .notice", ".app-bar .icon-button"),
        ("设备与登录", ".rows .item", ".app-bar .icon-button"),
    ):
        phone.screen.locator(".tiles").get_by_role("button", name=tile).click()
        expect(phone.screen.locator(ready).first).to_be_visible()
        one.measure(tile, button)
        phone.screen.get_by_role("button", name="返回").click()
    one.page.goto(f"{gateway.url}/device")
    expect(phone.screen.get_by_label("登录码")).to_be_visible()
    one.measure("code of a device")


def test_on_the_phone_of_a_legal_representative(walk: WalkOf) -> None:
    one = walk("/app/")
    phone = PhonePage(one.page).logged_in("legal_rep")
    phone.screen.locator(".tiles").get_by_role("button", name="申报密码重置").click()
    expect(phone.screen.get_by_label("新申报密码")).to_be_visible()
    one.measure("reset")
    phone.screen.get_by_role("button", name="返回").click()
    phone.screen.locator(".tiles").get_by_role("button", name="办税授权").click()
    phone.screen.get_by_role("button", name="新增授权人员").click()
    one.measure("grant")


def test_on_the_web_platform(walk: WalkOf, gateway: LiveGateway) -> None:
    one = walk("/web/#/register")
    expect(one.page.locator(".agreement")).to_be_visible()
    one.measure("agreement")
    one.page.get_by_role("button", name="同意并继续").click()
    expect(one.page.get_by_label("姓名")).to_be_visible()
    one.measure("identity")
    code = gateway.control.hall.registration_code("李四", "11010119900307109X")
    one.page.get_by_label("姓名").fill("李四")
    one.page.get_by_label("证件号码").fill("11010119900307109X")
    one.page.get_by_label("大厅注册码").fill(code)
    one.page.get_by_role("button", name="下一步").click()
    expect(one.page.get_by_label("登录名")).to_be_visible()
    one.measure("account")
    one.page.goto(f"{gateway.url}/web/#/forgot-password")
    expect(one.page.get_by_label("姓名")).to_be_visible()
    one.measure("forgotten password: who")
    one.page.get_by_label("姓名").fill("李四")
    one.page.get_by_label("证件号码").fill("11010119900307109X")
    one.page.get_by_role("button", name="下一步").click()
    expect(one.page.get_by_label("新密码")).to_be_visible()
    one.measure("forgotten password: new one")
    one.page.goto(f"{gateway.url}/web/#/declaration-password")
    one.page.get_by_label("账号", exact=True).fill("legal_rep")
    one.page.get_by_label("密码", exact=True).fill(PASSWORD)
    one.measure("login")
    one.page.get_by_role("button", name="登录", exact=True).click()
    expect(one.page.get_by_label("新申报密码")).to_be_visible()
    one.measure("declaration password")


def test_on_the_pages_of_the_simulation(walk: WalkOf) -> None:
    hall = walk("/hall/")
    expect(hall.page.locator("form .submit").first).to_be_visible()
    hall.measure("hall")
    inspector = walk("/inspector/")
    expect(inspector.page.locator(".inspector-grid")).to_be_visible()
    inspector.measure("inspector", "input[type=search]")
    inspector.page.get_by_role("button", name="全部重置").click()
    inspector.measure("inspector, reset", "dialog .button.danger")
    stage = walk("/")
    expect(stage.page.locator(".play .button.primary")).to_be_visible()
    stage.measure("stage", ".play .button.primary")


def test_on_the_stage_in_the_sizes_of_projectors(walk: WalkOf) -> None:
    one = walk("/")
    client, phone = ClientPage(one.page), PhonePage(one.page)
    client.shows_qr()
    expect(phone.screen.get_by_role("button", name="扫一扫")).to_be_visible()
    one.measure("code", QR, LARGE)
    one.measure("scan", ".phone .scan-button", LARGE)
    client.window.get_by_role("button", name="账号密码登录").click()
    one.measure("password", ".client-window .submit .button", LARGE)
    client.login("agent", "Wrong-2019")
    expect(client.window.get_by_label("图形验证码", exact=True)).to_be_visible()
    one.measure("wrong password", ".client-window .submit .button", LARGE)
    one.measure("wrong password: forgotten", ".client-window .card-links .row .link", LARGE)
    client.window.get_by_role("button", name="扫码登录").click()
    client.shows_qr()
    phone.open_scanner()
    one.measure("point", ".way.first", LARGE)
    phone.screen.get_by_role("button", name="对准电脑屏幕").click()
    phone.asks()
    one.measure("confirm", ".decide .button:last-child", LARGE)
    one.measure("scanned", ".cover .button", LARGE)
    phone.confirm()
    expect(client.window.get_by_role("listbox")).to_be_visible()
    one.measure("units", ".client-window .submit .button", LARGE)
    client.window.get_by_role("listbox").press("Enter")
    one.measure("declaration password", ".client-window .submit .button", LARGE)
    client.verify("Wrong-2019")
    expect(client.window.get_by_label("图形验证码", exact=True)).to_be_visible()
    one.measure("wrong declaration password", ".client-window .submit .button", LARGE)
    client.window.get_by_role("button", name="忘记申报密码").click()
    expect(client.window.locator(".forgotten canvas")).to_be_visible()
    one.measure("forgotten declaration password", ".forgotten canvas", LARGE)

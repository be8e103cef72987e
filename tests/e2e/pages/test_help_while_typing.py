"""The WEB's forms: rules that are ticked while one types, the SMS of the simulation, and a way back at every step."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from scan_to_login.field_rules import RuleBroken
from scan_to_login.rules.credentials import checked_login_name, checked_password
from scan_to_login.testing.live import LiveGateway
from tests.e2e.pages.conftest import PHONE, OpenPage
from tests.e2e.pages.test_registration_pages import DOCUMENT, NAME

pytestmark = pytest.mark.slow

PASSWORDS = ["Demo-20", "Demo-2020", "demo2020", "DEMO-demo", "Demo 2020", "Demo\u00a02020", "Démo-2020"]
PASSWORDS += ["密码Demo-2020", "Demo２020-", "Demo-2020\u200b", "😀Demo2020"]
LOGIN_NAMES = ["a", "ab", "张三", "张 三", "20260101", "２０２６", "a-b", "a_b", "𠮷野", "Ωab"]


def accepts(rule: object, text: str) -> bool:
    """Whether the gateway would."""
    try:
        assert callable(rule)
        rule(text)
    except RuleBroken:
        return False
    return True


def all_kept(field: Locator) -> bool:
    """Whether each rule has its tick."""
    return field.locator(".rules li").count() == field.locator(".rules li.kept").count()


def test_the_rules_that_are_ticked_are_the_gateways(open_page: OpenPage, gateway: LiveGateway) -> None:
    page = open_page("/web/#/register")
    page.get_by_role("button", name="同意并继续").click()
    page.get_by_label("姓名").fill(NAME)
    page.get_by_label("证件号码").fill(DOCUMENT)
    page.get_by_label("大厅注册码", exact=True).fill(gateway.control.hall.registration_code(NAME, DOCUMENT))
    page.get_by_role("button", name="下一步").click()
    for label, texts, rule in (
        ("密码", PASSWORDS, checked_password),
        ("登录名", LOGIN_NAMES, checked_login_name),
    ):
        box = page.get_by_label(label, exact=True)
        field = page.locator(".field", has=box)
        said = {}
        for text in texts:
            box.fill("")
            expect(field.locator(".rules li.broken")).to_have_count(0)
            box.press_sequentially(text)
            said[text] = all_kept(field)
        assert said == {text: accepts(rule, text) for text in texts}


def test_a_rule_that_is_broken_is_named_beside_the_button(open_page: OpenPage, gateway: LiveGateway) -> None:
    person = gateway.account("agent")
    page = open_page("/web/#/forgot-password")
    page.get_by_label("姓名").fill(person.name)
    page.get_by_label("证件号码").fill(person.id_number)
    page.get_by_role("button", name="下一步").click()
    page.get_by_label("短信验证码").fill("123456")
    page.get_by_label("新密码").fill("alllowercase")
    expect(page.get_by_role("button", name="重置密码")).to_be_disabled()
    expect(page.locator(".why")).to_contain_text("三种")


@pytest.mark.parametrize("path", ["/web/#/register", "/app/"])
def test_the_sms_comes_to_the_page_and_fills_its_code_in(path: str, open_page: OpenPage, gateway: LiveGateway) -> None:
    page = open_page(path, size=PHONE)
    if path == "/app/":
        page.get_by_role("button", name="注册").click()
    page.get_by_role("button", name="同意并继续").click()
    page.get_by_label("姓名").fill(NAME)
    page.get_by_label("证件号码").fill(DOCUMENT)
    page.get_by_label("大厅注册码", exact=True).fill(gateway.control.hall.registration_code(NAME, DOCUMENT))
    page.get_by_role("button", name="下一步").click()
    page.get_by_label("手机号码").fill("13911110004")
    page.get_by_role("button", name="获取验证码").click()
    code = gateway.control.sms.wait_for("13911110004").code
    toast = page.locator(".sms-toast")
    expect(toast).to_have_attribute("role", "status")
    expect(toast).to_contain_text(code)
    expect(toast).to_contain_text("13911110004")
    toast.get_by_role("button", name="填入").click()
    expect(page.get_by_label("短信验证码")).to_have_value(code)
    expect(toast).to_be_empty()


def test_every_step_has_a_way_back_which_loses_nothing(open_page: OpenPage, gateway: LiveGateway) -> None:
    page = open_page("/web/#/register")
    page.get_by_role("button", name="同意并继续").click()
    page.get_by_label("姓名").fill(NAME)
    page.get_by_role("button", name="上一步").click()
    page.get_by_role("button", name="同意并继续").click()
    expect(page.get_by_label("姓名")).to_have_value(NAME)
    page.get_by_label("证件号码").fill(DOCUMENT)
    code = gateway.control.hall.registration_code(NAME, DOCUMENT)
    page.get_by_label("大厅注册码", exact=True).fill(code)
    page.get_by_role("button", name="下一步").click()
    page.get_by_label("登录名").fill("gulimire")
    page.reload()  # the way back is there after a reload, too
    page.get_by_role("button", name="上一步").click()
    expect(page.get_by_label("证件号码")).to_have_value(DOCUMENT)
    page.get_by_label("大厅注册码", exact=True).fill(code)
    page.get_by_role("button", name="下一步").click()
    expect(page.get_by_label("登录名")).to_have_value("gulimire")

    page.goto(f"{gateway.url}/web/#/forgot-password")
    page.get_by_label("姓名").fill(NAME)
    page.get_by_label("证件号码").fill(DOCUMENT)
    page.get_by_role("button", name="下一步").click()
    expect(page.get_by_label("新密码")).to_be_visible()
    page.get_by_role("button", name="上一步").click()
    expect(page.get_by_label("证件号码")).to_have_value(DOCUMENT)

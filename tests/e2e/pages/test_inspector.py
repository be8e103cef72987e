"""The inspector: messages with their code, who and what is there, and the way to a login in the diagram."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from app_simulator.phone import Phone
from scan_to_login.testing.live import LiveGateway
from tests.e2e.pages.conftest import OpenPage
from tests.e2e.pages.scripted import ScriptedClient

pytestmark = pytest.mark.slow


def test_messages_stand_first_with_a_code_to_copy(open_page: OpenPage, gateway: LiveGateway) -> None:
    person = gateway.account("agent")
    who = {"name": person.name, "id_type": "resident_id", "id_number": person.id_number}
    page = open_page("/web/#/forgot-password")
    page.get_by_label("姓名").fill(who["name"])
    page.get_by_label("证件号码").fill(who["id_number"])
    page.get_by_role("button", name="下一步").click()
    page.get_by_role("button", name="获取验证码").click()
    code = gateway.control.sms.wait_for(person.phone).code
    inspector = open_page("/inspector/")
    inspector.context.grant_permissions(["clipboard-read", "clipboard-write"])
    box = inspector.locator(".inspector-grid > section").first
    expect(box.get_by_role("heading")).to_contain_text("短信")
    row = box.locator("tbody tr").first
    expect(row.locator(".code")).to_have_text(code)
    expect(row).to_contain_text(re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}"))
    assert row.locator(".code").evaluate("cell => parseFloat(getComputedStyle(cell).fontSize)") >= 18
    row.get_by_role("button", name="复制验证码").click()
    expect(row.get_by_role("button", name="已复制")).to_be_visible()
    assert inspector.evaluate("navigator.clipboard.readText()") == code


def test_people_units_grants_and_clients_are_there_and_found(open_page: OpenPage, gateway: LiveGateway) -> None:
    page = open_page("/inspector/")
    rows = page.locator(".inspector-grid tbody tr")
    for wanted in (gateway.account("agent").name, gateway.unit("A").name, "desk"):
        page.get_by_role("searchbox").fill(wanted)
        expect(rows.filter(has_text=wanted).first).to_be_visible()


def test_a_ticket_leads_to_its_login_in_the_diagram(open_page: OpenPage, gateway: LiveGateway) -> None:
    first, second = ScriptedClient(gateway.url), ScriptedClient(gateway.url)
    page = open_page("/inspector/")
    page.get_by_role("link", name=second.ticket["ticket_id"]).click()
    bands = page.locator(".diagram").get_by_role("group", name=re.compile("^登录 "))
    expect(bands).to_have_count(1)
    expect(bands).to_contain_text("登录 2")
    assert first.ticket["ticket_id"] != second.ticket["ticket_id"]


def test_a_locked_person_is_named_and_unlocked(open_page: OpenPage, gateway: LiveGateway) -> None:
    page = open_page("/inspector/")
    person = gateway.account("locked")
    box = page.locator("section", has=page.get_by_role("heading", name="锁定与错误次数"))
    row = box.locator("tbody tr").filter(has_text=person.name)
    expect(row).to_contain_text("密码错误 5 次")
    expect(row).to_contain_text(re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}.*\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}"))
    row.get_by_role("button", name="解锁").click()
    expect(row).to_have_count(0)
    with Phone(gateway.url) as phone:
        phone.login("locked", gateway.password_of("locked"))

"""The hall's counter for accounts, by mouse and keyboard."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from app_simulator.errors import PhoneError
from app_simulator.phone import Phone
from scan_to_login.testing.live import LiveGateway
from tests.e2e.pages.conftest import OpenPage

pytestmark = pytest.mark.slow

Picture = Callable[[Page, str], Path]


def test_an_account_is_disabled_and_enabled_again(gateway: LiveGateway, open_page: OpenPage, picture: Picture) -> None:
    counter = open_page("/hall/").locator("form").filter(has_text="停用与启用账号")
    name, task = counter.get_by_label("登录名"), counter.get_by_label("办理")
    name.fill("nobody")
    counter.get_by_role("button", name="停用").click()
    counter.get_by_role("dialog").get_by_role("button", name="停用").click()
    expect(counter.get_by_role("alert")).to_be_visible()
    name.fill("agent")
    counter.get_by_role("button", name="停用").click()
    counter.get_by_role("dialog").get_by_role("button", name="停用").click()
    expect(counter.get_by_role("status")).to_contain_text("已停用")
    picture(counter.page, "hall-disabled")
    password = gateway.password_of("agent")
    with Phone(gateway.url) as phone:
        with pytest.raises(PhoneError) as refused:
            phone.login("agent", password)
        assert refused.value.code == "account_disabled"
        task.select_option("启用")
        counter.get_by_role("button", name="启用").click()
        expect(counter.get_by_role("status")).to_contain_text("已启用")
        phone.login("agent", password)


@pytest.mark.parametrize("width", [1280, 390])
def test_no_button_lies_over_the_heading_of_a_form(open_page: OpenPage, width: int) -> None:
    """Whatever part of a form below the first is in view."""
    page = open_page("/hall/")
    covered: list[str] = []
    for height in range(600, 1000, 40):
        page.set_viewport_size({"width": width, "height": height})
        covered += page.evaluate("""() => [...document.querySelectorAll("h2")].filter((heading) => {
            const { left, top, bottom } = heading.getBoundingClientRect();
            if (bottom > innerHeight) return false;
            return !heading.contains(document.elementFromPoint(left + 4, (top + bottom) / 2));
        }).map((heading) => heading.textContent)""")
    assert covered == []


def test_a_newcomer_gets_a_code_for_an_invented_person_and_copies_it(open_page: OpenPage) -> None:
    page = open_page("/hall/")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    counter = page.locator("form").filter(has_text="核发注册码")
    counter.get_by_role("button", name="填入一位虚构人员").click()
    counter.get_by_role("button", name="核发").click()
    code = counter.locator(".slip b").inner_text()
    counter.get_by_role("button", name="复制注册码").click()
    expect(counter.get_by_role("button", name="已复制")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == code


def test_a_person_is_chosen_and_nothing_ends_before_it_is_confirmed(open_page: OpenPage, gateway: LiveGateway) -> None:
    page = open_page("/hall/")
    counter = page.locator("form").filter(has_text="重置账号密码")
    counter.get_by_label("演示人员").select_option("agent")
    expect(counter.get_by_label("证件号码")).to_have_value(gateway.account("agent").id_number)
    counter.get_by_label("新密码").fill("Fresh-2021")
    counter.get_by_role("button", name="重置").click()
    counter.get_by_role("dialog").get_by_role("button", name="取消").click()
    expect(counter.get_by_role("dialog")).to_have_count(0)
    with Phone(gateway.url) as phone:
        phone.login("agent", gateway.password_of("agent"))
    counter.get_by_role("button", name="重置").click()
    counter.get_by_role("dialog").get_by_role("button", name="重置").click()
    expect(counter.get_by_role("status")).to_contain_text("已重置")
    with Phone(gateway.url) as phone:
        phone.login("agent", "Fresh-2021")


def test_counters_that_stand_beside_each_other_are_of_one_height(open_page: OpenPage) -> None:
    page = open_page("/hall/", size=(1280, 720))
    expect(page.locator(".counters > form")).to_have_count(4)
    tops: dict[int, set[int]] = {}
    for box in page.locator(".counters > form").evaluate_all(
        "forms => forms.map(form => form.getBoundingClientRect()).map(box => [box.top, box.height])"
    ):
        tops.setdefault(round(box[0]), set()).add(round(box[1]))
    assert [len(heights) for heights in tops.values()] == [1, 1]

"""The pages with thousands of people and units: they look one up, and never take the whole seed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, Request, Route, expect

from scan_to_login.testing.live import LiveGateway
from tests.e2e.pages.conftest import OpenPage
from tests.large_seeds import seed_of

pytestmark = pytest.mark.slow


@pytest.fixture
def large(gateway: LiveGateway) -> Iterator[LiveGateway]:
    """The tests' gateway with 2,000 people and 200 units."""
    gateway.control.replace_seed(seed_of(2_000, 200))
    return gateway


def seeds_read(page: Page) -> list[str]:
    """The calls that read the seed, from now on."""
    calls: list[str] = []

    def note(request: Request) -> None:
        if "/sim/v1/seed" in request.url:
            calls.append(request.url.partition("/sim/v1/seed")[2])

    page.on("request", note)
    return calls


def test_the_stage_finds_a_person_and_plays_a_login_of_any_unit(large: LiveGateway, open_page: OpenPage) -> None:
    page = open_page()
    calls = seeds_read(page)
    page.goto(large.url)
    people = page.get_by_label("手机使用者")
    expect(people).to_have_value("person_0")
    expect(people.locator("option")).to_have_count(101)
    page.get_by_label("查找人员和单位").fill("person_1998")
    expect(people.locator("option")).to_have_count(3)
    people.select_option("person_1998")
    expect(people).to_have_value("person_1998")
    page.get_by_label("查找人员和单位").fill("person_1997")
    page.keyboard.press("Enter")
    expect(people).to_have_value("person_1997")
    assert {call.partition("?")[0] for call in calls} == {"/search"}
    page.get_by_role("button", name="演示一次登录").click()
    expect(page.locator(".client-window")).to_contain_text("单位 197")
    expect(page.locator(".client-window .home")).to_be_visible()
    unit = large.control.unit("U197")["taxpayer_id"]
    assert {call.partition("?")[0] for call in calls} == {"/search", f"/units/{unit}"}


def test_a_search_is_asked_for_when_the_typing_pauses(large: LiveGateway, open_page: OpenPage) -> None:
    page = open_page()
    page.clock.install()
    page.goto(f"{large.url}/hall/")
    counter = page.locator("form").filter(has_text="重置账号密码")
    search = counter.get_by_label("查找人员和单位")
    expect(search).to_be_visible()
    page.clock.pause_at(datetime.now(UTC) + timedelta(hours=1))
    calls = seeds_read(page)
    search.press_sequentially("person_1998")
    assert calls == []
    page.clock.run_for(1_000)
    expect(counter.get_by_label("演示人员").locator("option")).to_have_count(2)
    assert calls == ["/search?limit=100&search=person_1998"]


def test_a_late_answer_does_not_replace_a_newer_one(large: LiveGateway, open_page: OpenPage) -> None:
    page = open_page("/hall/")
    counter = page.locator("form").filter(has_text="重置账号密码")
    search, options = counter.get_by_label("查找人员和单位"), counter.get_by_label("演示人员").locator("option")
    expect(options).to_have_count(101)
    held: list[Route] = []
    page.route(re.compile(r"search=person_19$"), lambda route: held.append(route))
    with page.expect_request(re.compile(r"search=person_19$")):
        search.fill("person_19")
    search.fill("person_1998")
    expect(options).to_have_count(2)
    with page.expect_response(re.compile(r"search=person_19$")) as late:
        held[0].continue_()
    late.value.finished()
    page.evaluate("new Promise((done) => setTimeout(done))")  # what the page does with an answer, it has done
    expect(options).to_have_count(2)


def test_a_person_is_taken_by_the_keyboard_alone(large: LiveGateway, open_page: OpenPage) -> None:
    """Enter in the search takes the first one found, and does not send the form."""
    page = open_page("/hall/")
    counter = page.locator("form").filter(has_text="重置账号密码")
    counter.get_by_label("查找人员和单位").focus()
    page.keyboard.type("139 0000 1234")
    page.keyboard.press("Enter")
    expect(counter.get_by_label("证件号码")).to_have_value(large.control.account("person_1234")["id_number"])
    expect(counter.get_by_role("alert")).to_have_count(0)
    counter.get_by_label("查找人员和单位").fill("nobody at all")
    expect(counter).to_contain_text("没有找到")


def test_the_hall_finds_a_person_and_a_unit(large: LiveGateway, open_page: OpenPage) -> None:
    seed = large.control.seed()
    person, unit = seed["accounts"][1234], seed["units"][150]
    page = open_page("/hall/")
    counter = page.locator("form").filter(has_text="重置账号密码")
    counter.get_by_label("查找人员和单位").fill(person["phone"])
    counter.get_by_label("演示人员").select_option(person["login_name"])
    expect(counter.get_by_label("证件号码")).to_have_value(person["id_number"])
    counter = page.locator("form").filter(has_text="申报密码")
    counter.get_by_label("查找人员和单位").fill(unit["name"])
    counter.get_by_label("演示单位").select_option(unit["taxpayer_id"])
    expect(counter.get_by_label("纳税人识别号")).to_have_value(unit["taxpayer_id"])


def test_the_demo_card_finds_a_person_and_fills_the_form(large: LiveGateway, open_page: OpenPage) -> None:
    page = open_page("/client/")
    page.get_by_role("button", name="演示数据").click()
    card = page.get_by_role("dialog")
    expect(card.locator("tbody tr")).to_have_count(200)
    card.get_by_label("查找人员和单位").fill("person_1998")
    card.get_by_role("row").filter(has_text="person_1998").get_by_role("button", name="填入").click()
    expect(page.locator("input[name=identifier]")).to_have_value("person_1998")


def test_somebody_with_many_units_finds_one_by_the_keyboard(gateway: LiveGateway, open_page: OpenPage) -> None:
    seed = seed_of(2, 200)
    seed["bindings"] = [{"unit": f"U{number}", "account": "person_0"} for number in range(200)]
    seed["roles"] = []
    gateway.control.replace_seed(seed)
    page = open_page("/client/")
    page.locator("input[name=identifier]").fill("person_0")
    page.locator("input[name=password]").fill("Demo-2019")
    page.keyboard.press("Enter")
    units = page.get_by_role("listbox", name="单位").get_by_role("option")
    expect(units).to_have_count(200)
    expect(page.get_by_label("查找单位")).to_be_focused()
    page.keyboard.type("单位 19")
    expect(units).to_have_count(11)
    page.keyboard.type("7")
    expect(units).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator(".units-card")).to_contain_text("单位 197")
    expect(page.locator("input[name=declaration_password]")).to_be_visible()


def test_the_inspector_finds_a_person_who_is_there(large: LiveGateway, open_page: OpenPage) -> None:
    page = open_page()
    calls = seeds_read(page)
    page.goto(f"{large.url}/inspector/")
    people = page.locator("section").filter(has=page.get_by_role("heading", name="人员"))
    expect(people.locator("tbody tr")).to_have_count(200)
    page.get_by_label("搜索").fill("PERSON_1998")
    expect(people.locator("tbody tr")).to_have_count(1)
    expect(people.locator("tbody")).to_contain_text("person_1998")
    page.get_by_label("搜索").fill("")
    expect(people).to_contain_text("200 / 2000")
    people.get_by_role("button", name="显示更多").click()
    expect(people.locator("tbody tr")).to_have_count(400)
    expect(people).to_contain_text("400 / 2000")
    units = page.locator("section").filter(has=page.get_by_role("heading", name=re.compile("^单位")))
    expect(units.locator("tbody tr")).to_have_count(200)
    assert calls == []


def test_the_inspector_suggests_accounts_by_search(large: LiveGateway, open_page: OpenPage) -> None:
    page = open_page("/inspector/")
    page.get_by_role("button", name="停用扫码登录").click()
    form = page.get_by_role("form", name="停用扫码登录")
    form.get_by_label("停用对象").select_option("account")
    form.get_by_label("账号").fill("person_1998")
    expect(form.locator("datalist option")).to_have_count(1)
    expect(form.locator("datalist option")).to_have_attribute("value", "person_1998")

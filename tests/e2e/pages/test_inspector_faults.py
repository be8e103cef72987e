"""Faults are set, watched and lifted on the inspector's page, and they happen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import Locator, Page, expect

from scan_to_login.testing.live import LiveGateway
from tests.e2e.pages.actors import ClientPage
from tests.e2e.pages.conftest import OpenPage
from tests.e2e.pages.tools import violations

pytestmark = pytest.mark.slow

Picture = Callable[[Page, str], Path]


def box(page: Page, title: str = "故障") -> Locator:
    """The panel of faults."""
    return page.locator("section", has=page.get_by_role("heading", name=title))


def opened(open_page: OpenPage, **how: Any) -> tuple[Page, Locator]:
    """The inspector with its form open."""
    page = open_page("/inspector/", **how)
    english = str(how.get("language", "zh")).startswith("en")
    panel = box(page, "Faults" if english else "故障")
    panel.get_by_role("button", name="Set a fault" if english else "设置故障").click()
    return page, panel


def present(gateway: LiveGateway) -> list[dict[str, Any]]:
    """The faults that the gateway has."""
    faults: list[dict[str, Any]] = gateway.control.call("GET", "/faults")["faults"]
    return faults


def test_a_fault_is_set_happens_and_is_lifted(open_page: OpenPage, gateway: LiveGateway, picture: Picture) -> None:
    page, panel = opened(open_page)
    form = panel.get_by_role("form", name="设置故障")
    expect(form.get_by_label("故障类型")).to_be_focused()
    form.get_by_label("故障类型").select_option("error")
    form.get_by_label("状态码").select_option("429")
    form.get_by_label("作用范围").select_option("route")
    form.get_by_label("方法与路径").fill("POST /api/v1/tickets")
    form.get_by_label("次数").fill("2")
    form.get_by_label("持续秒数").fill("600")
    picture(page, "inspector-fault-form")
    form.get_by_role("button", name="设置", exact=True).click()
    expect(form).not_to_be_visible()
    expect(panel.get_by_role("button", name="设置故障")).to_be_focused()
    expect(panel.get_by_role("status")).to_have_text("已设置：应答错误。")
    row = panel.locator("tbody tr")
    expect(row).to_contain_text("POST /api/v1/tickets status=429")
    expect(row).to_contain_text("0 / 2")
    body = {"client": {"name": "test", "version": "1", "device": "test"}}
    asked = [requests.post(f"{gateway.url}/api/v1/tickets", json=body, timeout=10).status_code for _ in range(3)]
    assert asked == [429, 429, 201]
    expect(row).to_contain_text("2 / 2")
    expect(row).to_contain_text("已用完")
    picture(page, "inspector-fault-used")
    row.get_by_role("button", name="解除：应答错误").click()
    expect(panel.get_by_text("暂无")).to_be_visible()
    expect(panel.get_by_role("status")).to_have_text("已解除：应答错误。")
    assert present(gateway) == []


def test_the_form_has_every_field_of_the_call(open_page: OpenPage, gateway: LiveGateway) -> None:
    _, panel = opened(open_page, language="en-US")
    form = panel.get_by_role("form", name="Set a fault")
    form.get_by_label("What goes wrong").select_option("push_delay")
    for label, typed in (
        ("Milliseconds", "250"),
        ("Log-normal", "0.5"),
        ("Ticket", "A" * 22),
        ("How often", "3"),
        ("Lifetime in seconds", "90"),
        ("Probability", "0.25"),
        ("Seed", "7"),
    ):
        form.get_by_label(label).fill(typed)
    form.get_by_label("State that is pushed").select_option("scanned")
    form.get_by_label("Seed").press("Enter")
    expect(panel.locator("tbody tr")).to_contain_text("state=scanned")
    (fault,) = present(gateway)
    del fault["fault_id"]
    assert 0 < fault.pop("ends_at") - gateway.control.clock.now_ms <= 90_000
    assert fault == {
        "kind": "push_delay",
        "route": None,
        "event": None,
        "ticket": "A" * 22,
        "state": "scanned",
        "times": 3,
        "probability": 0.25,
        "seed": 7,
        "milliseconds": 250,
        "sigma": 0.5,
        "status": 503,
        "fired": 0,
    }


KINDS = {
    "latency": {"Milliseconds": "1"},
    "error": {},
    "drop_reply": {},
    "push_drop": {},
    "push_delay": {"Milliseconds": "1"},
    "push_duplicate": {},
    "push_reorder": {},
    "socket_cut": {},
    "id_token_signature": {},
    "id_token_issuer": {},
    "id_token_expired": {},
    "redis_unreachable": {"Lifetime in seconds": "0.01"},
}


def test_every_kind_can_be_set_and_all_are_lifted_at_once(open_page: OpenPage, gateway: LiveGateway) -> None:
    page, panel = opened(open_page, language="en-US")
    form = panel.get_by_role("form", name="Set a fault")
    offered = form.get_by_label("What goes wrong").locator("option")
    assert [option.get_attribute("value") for option in offered.all()] == list(KINDS)
    for count, (kind, fields) in enumerate(KINDS.items(), start=1):
        form.get_by_label("What goes wrong").select_option(kind)
        for label, typed in fields.items():
            form.get_by_label(label).fill(typed)
        form.get_by_role("button", name="Set", exact=True).click()
        expect(panel.locator("tbody tr")).to_have_count(count)
        expect(form).not_to_be_visible()  # its row may be told by the journal before the call is answered
        if count == len(KINDS):
            page.evaluate("window.requestAnimationFrame = () => 0")  # frames are late, as on a busy machine
        panel.get_by_role("button", name="Set a fault").click()
    page.keyboard.press("Escape")  # at once: a form that has opened has the focus
    expect(form).not_to_be_visible()
    assert sorted(fault["kind"] for fault in present(gateway)) == sorted(KINDS)
    panel.get_by_role("button", name="Lift all").click()
    expect(panel.get_by_text("None")).to_be_visible()
    assert present(gateway) == []


def test_an_invalid_value_is_reported_at_its_field_and_sets_no_fault(open_page: OpenPage, gateway: LiveGateway) -> None:
    page, panel = opened(open_page)
    form = panel.get_by_role("form", name="设置故障")
    form.get_by_label("概率").fill("1.5")
    form.get_by_label("次数").fill("half")
    form.get_by_role("button", name="设置", exact=True).click()
    delay = form.get_by_label("毫秒")
    expect(delay).to_be_focused()
    expect(delay).to_have_accessible_description("请填写")
    expect(form.get_by_label("次数")).to_have_accessible_description("请填整数")
    expect(form.get_by_label("概率")).to_have_accessible_description("请填 0.0001 至 1 的数")
    assert violations(page) == []
    assert present(gateway) == []
    form.get_by_label("故障类型").select_option("redis_unreachable")
    expect(form.get_by_label("概率")).to_have_count(0)
    form.get_by_role("button", name="设置", exact=True).click()
    expect(form.get_by_label("持续秒数")).to_have_accessible_description("请填写")
    form.get_by_role("button", name="取消").click()
    expect(form).not_to_be_visible()


def test_a_push_that_is_lost_by_a_fault_is_learnt_by_the_client_all_the_same(
    open_page: OpenPage, gateway: LiveGateway
) -> None:
    client = ClientPage(open_page("/client/"))
    client.show_qr()
    _, panel = opened(open_page)
    form = panel.get_by_role("form", name="设置故障")
    form.get_by_label("故障类型").select_option("socket_cut")
    form.get_by_label("次数").fill("1")
    form.get_by_role("button", name="设置", exact=True).click()
    expect(panel.locator("tbody tr")).to_contain_text("0 / 1")
    gateway.control.clock.advance(minutes=2)  # the ticket's end would be pushed: the socket is cut instead
    expect(panel.locator("tbody tr")).to_contain_text("1 / 1")
    client.covered_by("二维码已过期")


@pytest.mark.parametrize(("language", "dark", "size"), [("zh-CN", False, (1440, 900)), ("en-US", True, (320, 640))])
def test_the_form_is_accessible_and_fits(
    language: str, dark: bool, size: tuple[int, int], open_page: OpenPage, gateway: LiveGateway, picture: Picture
) -> None:
    gateway.control.faults.latency(250, sigma=0.5, route="POST /api/v1/tickets/*/confirm", probability=0.5, seed=7)
    gateway.control.faults.push_drop(state="scanned", times=3, seconds=600)
    page, panel = opened(open_page, language=language, dark=dark, size=size)
    expect(panel.locator("tbody tr")).to_have_count(2)
    for kind in ("latency", "push_reorder"):
        panel.locator("select").first.select_option(kind)
        assert violations(page) == []
    panel.locator("select").first.select_option("error")
    panel.get_by_label("Which calls" if language == "en-US" else "作用范围").select_option("route")
    panel.scroll_into_view_if_needed()
    picture(page, f"inspector-faults-{language}")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]

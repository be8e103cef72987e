"""The stage: who has never seen it gets through by mouse, and sees what travels."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from scan_to_login.testing.live import LiveGateway
from tests.e2e.pages.actors import ClientPage, PhonePage
from tests.e2e.pages.conftest import OpenPage

pytestmark = pytest.mark.slow

Picture = Callable[[Page, str], Path]
BIG = (1440, 900)


def opened(open_page: OpenPage) -> tuple[Page, ClientPage, PhonePage]:
    """The stage, with the first persona's phone logged in."""
    page = open_page("/", size=BIG)
    phone = PhonePage(page)
    expect(phone.screen.get_by_role("button", name="扫一扫")).to_be_visible()
    return page, ClientPage(page), phone


def scan(phone: PhonePage) -> None:
    """Point the phone at the client's screen."""
    phone.open_scanner()
    phone.screen.get_by_role("button", name="对准电脑屏幕").click()
    phone.asks()


def test_the_whole_login_by_mouse_and_each_step_in_the_diagram(open_page: OpenPage, picture: Picture) -> None:
    page, client, phone = opened(open_page)
    steps = page.get_by_role("list", name="操作步骤")
    expect(steps.locator("[aria-current=step]")).to_contain_text("点击右上角的二维码")
    client.show_qr()
    expect(steps.locator("[aria-current=step]")).to_contain_text("扫一扫")
    scan(phone)
    expect(steps.locator("[aria-current=step]")).to_contain_text("确认登录")
    picture(page, "stage-scanned")
    phone.confirm()
    client.window.get_by_role("option").first.dblclick()
    client.verify()
    client.is_home()
    diagram = page.get_by_role("region", name="时序图")
    for words in ("→ pending", "→ scanned", "→ confirmed", "→ claimed"):
        expect(diagram.locator(".label", has_text=words).first).to_be_attached()
    push = diagram.locator(".message.kind-push", has_text="confirmed").first
    push.click()
    expect(diagram.locator(".detail pre")).to_contain_text('"state": "confirmed"')
    picture(page, "stage-done")


def test_a_cut_connection_heals_by_itself_and_the_login_goes_on(open_page: OpenPage) -> None:
    page, client, phone = opened(open_page)
    client.show_qr()
    states: list[str] = []
    page.expose_function("heard", lambda state: states.append(state))
    page.evaluate(
        "new MutationObserver(() => heard(document.querySelector('.link-state').textContent))"
        ".observe(document.querySelector('.link-state'), {subtree: true, childList: true, characterData: true})"
    )
    page.get_by_role("button", name="切断客户端连接").click()
    expect(client.window.get_by_text("已连接，等待推送")).to_be_visible()
    page.wait_for_function("document.querySelector('.link-state').classList.contains('ok')")
    assert any("重连" in state for state in states), states
    scan(phone)
    phone.confirm()
    expect(client.window.get_by_role("listbox", name="单位")).to_be_visible()


def test_a_phone_of_a_gateway_that_is_gone_is_logged_in_anew(open_page: OpenPage, gateway: LiveGateway) -> None:
    page, _, _ = opened(open_page)
    gateway.reset()
    page.reload()
    expect(PhonePage(page).screen.get_by_role("button", name="扫一扫")).to_be_visible()


def test_expire_now_expires_the_code_on_the_screen(open_page: OpenPage) -> None:
    page, client, _ = opened(open_page)
    client.show_qr()
    page.get_by_role("button", name="立即过期").click()
    expect(client.window.get_by_text("二维码已过期")).to_be_visible()


def test_another_persona_takes_the_phone(open_page: OpenPage) -> None:
    page, client, phone = opened(open_page)
    page.get_by_label("手机使用者").select_option("authorized")
    expect(page.get_by_label("手机使用者")).to_have_value("authorized")
    client.show_qr()
    scan(phone)
    phone.confirm()
    client.is_home()


def test_the_diagram_is_paused_cleared_and_exported(open_page: OpenPage) -> None:
    page, client, _ = opened(open_page)
    client.show_qr()
    diagram = page.get_by_role("region", name="时序图")
    expect(diagram.locator(".label", has_text="→ pending").first).to_be_attached()
    files: dict[str, str] = {}
    for kind in ("SVG", "Mermaid", "JSON"):
        with page.expect_download() as download:
            diagram.get_by_role("button", name=kind).click()
        files[kind] = Path(download.value.path()).read_text("utf-8")
    assert files["SVG"].startswith("<svg")
    assert "pending" in files["SVG"]
    assert files["Mermaid"].startswith("sequenceDiagram")
    assert "request_ticket" in files["Mermaid"]
    entries = json.loads(files["JSON"])
    assert any(entry["name"] == "request_ticket" for entry in entries)
    assert '"claim_secret": "***"' in files["JSON"]
    diagram.get_by_role("button", name="暂停").click()
    diagram.get_by_role("button", name="清空").click()
    expect(diagram.locator(".message")).to_have_count(0)
    client.window.get_by_role("button", name="刷新二维码").click()
    expect(client.window.locator(".state-pending")).to_be_visible()
    expect(diagram.locator(".message")).to_have_count(0)
    diagram.get_by_role("button", name="继续").click()
    expect(diagram.locator(".message").first).to_be_attached()


def test_arrow_keys_walk_over_the_messages(open_page: OpenPage) -> None:
    page, client, _ = opened(open_page)
    client.show_qr()
    diagram = page.get_by_role("region", name="时序图")
    expect(diagram.locator(".label", has_text="→ pending").first).to_be_attached()
    diagram.locator(".message[tabindex='0']").focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(diagram.locator(".message[aria-pressed=true]")).to_be_focused()
    expect(diagram.locator(".detail")).to_be_visible()

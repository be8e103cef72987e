"""The stage: who has never seen it gets through by mouse, and sees what travels."""

from __future__ import annotations

import json
import re
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
PROJECTOR = (1280, 720)


def opened(open_page: OpenPage, size: tuple[int, int] = BIG) -> tuple[Page, ClientPage, PhonePage]:
    """The stage, with the first persona's phone logged in and the client's code on the screen."""
    page = open_page("/", size=size)
    phone, client = PhonePage(page), ClientPage(page)
    expect(phone.screen.get_by_role("button", name="扫一扫")).to_be_visible()
    client.shows_qr()
    return page, client, phone


def scan(phone: PhonePage) -> None:
    """Point the phone at the client's screen."""
    phone.open_scanner()
    phone.screen.get_by_role("button", name="对准电脑屏幕").click()
    phone.asks()


def test_the_whole_login_by_mouse_and_each_step_in_the_diagram(open_page: OpenPage, picture: Picture) -> None:
    page, client, phone = opened(open_page)
    steps = page.get_by_role("list", name="操作步骤")
    expect(steps.locator("[aria-current=step]")).to_contain_text("扫一扫")
    scan(phone)
    expect(steps.locator("[aria-current=step]")).to_contain_text("确认登录")
    picture(page, "stage-scanned")
    phone.confirm()
    client.window.get_by_role("option").first.dblclick()
    client.verify()
    client.is_home()
    diagram = page.get_by_role("region", name="时序图")
    band = diagram.get_by_role("group", name=re.compile(r"^登录 \d+ · "))
    expect(band.last.get_by_text("办税验证完成")).to_be_visible()
    for words in ("→ 待扫码", "→ 已扫码", "→ 已确认", "→ 已登录"):
        expect(band.last.locator(".label", has_text=words).first).to_be_attached()
    expect(steps.locator("li.done")).to_have_count(5)
    push = band.last.locator(".message.kind-push", has_text="推送：已确认").first
    push.click()
    expect(diagram.locator(".detail pre")).to_contain_text('"state": "confirmed"')
    picture(page, "stage-done")


def test_a_cut_connection_heals_by_itself_and_the_login_goes_on(open_page: OpenPage) -> None:
    page, client, phone = opened(open_page)
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
    page.get_by_role("button", name="立即过期").click()
    client.covered_by("二维码已过期")


def test_another_persona_takes_the_phone(open_page: OpenPage) -> None:
    page, client, phone = opened(open_page)
    page.get_by_label("手机使用者").select_option("authorized")
    expect(page.get_by_label("手机使用者")).to_have_value("authorized")
    scan(phone)
    phone.confirm()
    client.is_home()


def test_the_diagram_is_paused_cleared_and_exported(open_page: OpenPage) -> None:
    page, client, _ = opened(open_page)
    diagram = page.get_by_role("region", name="时序图")
    expect(diagram.locator(".label", has_text="→ 待扫码").first).to_be_attached()
    files: dict[str, str] = {}
    diagram.get_by_label("导出").click()
    for kind in ("SVG", "Mermaid", "JSON"):
        with page.expect_download() as download:
            diagram.get_by_role("button", name=f"下载 {kind}").click()
        files[kind] = Path(download.value.path()).read_text("utf-8")
        assert re.match(r"logins?(-\d+)?-\d{8}-\d{6}\.", download.value.suggested_filename)
    assert files["SVG"].startswith("<svg")
    assert "→ 待扫码" in files["SVG"]
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
    page, _, _ = opened(open_page)
    diagram = page.get_by_role("region", name="时序图")
    expect(diagram.locator(".label", has_text="→ 待扫码").first).to_be_attached()
    diagram.locator(".message[tabindex='0']").focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(diagram.locator(".message[aria-pressed=true]")).to_be_focused()
    expect(diagram.locator(".detail")).to_be_visible()


@pytest.mark.parametrize("story", ["登录", "二维码过期", "手机拒绝", "客户端断线", "输错密码"])
def test_a_story_plays_by_itself(open_page: OpenPage, story: str) -> None:
    """The pointer presses the real buttons; each story ends where it says."""
    page, client, _ = opened(open_page, size=PROJECTOR)
    if story == "登录":
        page.get_by_role("button", name="演示一次登录").click()
    else:
        page.get_by_label("其他演示").select_option(label=story)
    expect(page.get_by_role("button", name="停止演示")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("演示一次"))).to_be_visible()
    ends = {
        "登录": "功能菜单",
        "二维码过期": "打开个人所得税 APP",
        "手机拒绝": "手机端已拒绝登录",
        "客户端断线": "功能菜单",
        "输错密码": "密码错误",
    }
    expect(client.window.get_by_text(ends[story]).first).to_be_visible()


def test_on_a_projector_everything_stands_in_the_window(open_page: OpenPage) -> None:
    """1280 × 720: the code, the diagram and the phone's button are whole, and the page does not scroll."""
    page, client, phone = opened(open_page, size=PROJECTOR)
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    for seen in (
        client.window.locator(".qr-frame canvas"),
        page.get_by_role("region", name="时序图"),
        phone.screen.get_by_role("button", name="扫一扫"),
        page.get_by_role("button", name="演示一次登录"),
    ):
        box = seen.bounding_box()
        assert box is not None
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= PROJECTOR[1]
        assert box["x"] + box["width"] <= PROJECTOR[0]


def test_logins_are_bands_that_are_searched_filtered_and_kept_through_a_reload(open_page: OpenPage) -> None:
    page, client, phone = opened(open_page)
    diagram = page.get_by_role("region", name="时序图")
    diagram.get_by_role("button", name="清空").click()
    for _ in range(2):
        scan(phone)
        phone.reject()
        phone.home()
        client.window.get_by_role("button", name="刷新", exact=True).click()
        client.shows_qr()
    bands = diagram.locator(".band:not(.other)")
    rejected = bands.filter(has_text="已拒绝")
    expect(rejected).to_have_count(2)
    page.reload()
    client.shows_qr()
    expect(rejected).to_have_count(2)
    diagram.get_by_label("搜索消息").fill("reject")
    labels = diagram.locator(".message .label")
    expect(labels.filter(has_text="/reject").first).to_be_visible()
    expect(labels.filter(has_text="request_ticket")).to_have_count(0)
    diagram.get_by_label("搜索消息").fill("")
    rejected.first.get_by_role("button", name="仅显示此登录").click()
    expect(bands).to_have_count(1)
    diagram.get_by_role("button", name="显示全部").click()
    diagram.get_by_role("button", name="Redis", exact=True).click()
    expect(labels.filter(has_text="→ 已拒绝")).to_have_count(0)


def test_the_clock_chip_moves_the_countdown_and_goes_back(open_page: OpenPage) -> None:
    page, client, _ = opened(open_page)
    page.locator(".clock-chip summary").click()
    page.get_by_role("button", name="+60 秒").click()
    seconds = client.window.locator(".qr-time")
    expect(seconds).to_have_text(re.compile(r"^(5\d|60) 秒后过期$"))
    page.get_by_role("button", name="恢复为真实时间").click()
    expect(page.locator(".clock-chip summary")).not_to_contain_text("+")


def test_the_demo_card_fills_the_form_that_is_shown(open_page: OpenPage) -> None:
    page = open_page("/client/")
    page.get_by_role("button", name="演示数据").click()
    page.get_by_role("row").filter(has_text="13800000004").get_by_role("button", name="填入").click()
    client = ClientPage(page)
    expect(client.window.get_by_label("账号", exact=True)).to_have_value("single")
    client.window.get_by_role("button", name="登录", exact=True).click()
    expect(client.window.get_by_label("申报密码", exact=True)).to_be_visible()

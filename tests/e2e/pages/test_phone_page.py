"""What the phone refuses to scan, and what it shows of an account."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
import qrcode
from PIL import Image
from playwright.sync_api import Page, expect

from tests.e2e.pages.actors import ClientPage, PhonePage
from tests.e2e.pages.conftest import PHONE, OpenPage

pytestmark = pytest.mark.slow

Picture = Callable[[Page, str], Path]


def qr(text: str) -> Image.Image:
    """A QR as a picture."""
    drawn = io.BytesIO()
    qrcode.make(text).save(drawn)
    return Image.open(drawn).convert("RGB")


def foreign(folder: Path) -> Path:
    """A login code of somebody else's gateway."""
    path = folder / "foreign.png"
    qr("https://evil.example/q/AAAAAAAAAAAAAAAAAAAAAA").save(path)
    return path


def empty(folder: Path) -> Path:
    """A picture without a code."""
    path = folder / "empty.png"
    Image.new("RGB", (400, 300), "#cde").save(path)
    return path


def two(folder: Path) -> Path:
    """A picture with two codes."""
    path = folder / "two.png"
    left, right = qr("https://a.example/one"), qr("https://a.example/two")
    both = Image.new("RGB", (left.width + right.width + 80, left.height), "white")
    both.paste(left, (0, 0))
    both.paste(right, (left.width + 80, 0))
    both.save(path)
    return path


def broken(folder: Path) -> Path:
    """Not a picture."""
    path = folder / "broken.png"
    path.write_bytes(b"not a picture")
    return path


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (foreign, "https://evil.example"),
        (empty, "图片中未找到二维码"),
        (two, "多个二维码"),
        (broken, "无法打开该文件"),
    ],
)
def test_a_foreign_code_is_refused_with_its_reason(
    make: Callable[[Path], Path], words: str, open_page: OpenPage, tmp_path: Path
) -> None:
    phone = PhonePage(open_page("/app/", size=PHONE)).logged_in("agent")
    phone.scan_picture(make(tmp_path))
    expect(phone.screen.get_by_role("alert")).to_contain_text(words)


def test_a_pasted_address_is_scanned_with_the_keyboard_alone(open_page: OpenPage, picture: Picture) -> None:
    client = ClientPage(open_page("/client/"))
    page = open_page("/app/", size=PHONE)
    phone = PhonePage(page).logged_in("agent")
    with client.page.expect_websocket() as opened:
        client.show_qr()
    assert "/socket.io/" in opened.value.url
    phone.screen.get_by_role("button", name="扫一扫").focus()
    page.keyboard.press("Enter")
    phone.screen.get_by_role("button", name="粘贴").focus()
    page.keyboard.press("Enter")
    expect(phone.screen.get_by_label("二维码中的网址", exact=False)).to_be_focused()
    page.keyboard.type("https://evil.example/q/AAAAAAAAAAAAAAAAAAAAAA")
    picture(page, "phone-scan")
    page.keyboard.press("Enter")
    expect(phone.screen.get_by_role("alert")).to_contain_text("https://evil.example")


def test_sessions_are_listed_and_ended_from_the_phone(open_page: OpenPage, picture: Picture) -> None:
    client = ClientPage(open_page("/client/"))
    client.login("authorized")
    client.is_home()
    phone = PhonePage(open_page("/app/", size=PHONE)).logged_in("authorized")
    phone.screen.get_by_role("button", name="设备与登录").click()
    row = phone.screen.locator(".rows .item", has_text="扣缴客户端")
    expect(row).to_be_visible()
    picture(phone.page, "phone-devices")
    assert row.evaluate("row => row.offsetHeight") < 140
    row.get_by_role("button", name="下线").click()
    phone.screen.get_by_role("dialog").get_by_role("button", name="下线").click()
    expect(row).to_have_count(0)
    client.window.get_by_role("button", name="切换单位").click()
    expect(client.window.get_by_text("登录已失效")).to_be_visible()


def test_a_revoked_login_leads_back_to_the_login_page_which_says_why(open_page: OpenPage) -> None:
    first = PhonePage(open_page("/app/", size=PHONE)).logged_in("agent")
    second = PhonePage(open_page("/app/", size=PHONE)).logged_in("agent")
    second.screen.get_by_role("button", name="设备与登录").click()
    second.screen.get_by_role("button", name="下线其他所有设备").click()
    second.screen.get_by_role("dialog").get_by_role("button", name="全部下线").click()
    expect(second.screen.locator(".rows").first.locator(".item")).to_have_count(1)
    first.screen.get_by_role("button", name="设备与登录").click()
    expect(first.screen.get_by_text("登录已失效")).to_be_visible()

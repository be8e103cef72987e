"""Numbers on the pages: chosen on the phone, typed at the client, and never those of a ticket before."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from scan_to_login.testing.live import LiveGateway
from tests.e2e.pages.actors import ClientPage, PhonePage
from tests.e2e.pages.conftest import PHONE, OpenPage

pytestmark = pytest.mark.slow


@pytest.fixture
def choosing() -> Iterator[LiveGateway]:
    with LiveGateway(environment={"PAIRING_NUMBER_MATCHING": "choose"}) as running:
        yield running


@pytest.fixture
def returning() -> Iterator[LiveGateway]:
    with LiveGateway(environment={"PAIRING_NUMBER_MATCHING": "return"}) as running:
        yield running


def at(gateway: LiveGateway, open_page: OpenPage, path: str, size: tuple[int, int] = (1280, 820)) -> Page:
    """A page of this gateway."""
    page = open_page(size=size)
    page.goto(gateway.url + path)
    return page


def both(gateway: LiveGateway, open_page: OpenPage) -> tuple[ClientPage, PhonePage]:
    """A client that shows a QR, and a phone that is logged in."""
    client = ClientPage(at(gateway, open_page, "/client/"))
    client.show_qr()
    return client, PhonePage(at(gateway, open_page, "/app/", PHONE)).logged_in("agent")


def test_the_phone_offers_three_numbers_and_a_wrong_one_rejects(
    choosing: LiveGateway, open_page: OpenPage, tmp_path: Path
) -> None:
    client, phone = both(choosing, open_page)
    phone.scan_picture(client.picture_of_screen(tmp_path))
    phone.asks()
    number = client.window.locator(".compare b").inner_text()
    offered = phone.screen.locator(".choose .button")
    expect(offered).to_have_count(3)
    expect(phone.screen.get_by_role("button", name="确认登录", exact=True)).to_have_count(0)
    decoy = next(text for text in offered.all_inner_texts() if text.strip() != number).strip()
    phone.screen.get_by_role("button", name=f"确认登录，数字 {decoy}").click()
    expect(phone.screen.get_by_text("数字与电脑屏幕上显示的不一致，本次登录已拒绝，请重新扫码。")).to_be_visible()
    client.covered_by("手机端已拒绝登录")
    client.window.get_by_role("button", name="刷新").click()
    client.shows_qr()
    phone.home()
    phone.scan_picture(client.picture_of_screen(tmp_path))
    phone.asks()
    number = client.window.locator(".compare b").inner_text()
    phone.screen.get_by_role("button", name=f"确认登录，数字 {number}").click()
    expect(client.window.get_by_role("listbox", name="单位")).to_be_visible()


def test_the_digits_of_the_phone_are_typed_at_the_client(
    returning: LiveGateway, open_page: OpenPage, tmp_path: Path
) -> None:
    client, phone = both(returning, open_page)
    phone.scan_picture(client.picture_of_screen(tmp_path))
    phone.confirm()
    code = phone.screen.locator(".result .claim-code").inner_text()
    assert re.fullmatch(r"\d{6}", code)
    field = client.window.get_by_label("六位数字")
    expect(field).to_be_focused()
    client.window.get_by_role("button", name="登录", exact=True).click()
    expect(client.window.get_by_text("请输入六位数字。")).to_be_visible()
    field.fill(f"{(int(code) + 1) % 10**6:06d}")
    client.page.keyboard.press("Enter")
    expect(client.window.get_by_text("与手机上显示的六位数字不一致，请核对后重试。还可尝试 2 次。")).to_be_visible()
    field.fill(f"{code[:3]} {code[3:]}")
    client.page.keyboard.press("Enter")
    expect(client.window.get_by_role("listbox", name="单位")).to_be_visible()


def test_a_retry_after_expiry_shows_no_number_of_before(
    choosing: LiveGateway, open_page: OpenPage, tmp_path: Path
) -> None:
    """Neither while the new code waits, nor after its scan, whose number and choices are new on both sides."""
    client, phone = both(choosing, open_page)
    number = client.window.locator(".compare b")
    seen: list[tuple[str, list[str]]] = []
    for _ in range(3):
        phone.scan_picture(client.picture_of_screen(tmp_path))
        phone.asks()
        choices = [text.strip() for text in phone.screen.locator(".choose .button").all_inner_texts()]
        seen.append((number.inner_text(), choices))
        assert seen[-1][0] in choices
        choosing.control.clock.advance(61)
        client.covered_by("二维码已过期")
        expect(number).to_have_count(0)
        expect(phone.screen.get_by_text("二维码已过期，请在电脑上刷新后重新扫描。")).to_be_visible()
        expect(phone.screen.locator(".choose")).to_have_count(0)
        client.window.get_by_role("button", name="刷新").click()
        client.shows_qr()
        expect(number).to_have_count(0)
        phone.home()
    assert len({tuple(choices) for _, choices in seen}) == 3

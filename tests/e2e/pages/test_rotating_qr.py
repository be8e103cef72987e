"""The rotating QR on the pages: drawn by the browser alone, and read from pictures of the screen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from app_simulator.qr_reader import read_image
from scan_to_login.testing.live import LiveGateway
from tests.e2e.pages.actors import ClientPage, PhonePage
from tests.e2e.pages.conftest import PHONE, OpenPage
from tests.integration.wire import eventually

pytestmark = pytest.mark.slow


@pytest.fixture
def rotating() -> Iterator[LiveGateway]:
    with LiveGateway(environment={"PAIRING_ROTATING_QR": "true"}) as running:
        yield running


def test_a_photo_of_the_screen_is_soon_worth_nothing(
    rotating: LiveGateway, open_page: OpenPage, tmp_path: Path
) -> None:
    """The page asks the gateway for no picture; the phone says what to do about an old one, and takes a new one."""
    client = ClientPage(open_page())
    asked: list[str] = []
    client.page.on("request", lambda request: asked.append(request.url))
    client.page.goto(f"{rotating.url}/client/")
    client.show_qr()
    asked.clear()
    photo = tmp_path / "photo.png"
    photo.write_bytes(client.picture_of_screen(tmp_path).read_bytes())
    first = read_image(photo)

    def changed() -> bool:
        shown = read_image(client.picture_of_screen(tmp_path))
        assert shown.rsplit(".", 2)[0] == first.rsplit(".", 2)[0]
        return int(shown.rsplit(".", 2)[1]) >= int(first.rsplit(".", 2)[1]) + 5

    phone = PhonePage(open_page(size=PHONE))
    phone.page.goto(f"{rotating.url}/app/")
    phone.logged_in("agent")
    eventually(changed, 30)
    assert [url for url in asked if "/qr." in url or "/tickets" in url] == []
    phone.scan_picture(photo)
    expect(phone.screen.get_by_text("此二维码画面已过时（二维码不断变化），请对准屏幕重新扫描。")).to_be_visible()
    phone.home()
    phone.scan_picture(client.picture_of_screen(tmp_path))
    phone.confirm()
    expect(client.window.get_by_role("listbox", name="单位")).to_be_visible()

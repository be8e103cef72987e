"""The phone page reads what a camera sees: Chromium plays a film, made here, in place of one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageFilter
from playwright.sync_api import Browser, Playwright, expect

from scan_to_login.qr_payload import login_qr
from scan_to_login.testing.live import LiveGateway
from tests.e2e.pages.actors import PhonePage
from tests.e2e.pages.conftest import FLAGS, PHONE, OpenPage
from tests.e2e.pages.tools import chromium_environment
from tests.integration.wire import Wire
from tests.qr_drawings import qr, terminal

pytestmark = pytest.mark.slow

Draw = Callable[[str], Image.Image]
WithCamera = Callable[[Image.Image], Browser]


@pytest.fixture
def with_camera(playwright: Playwright, chromium: str, tmp_path: Path) -> Iterator[WithCamera]:
    """Starts a browser whose camera sees a picture."""
    started: list[Browser] = []

    def start(seen: Image.Image) -> Browser:
        film = tmp_path / "seen.y4m"
        film.write_bytes(_y4m(seen))
        camera = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
        flags = [*FLAGS, *camera, f"--use-file-for-fake-video-capture={film}"]
        environment = chromium_environment(chromium)
        started.append(playwright.chromium.launch(executable_path=chromium, args=flags, env=environment))
        return started[-1]

    yield start
    for browser in started:
        browser.close()


def _y4m(seen: Image.Image, width: int = 1280, height: int = 720) -> bytes:
    """A film of one frame, in grey, with the picture in the middle."""
    frame = Image.new("L", (width, height), 90)
    frame.paste(seen, ((width - seen.width) // 2, (height - seen.height) // 2))
    colours = bytes([128]) * (width * height // 2)
    return f"YUV4MPEG2 W{width} H{height} F10:1 Ip A1:1 C420jpeg\nFRAME\n".encode() + frame.tobytes() + colours


def _plain(text: str) -> Image.Image:
    return qr(8, text=text)


def _terminal(text: str) -> Image.Image:
    return terminal(1.4, text=text).rotate(1.5, Image.Resampling.BICUBIC, expand=True, fillcolor=24)


def _out_of_focus(text: str) -> Image.Image:
    return qr(8, text=text).filter(ImageFilter.GaussianBlur(4))


@pytest.mark.parametrize(("draw", "second_reader"), [(_plain, False), (_terminal, None), (_out_of_focus, True)])
def test_the_camera_reads_what_pictures_are_read_of(
    with_camera: WithCamera, open_page: OpenPage, gateway: LiveGateway, draw: Draw, second_reader: bool | None
) -> None:
    ticket = Wire(gateway.url).ticket()
    page = open_page(size=PHONE, within=with_camera(draw(login_qr(gateway.url, ticket.id))))
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    page.goto(f"{gateway.url}/app/")
    phone = PhonePage(page).logged_in("agent")
    phone.open_scanner()
    phone.screen.get_by_role("button", name="相机").click()
    expect(phone.screen.get_by_role("heading", name="登录确认")).to_be_visible(
        timeout=100_000
    )  # less than a ticket lives
    # The larger reader is fetched when the small one has seen frames that it cannot read; a terminal's it may.
    assert second_reader in (None, any(url.endswith(".wasm") for url in fetched))


def test_the_page_answers_taps_while_a_picture_is_looked_at(open_page: OpenPage, tmp_path: Path) -> None:
    phone = PhonePage(open_page("/app/", size=PHONE)).logged_in("agent")
    phone.open_scanner()
    empty = tmp_path / "empty.png"
    Image.effect_noise((3000, 3000), 200).save(empty)
    phone.page.set_input_files("input[type=file]", empty)
    looking = phone.screen.get_by_text("正在识别图片…")
    expect(looking).to_be_visible()
    # All in one task of the page after a tap: the field is there, and the picture is still looked at.
    phone.screen.get_by_role("button", name="粘贴").click()
    expect(phone.screen.get_by_label("二维码中的网址", exact=False)).to_be_focused()
    assert looking.is_visible()
    expect(phone.screen.get_by_role("alert")).to_contain_text("图片中未找到二维码")

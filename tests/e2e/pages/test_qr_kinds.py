"""The page reads the same kinds of pictures as the command line (tests/qr_pictures.py), in a real Chromium."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect

from app_simulator.pictures import looks
from scan_to_login.qr_payload import login_qr
from scan_to_login.testing.live import LiveGateway
from tests.e2e.pages.actors import PhonePage
from tests.e2e.pages.conftest import PHONE, OpenPage
from tests.e2e.pages.tools import ROOT
from tests.qr_drawings import HOST, qr, saved, terminal
from tests.qr_pictures import KINDS as FIRST
from tests.qr_reported import REPORTED

KINDS = FIRST | REPORTED

PICTURE = "input[type=file]"


def test_the_page_has_the_ladder_of_the_command_line() -> None:
    ladder = (ROOT / "web/phone/looks.ts").read_text().split("LADDER: Look[] = [")[1]
    assert re.findall(r'^  \["([^"]+)", ', ladder, re.MULTILINE) == [look.name for look in looks.LADDER]


@pytest.mark.slow
def test_every_kind_of_picture_is_read_or_refused_in_a_sentence(open_page: OpenPage, tmp_path: Path) -> None:
    phone = PhonePage(open_page("/app/", size=PHONE)).logged_in("agent")
    phone.open_scanner()
    missed = {}
    for name, draw in KINDS.items():
        said = _said_of(phone, tmp_path / name, draw())
        if ("无法打开该文件" if name.endswith((".tiff", ".pgm")) else f"https://{HOST}:8443") not in said:
            missed[name] = said
    assert not missed, "\n".join(f"{name}: {said}" for name, said in missed.items())


def _said_of(phone: PhonePage, file: Path, content: bytes) -> str:
    """What the page says of a picture."""
    file.write_bytes(content)
    alert = phone.screen.get_by_role("alert")
    phone.page.set_input_files(PICTURE, file)
    expect(alert).not_to_be_empty(timeout=120_000)  # every look of the ladder, on a machine with much to do
    said = alert.inner_text()
    # The next picture empties the sentence first, so that it cannot be taken for an answer to it.
    phone.screen.get_by_role("button", name="粘贴").click()
    phone.screen.get_by_label("二维码中的网址", exact=False).fill("x")
    phone.screen.get_by_label("二维码中的网址", exact=False).press("Enter")
    expect(alert).to_have_text(re.compile("没有网址"))
    phone.screen.get_by_role("button", name="粘贴").click()
    return said


@pytest.mark.slow
def test_of_several_codes_the_gateways_own_is_taken_and_of_two_one_is_chosen(
    open_page: OpenPage, gateway: LiveGateway, tmp_path: Path
) -> None:
    phone = PhonePage(open_page("/app/", size=PHONE)).logged_in("agent")
    phone.open_scanner()
    foreign = qr(text="https://other.example/q/" + "D" * 22)
    own, second = (qr(text=login_qr(gateway.url, letter * 22)) for letter in "BC")
    phone.page.set_input_files(PICTURE, _beside(tmp_path / "one.png", foreign, own))
    expect(phone.screen.get_by_text("二维码无效")).to_be_visible()
    phone.screen.get_by_role("button", name="重新扫描").click()
    phone.page.set_input_files(PICTURE, _beside(tmp_path / "two.png", foreign, own, second))
    choice = phone.screen.get_by_role("group", name="选择二维码").get_by_role("button")
    expect(choice).to_have_count(2)
    choice.filter(has_text="CCCC").click()
    expect(phone.screen.get_by_text("二维码无效")).to_be_visible()


def _beside(path: Path, *codes: Image.Image) -> Path:
    both = Image.new("L", (sum(code.width for code in codes) + 40 * len(codes), codes[0].height), 255)
    at = 0
    for code in codes:
        both.paste(code, (at, 0))
        at += code.width + 40
    both.save(path)
    return path


@pytest.mark.slow
def test_the_second_reader_is_fetched_from_the_gateway_when_a_picture_needs_it(
    open_page: OpenPage, gateway: LiveGateway, tmp_path: Path
) -> None:
    page = open_page(size=PHONE)
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    page.goto(f"{gateway.url}/app/")
    phone = PhonePage(page).logged_in("agent")
    phone.open_scanner()
    easy = tmp_path / "easy.png"
    qr(text=login_qr(gateway.url, "B" * 22)).save(easy)
    page.set_input_files(PICTURE, easy)
    expect(phone.screen.get_by_text("二维码无效")).to_be_visible()
    phone.screen.get_by_role("button", name="重新扫描").click()
    assert not [url for url in fetched if url.endswith(".wasm")]
    striped = tmp_path / "striped.png"
    striped.write_bytes(saved(terminal(1.4)))
    page.set_input_files(PICTURE, striped)
    expect(phone.screen.get_by_role("alert")).to_contain_text(HOST)
    assert [url for url in fetched if url.endswith(".wasm")]
    assert all(url.startswith((gateway.url, "blob:", "data:")) for url in fetched)


@pytest.mark.slow
@pytest.mark.parametrize("size", [(390, 844), (844, 390), (1366, 768), (667, 375)])
def test_the_ways_to_scan_stay_on_the_screen(open_page: OpenPage, size: tuple[int, int]) -> None:
    phone = PhonePage(open_page("/app/", size=size)).logged_in("agent")
    phone.open_scanner()
    for way in ("相机", "图片", "粘贴"):
        expect(phone.screen.get_by_role("button", name=way, exact=True)).to_be_in_viewport(ratio=1)


@pytest.mark.slow
def test_a_picture_is_pasted_while_the_field_for_addresses_has_the_focus(open_page: OpenPage) -> None:
    phone = PhonePage(open_page("/app/", size=PHONE)).logged_in("agent")
    phone.open_scanner()
    phone.screen.get_by_role("button", name="粘贴").click()
    field = phone.screen.get_by_label("二维码中的网址", exact=False)
    expect(field).to_be_focused()
    field.evaluate(
        """(field, bytes) => {
            const clipboard = new DataTransfer();
            clipboard.items.add(new File([new Uint8Array(bytes)], "qr.png", {type: "image/png"}));
            field.dispatchEvent(new ClipboardEvent("paste", {clipboardData: clipboard, bubbles: true}));
        }""",
        list(saved(qr())),
    )
    expect(phone.screen.get_by_role("alert")).to_contain_text(HOST)

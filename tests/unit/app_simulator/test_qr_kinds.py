"""The phone reads every kind of picture that readers failed on in public bug reports, and refuses the rest."""

from __future__ import annotations

import io
import struct
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from app_simulator import qr_reader
from app_simulator.errors import PhoneCode, PhoneError
from app_simulator.phone import Phone
from app_simulator.pictures import looks
from app_simulator.pictures.opening import FORMATS
from app_simulator.qr_reader import SECONDS, Qr, read, read_image
from scan_to_login.qr_payload import QrKind, login_qr
from tests.qr_drawings import HOST, TEXT, noisy, on_page, qr, saved, terminal
from tests.qr_pictures import KINDS as FIRST
from tests.qr_reported import AROUND, LARGE, REPORTED

pytestmark = pytest.mark.slow

OWN = f"https://{HOST}:8443"
KINDS = FIRST | REPORTED
OTHER = login_qr("https://other.example", "B" * 22)


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.slow if name in LARGE else ()) for name in KINDS]
)
def test_a_picture_of_this_kind_is_read(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(qr_reader, "SECONDS", 120.0)  # which looks it takes counts here, not how busy the machine is
    assert read(KINDS[name](), OWN) == Qr(QrKind.LOGIN, TEXT[-22:])


@pytest.mark.parametrize("line", [1.1, 1.15, 1.25, 1.3, 1.35, 1.45, 1.5, 1.6, 1.8, 2.0])
def test_a_terminal_of_any_line_height_is_read(line: float) -> None:
    assert read_image(saved(terminal(line))) == TEXT


def test_a_terminal_beside_another_window_is_read() -> None:
    screen = on_page(terminal(1.4), 1920, 1000, (1200, 200), ground=40)
    assert read_image(saved(screen)) == TEXT


@pytest.mark.parametrize("look", [look.name for look in looks.LADDER])
def test_every_look_reads_a_plain_code_or_has_nothing_to_do(look: str) -> None:
    one = next(one for one in looks.LADDER if one.name == look)
    assert set(looks.texts_in(qr(8), one)) <= {TEXT}


def refusal(content: bytes, gateway: str = OWN) -> PhoneError:
    with pytest.raises(PhoneError) as caught:
        read(content, gateway)
    return caught.value


def _beside(*texts: str) -> bytes:
    both = Image.new("L", (340 * len(texts), 340), 255)
    for index, text in enumerate(texts):
        both.paste(qr(text=text), (340 * index, 0))
    return saved(both)


def test_of_several_codes_the_gateways_own_is_taken() -> None:
    assert read(_beside(OTHER, TEXT, "https://third.example/"), OWN).argument == TEXT[-22:]


def test_the_gateways_own_is_taken_also_where_only_a_dearer_look_finds_it() -> None:
    striped = terminal(1.4)
    page = Image.new("L", (striped.width + 400, max(striped.height, 400)), 24)
    page.paste(striped, (0, 0))
    page.paste(qr(8, text=OTHER), (striped.width + 20, 20))
    assert read(saved(page), OWN).argument == TEXT[-22:]


def test_of_two_of_its_own_neither_is_guessed_at_and_both_are_named() -> None:
    second = login_qr(OWN, "C" * 22)
    error = refusal(_beside(TEXT, second, OTHER))
    assert error.code == PhoneCode.QR_SEVERAL_OWN
    assert TEXT in error.detail
    assert second in error.detail
    assert OTHER not in error.detail


def test_an_animation_with_two_of_its_own_is_asked_about_too() -> None:
    second = qr(text=login_qr(OWN, "C" * 22))
    film = saved(qr(), "GIF", save_all=True, append_images=[second], duration=100)
    assert refusal(film).code == PhoneCode.QR_SEVERAL_OWN


@pytest.mark.parametrize(
    ("content", "format_"),
    [
        (struct.pack(">I", 24) + b"ftypheic" + b"\x00" * 200, "HEIC"),
        (struct.pack(">I", 24) + b"ftypmif1" + b"\x00" * 200, "HEIC"),
        (b"%PDF-1.7\n", "PDF"),
        (b"\xff\x0a" + b"\x00" * 50, "JPEG XL"),
        (b"\x00\x00\x00\x0cjP  \r\n\x87\n" + b"\x00" * 50, "JPEG 2000"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><circle r='4'/></svg>", "SVG"),
    ],
)
def test_an_unread_format_is_named_with_advice(content: bytes, format_: str) -> None:
    error = refusal(content)
    assert error.code == PhoneCode.QR_FORMAT
    assert error.detail.startswith(f"The file is {format_}, ")
    assert "PNG or JPEG" in error.detail


@pytest.mark.parametrize("name", FIRST)
def test_a_file_that_was_cut_off_is_read_or_refused_in_a_sentence(name: str) -> None:
    whole = KINDS[name]()
    for share in (0.02, 0.3, 0.6, 0.95):
        try:
            assert TEXT in read_image(whole[: int(len(whole) * share)])
        except PhoneError as error:
            assert error.code.startswith("qr_")  # noqa: PT017


def test_the_reference_names_every_format() -> None:
    page = (Path(__file__).parents[3] / "docs/reference/command-line.md").read_text("utf-8")
    chapter = page.split("## Pictures of QR codes")[1].split("\n## ")[0]
    assert all(format_ in chapter for format_ in [*FORMATS, "SVG", "PDF", "HEIC", "JPEG XL", "JPEG 2000"])


def test_a_mode_that_pillow_cannot_convert_is_read_by_its_lightness() -> None:
    assert Image.open(io.BytesIO(KINDS["lab.tiff"]())).mode == "LAB"
    assert read_image(KINDS["lab.tiff"]()) == TEXT


def _png_of(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress(b"\x00" * ((width // 8 + 1) * 100))
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [9_000, 60_000])
def test_a_picture_that_would_fill_the_memory_is_refused_before_it_is_decoded(side: int) -> None:
    assert refusal(_png_of(side, side)).code == PhoneCode.QR_IMAGE_TOO_LARGE


@pytest.mark.slow
def test_a_long_animation_is_read_as_far_as_the_limits_go() -> None:
    frames = [Image.new("L", (2000, 2000), index) for index in range(1, 40)]
    film = saved(Image.new("L", (2000, 2000)), "GIF", save_all=True, append_images=frames, duration=20)
    began = time.process_time()
    assert refusal(film).code == PhoneCode.QR_NONE
    assert time.process_time() - began < 4 * SECONDS  # the limit, and the look that had begun


@pytest.mark.slow
def test_a_large_picture_without_a_code_ends_in_time_and_says_meanwhile_that_it_is_looked_at() -> None:
    said: list[None] = []
    began = time.process_time()
    with pytest.raises(PhoneError, match="no QR code"):
        read(saved(noisy(0.9).resize((7000, 7000))), OWN, lambda: said.append(None))
    assert said == [None]
    assert time.process_time() - began < 6 * SECONDS


@pytest.mark.parametrize("around", AROUND)
def test_what_stands_around_the_address_is_not_part_of_it(around: str) -> None:
    text = around.format(TEXT)
    assert read(text, OWN) == Qr(QrKind.LOGIN, TEXT[-22:])
    assert refusal_code(lambda: read(text, "https://mine.example")) == PhoneCode.QR_FOREIGN_ORIGIN


@pytest.mark.parametrize("around", ["{}\u200b/../x", "x {}", "url:javascript:{}", "<{}", "]Q2\\000026ftp:{}"])
def test_what_is_part_of_the_text_is_not_cut_away(around: str) -> None:
    assert refusal_code(lambda: read(around.format(TEXT), OWN)).startswith("qr_")


def refusal_code(call: Callable[[], object]) -> str:
    with pytest.raises(PhoneError) as caught:
        call()
    return caught.value.code


def test_the_phone_reads_with_the_same_ladder() -> None:
    with Phone(OWN) as phone:
        assert phone.read(KINDS["terminal-1.4-dark.png"]()) == Qr(QrKind.LOGIN, TEXT[-22:])

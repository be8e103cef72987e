"""Reads QR codes from real images, and tells whose they are."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageOps

from app_simulator.errors import PhoneError
from app_simulator.qr_reader import Qr, read, read_image
from scan_to_login.qr_payload import QrKind, login_qr

from .fake_gateway import TICKET, png, qr_image

GATEWAY = "http://127.0.0.1:8000"
TEXT = login_qr(GATEWAY, TICKET)


def refused(source: bytes | Path) -> str:
    """The code with which an image is refused."""
    with pytest.raises(PhoneError) as caught:
        read_image(source)
    assert caught.value.detail
    return caught.value.code


def page(width: int = 1920, height: int = 1080) -> Image.Image:
    """A screenshot of a page with text lines and boxes, and no code."""
    image = Image.new("RGB", (width, height), "#dfe6ee")
    draw = ImageDraw.Draw(image)
    for y in range(20, height - 20, 24):
        draw.text((30, y), "Natural persons' electronic tax office  " * 6, fill="#334455")
    draw.rectangle((1200, 200, 1850, 900), fill="white", outline="#99aabb", width=3)
    return image


def test_a_plain_code_is_read_from_its_file(tmp_path: Path) -> None:
    file = tmp_path / "qr.png"
    file.write_bytes(png(qr_image(TEXT)))
    assert read_image(file) == TEXT


@pytest.mark.parametrize("degrees", [7, 45, 90, 180, 270, 333])
def test_a_rotated_code_is_read(degrees: int) -> None:
    assert read_image(png(qr_image(TEXT).rotate(degrees, expand=True, fillcolor="white"))) == TEXT


def test_an_inverted_code_is_read() -> None:
    assert read_image(png(ImageOps.invert(qr_image(TEXT)))) == TEXT


@pytest.mark.parametrize("box", [2, 3, 4])
def test_a_small_code_in_a_screenshot_of_a_whole_page_is_read(box: int) -> None:
    screenshot = page()
    screenshot.paste(qr_image(TEXT, box=box), (1340, 420))
    assert read_image(png(screenshot)) == TEXT


@pytest.mark.parametrize("format_", ["JPEG", "GIF", "BMP", "WEBP", "TIFF"])
def test_every_usual_format_is_read(format_: str) -> None:
    buffer = io.BytesIO()
    qr_image(TEXT).save(buffer, format_)
    assert read_image(buffer.getvalue()) == TEXT


@pytest.mark.parametrize("modules", ["black", "white"])
def test_a_code_on_a_transparent_ground_is_read(modules: str) -> None:
    shape = ImageOps.invert(qr_image(TEXT).convert("L"))
    image = Image.new("RGBA", shape.size, modules)
    image.putalpha(shape)
    assert read_image(png(image)) == TEXT


def test_a_code_of_sixteen_bits_a_pixel_is_read() -> None:
    deep = qr_image(TEXT).convert("L").convert("I").point(lambda level: level * 128 + 5000).convert("I;16")
    assert read_image(png(deep)) == TEXT


def test_the_same_code_shown_twice_is_one_code() -> None:
    both = Image.new("RGB", (800, 400), "white")
    both.paste(qr_image(TEXT), (0, 0))
    both.paste(qr_image(TEXT), (400, 0))
    assert read_image(png(both)) == TEXT


def test_two_different_codes_are_refused_and_counted() -> None:
    both = Image.new("RGB", (900, 400), "white")
    both.paste(qr_image(TEXT), (0, 0))
    both.paste(qr_image("http://127.0.0.1:8000/download/app"), (450, 0))
    with pytest.raises(PhoneError, match="2 different QR codes") as caught:
        read_image(png(both))
    assert caught.value.code == "qr_several"


def test_a_page_without_a_code_is_refused() -> None:
    assert refused(png(page())) == "qr_none"


def test_a_code_of_another_sort_is_no_qr_code() -> None:
    drawn = memoryview(zxingcpp.create_barcode("Data Matrix", zxingcpp.BarcodeFormat.DataMatrix).to_image(scale=6))
    image = Image.frombytes("L", (drawn.shape[1], drawn.shape[0]), drawn.tobytes())
    assert zxingcpp.read_barcode(image).text == "Data Matrix"
    assert refused(png(image)) == "qr_none"


def test_an_image_that_was_cut_off_is_refused_as_broken() -> None:
    whole = png(page())
    assert refused(whole[: len(whole) // 2]) == "qr_broken_image"


def test_an_image_with_damaged_data_is_refused_as_broken() -> None:
    whole = bytearray(png(qr_image(TEXT)))
    at = whole.index(b"IDAT") + 4
    whole[at : at + 40] = bytes(40)
    assert refused(bytes(whole)) == "qr_broken_image"


def test_an_empty_file_differs_from_a_broken_one(tmp_path: Path) -> None:
    file = tmp_path / "empty.png"
    file.touch()
    assert refused(file) == "qr_empty"


@pytest.mark.parametrize("content", [b"hello", b"\x00" * 100, b"GIF", b"<html></html>"])
def test_a_file_that_is_not_an_image_is_refused_as_such(content: bytes) -> None:
    assert refused(content) == "qr_not_an_image"


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(PhoneError, match=r"nowhere\.png cannot be opened: No such file") as caught:
        read_image(tmp_path / "nowhere.png")
    assert caught.value.code == "qr_file"


def test_a_folder_is_no_image(tmp_path: Path) -> None:
    assert refused(tmp_path) == "qr_file"


@pytest.mark.parametrize("side", [9_000, 10_000, 60_000])
def test_an_image_that_claims_to_be_enormous_is_refused_unread(side: int) -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    bomb = (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(99))) + chunk(b"IEND", b"")
    )
    assert refused(bomb) == "qr_image_too_large"


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_ever_raise_anything_but_a_phone_error(content: bytes) -> None:
    for bytes_ in (
        content,
        b"\x89PNG\r\n\x1a\n" + content,
        b"GIF89a" + content,
        b"BM" + content,
        b"\xff\xd8\xff" + content,
    ):
        with pytest.raises(PhoneError):
            read_image(bytes_)


@settings(deadline=None)
@given(st.data())
def test_a_damaged_png_is_read_rightly_or_refused(data: st.DataObject) -> None:
    whole = bytearray(_WHOLE)
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        assert read_image(bytes(whole)) == TEXT
    except PhoneError as error:
        assert error.code.startswith("qr_")  # noqa: PT017


_WHOLE = png(qr_image(TEXT))


class TestWhoseItIs:
    def test_the_three_kinds_are_recognized(self) -> None:
        assert read(TEXT, GATEWAY) == Qr(QrKind.LOGIN, TICKET)
        assert read(f"{GATEWAY}/download/app", GATEWAY) == Qr(QrKind.APP_DOWNLOAD, "")
        reset = f"{GATEWAY}/reset/declaration-password/91110105MA01ABCD2X"
        assert read(reset, GATEWAY) == Qr(QrKind.DECLARATION_PASSWORD_RESET, "91110105MA01ABCD2X")

    def test_an_image_is_as_good_as_its_text(self) -> None:
        assert read(png(qr_image(TEXT)), GATEWAY) == Qr(QrKind.LOGIN, TICKET)

    @pytest.mark.parametrize(
        "text",
        [
            "https://127.0.0.1:8000/q/" + TICKET,
            "http://127.0.0.1:8001/q/" + TICKET,
            "http://127.0.0.1/q/" + TICKET,
            "http://127.0.0.1.evil.example:8000/q/" + TICKET,
            "http://localhost:8001/q/" + TICKET,
            "https://localhost:8000/q/" + TICKET,
            "http://localhost.evil.example:8000/q/" + TICKET,
        ],
    )
    def test_another_origin_is_refused_and_both_are_named(self, text: str) -> None:
        with pytest.raises(PhoneError) as caught:
            read(text, GATEWAY)
        assert caught.value.code == "qr_foreign_origin"
        assert GATEWAY in caught.value.detail
        assert text.split("/q/", maxsplit=1)[0] in caught.value.detail

    @pytest.mark.parametrize("name", ["localhost", "[::1]", "127.0.0.1"])
    @pytest.mark.parametrize("called", ["localhost", "[::1]", "127.0.0.1"])
    def test_the_usual_names_of_this_machine_are_one_place(self, name: str, called: str) -> None:
        assert read(f"http://{name}:8000/q/{TICKET}", f"http://{called}:8000") == Qr(QrKind.LOGIN, TICKET)

    @pytest.mark.parametrize("name", ["127.0.0.2", "127.1.2.3"])
    def test_this_machine_under_another_name_is_refused_with_advice(self, name: str) -> None:
        with pytest.raises(PhoneError, match=r"Log in with --gateway http://.*:8000 and scan again") as caught:
            read(f"http://{name}:8000/q/{TICKET}", GATEWAY)
        assert caught.value.code == "qr_other_name"

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "hello",
            "weixin://wxpay/bizpayurl?pr=1",
            "javascript:alert(1)",
            "http://127.0.0.1:8000@evil.example/q/" + TICKET,
            "http://@127.0.0.1:8000/q/" + TICKET,
            "http://[::1/q/" + TICKET,
            "http://127.0.0.1:80000/q/" + TICKET,
            "//127.0.0.1:8000/q/" + TICKET,
        ],
    )
    def test_a_text_that_is_not_an_address_is_refused(self, text: str) -> None:
        with pytest.raises(PhoneError) as caught:
            read(text, GATEWAY)
        assert caught.value.code == "qr_not_an_address"

    @pytest.mark.parametrize(
        "path",
        ["", "/", "/q/", "/q/short", f"/q/{TICKET}/", f"/q/{TICKET}?next=1", f"/q/{TICKET}#x", f"/Q/{TICKET}",
         f"//q/{TICKET}", f"/q/{TICKET}A", f"/q/../q/{TICKET}", "/download/app/", "/reset/declaration-password/x"],
    )  # fmt: skip
    def test_another_page_of_this_gateway_is_refused(self, path: str) -> None:
        with pytest.raises(PhoneError) as caught:
            read(GATEWAY + path, GATEWAY)
        assert caught.value.code == "qr_unknown_kind"

    def test_a_gateway_below_a_path_reads_its_own_codes(self) -> None:
        below = "https://tax.example/pairing"
        assert read(login_qr(below + "/", TICKET), below) == Qr(QrKind.LOGIN, TICKET)
        assert read(login_qr("https://TAX.example:443/pairing", TICKET), below).argument == TICKET

    @settings(deadline=None)
    @given(st.text(max_size=80))
    def test_any_text_is_read_or_refused_with_a_code(self, text: str) -> None:
        for payload in (text, GATEWAY + text, f"{GATEWAY}/q/{text}", "http://" + text):
            try:
                qr = read(payload, GATEWAY)
            except PhoneError as error:
                assert error.code in {"qr_not_an_address", "qr_foreign_origin", "qr_other_name", "qr_unknown_kind"}  # noqa: PT017
            else:
                assert qr.kind in QrKind

    @settings(deadline=None)
    @given(
        scheme=st.sampled_from(["http", "https", "HTTP", "ftp", ""]),
        userinfo=st.sampled_from(["", "127.0.0.1:8000@", "@"]),
        host=st.sampled_from(["127.0.0.1", "127.0.0.2", "127.0.0.1.", "[::1]", "evil.example", "127.0.0.1\\@evil"]),
        port=st.sampled_from(["", ":", ":0", ":8000", ":08000", ":8001", ":443"]),
    )
    def test_only_the_very_origin_of_the_gateway_is_scanned(
        self, scheme: str, userinfo: str, host: str, port: str
    ) -> None:
        payload = f"{scheme}://{userinfo}{host}{port}/q/{TICKET}"
        same = (
            scheme.lower() == "http" and not userinfo and host in {"127.0.0.1", "[::1]"} and port in {":8000", ":08000"}
        )
        if same:
            assert read(payload, GATEWAY) == Qr(QrKind.LOGIN, TICKET)
        else:
            with pytest.raises(PhoneError):
                read(payload, GATEWAY)

    @settings(deadline=None)
    @given(st.text(alphabet="ABCxyz019-_", min_size=22, max_size=22))
    def test_every_login_qr_is_read_back(self, ticket_id: str) -> None:
        assert read(login_qr(GATEWAY, ticket_id), GATEWAY) == Qr(QrKind.LOGIN, ticket_id)

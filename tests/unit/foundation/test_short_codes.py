"""Codes that people read and type, and the captcha's picture."""

from __future__ import annotations

import io
import subprocess
import sys

from PIL import Image

from gateway.foundation.codes.short_codes import (
    new_captcha_text,
    new_registration_code,
    new_sms_code,
    normal_captcha_answer,
    read_registration_code,
)
from gateway.throttling.captcha_image import HEIGHT, WIDTH, draw_captcha


def test_a_registration_code_has_six_letters_and_digits_without_look_alikes() -> None:
    for code in {new_registration_code() for _ in range(500)}:
        assert len(code) == 6
        assert not set(code) & set("01OIL")
        assert any(map(str.isdigit, code))
        assert any(map(str.isalpha, code))
        assert read_registration_code(f" {code[:3].lower()}-{code[3:]}\u200b") == code


def test_a_registration_code_may_be_typed_in_full_width() -> None:
    assert read_registration_code("ＡＢＣＤＥ２") == "ABCDE2"


def test_registration_codes_do_not_repeat() -> None:
    assert len({new_registration_code() for _ in range(500)}) > 495


def test_an_impossible_registration_code_is_none() -> None:
    for text in ("", "ABCDE", "ABCDEFG", "ABC0EF", "ABC EF", "ABCDЕ2"):  # the last has a Cyrillic letter
        assert read_registration_code(text) is None


def test_an_sms_code_has_six_digits() -> None:
    assert all(len(code) == 6 and code.isdigit() and code.isascii() for code in (new_sms_code() for _ in range(200)))


def test_a_captcha_is_a_picture_and_its_answer_forgives_case() -> None:
    text = new_captcha_text()
    image = Image.open(io.BytesIO(draw_captcha(text)))
    assert (image.format, image.size) == ("PNG", (WIDTH, HEIGHT))
    assert normal_captcha_answer(f" {text.lower()}") == text


def test_drawing_a_captcha_imports_nothing_more() -> None:
    # In a worker thread an import would take a lock that a greenlet may hold.
    draw = """
import sys
from gateway.throttling.captcha_image import draw_captcha
before = set(sys.modules)
draw_captcha("A3CD")
print(*set(sys.modules) - before)
"""
    found = subprocess.run([sys.executable, "-c", draw], capture_output=True, text=True, check=True)
    assert found.stdout.split() == []

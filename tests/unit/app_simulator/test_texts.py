"""The catalogue: every key in both languages, with the same placeholders, and every code has a sentence."""

from __future__ import annotations

import ast
import re
import string
from pathlib import Path

import pytest

import app_simulator
from app_simulator.errors import PhoneCode, PhoneError
from app_simulator.texts import LANGUAGES, Texts, catalogue
from scan_to_login.protocol import Code
from scan_to_login.terminal.language import choose_language, language_option

HOME = Path(app_simulator.__file__).parent


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("key", sorted(catalogue()))
def test_a_text_has_both_languages_and_the_same_placeholders(key: str) -> None:
    english, chinese = catalogue()[key]
    assert english
    assert re.search(r"[\u4e00-\u9fff]", chinese), "the second one is Chinese"
    assert not re.search(r"[\u4e00-\u9fff]", english), "the first one is English"
    assert placeholders(english) == placeholders(chinese)


# What the phone's own calls can be refused with; a command that makes other calls brings its own texts.
CODES_OF_THE_PHONES_CALLS = [
    code
    for code in Code
    if code.startswith(("ticket_", "otp_", "number_", "captcha_", "account_"))
    or code
    in {
        Code.MALFORMED_REQUEST,
        Code.INVALID_REQUEST,
        Code.NOT_FOUND,
        Code.RATE_LIMITED,
        Code.UNAVAILABLE,
        Code.INTERNAL_ERROR,
        Code.UNAUTHENTICATED,
        Code.FORBIDDEN,
        Code.INVALID_CREDENTIALS,
    }
]


@pytest.mark.parametrize("code", [*PhoneCode, *CODES_OF_THE_PHONES_CALLS])
def test_every_code_of_the_phone_has_a_sentence_in_both_languages(code: str) -> None:
    assert f"error.{code}" in catalogue(), f"add error.{code} to app_simulator/texts/"


def test_every_key_that_the_code_asks_for_is_there() -> None:
    asked = {
        node.args[0].value
        for file in HOME.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant)
        and isinstance(node.func, ast.Name) and node.func.id in {"t", "texts"}
    }  # fmt: skip
    assert asked
    assert asked <= catalogue().keys()


@pytest.mark.parametrize(
    ("arguments", "environment", "language"),
    [
        ([], {}, "en"),
        ([], {"LANG": "zh_CN.UTF-8"}, "zh"),
        ([], {"LANG": "zh_CN.UTF-8", "LC_ALL": "C.UTF-8"}, "en"),
        ([], {"LANG": "de_DE.UTF-8"}, "en"),
        ([], {"LANG": "zh_CN.UTF-8", "PAIRING_LANG": "en"}, "en"),
        (["scan", "--lang", "zh"], {"PAIRING_LANG": "en"}, "zh"),
        (["scan", "--lang=en"], {"LANG": "zh_CN.UTF-8"}, "en"),
        (["scan", "--lang"], {"LANG": "zh_CN.UTF-8"}, "zh"),
    ],
)
def test_the_language_is_the_options_then_the_environments(
    arguments: list[str], environment: dict[str, str], language: str
) -> None:
    assert choose_language(language_option(arguments), environment) == language


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refusal_says_how_long_to_wait(language: str) -> None:
    texts = Texts(language)
    locked = PhoneError("account_locked", "Locked.", status=423, extra={"retry_after": 7200})
    assert "120" in locked.sentence(texts)
    assert "3" in PhoneError("rate_limited", "Wait.", status=429, extra={"retry_after": 2.2}).sentence(texts)


def test_an_invalid_request_names_its_fields() -> None:
    errors = [{"field": "number", "message": "two digits"}]
    error = PhoneError("invalid_request", "No.", status=422, extra={"errors": errors})
    assert "number: two digits" in error.sentence(Texts("zh"))


def test_a_code_of_a_newer_gateway_shows_the_gateways_sentence() -> None:
    assert (
        PhoneError("moon_phase", "Wait for the full moon.", status=403).sentence(Texts("zh"))
        == "Wait for the full moon."
    )

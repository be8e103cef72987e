"""The phone's texts: every key in both languages, with the same placeholders."""

from __future__ import annotations

import ast
import re
import string
from pathlib import Path

import pytest

import app_simulator
from app_simulator.errors import PhoneError
from app_simulator.texts import Texts, catalogue
from scan_to_login.messages import LANGUAGES, Language
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
def test_a_refusal_says_how_long_to_wait(language: Language) -> None:
    texts = Texts(language)
    locked = PhoneError("account_locked", "Locked.", status=423, extra={"retry_after": 7200})
    assert "120" in locked.sentence(texts)
    assert "3" in PhoneError("rate_limited", "Wait.", status=429, extra={"retry_after": 2.2}).sentence(texts)


def test_an_invalid_request_names_its_fields() -> None:
    errors = [
        {"field": "phone", "rule": "phone_form", "message": "11 digits", "values": {}},
        {"field": "device.name", "rule": "too_long", "message": "At most 64.", "values": {"max": 64}},
        {"field": "moon", "rule": "full_moon", "message": "Not full.", "values": {}},
    ]
    error = PhoneError("invalid_request", "No.", status=422, extra={"errors": errors})
    assert error.sentence(Texts("zh")).endswith(
        "手机号码应为 11 位数字，以 13 至 19 开头。device.name：最多 64 个字符。moon：Not full."
    )
    assert "device.name: At most 64 characters are allowed." in error.sentence(Texts("en"))


def test_a_code_of_a_newer_gateway_shows_the_gateways_sentence() -> None:
    assert (
        PhoneError("moon_phase", "Wait for the full moon.", status=403).sentence(Texts("zh"))
        == "Wait for the full moon."
    )

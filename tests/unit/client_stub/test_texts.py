"""Every text is there in both languages, with the same placeholders, and is used."""

from __future__ import annotations

import importlib.resources
import re
from pathlib import Path
from string import Formatter

import pytest

from client_stub.errors import ClientError, unreachable
from client_stub.terminal.catalog import Catalog, catalogue, sentence
from scan_to_login import messages
from scan_to_login.errors import Reason
from scan_to_login.protocol import Code
from scan_to_login.terminal.language import choose_language, language_option

CATALOGUE = catalogue()
_CHINESE = re.compile(r"[一-鿿]")
_USED = re.compile(r"""say\(\s*(f?)["']([^"']+)["']""")


def placeholders(text: str) -> set[tuple[str, str]]:
    return {(name, spec or "") for _, name, spec, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("key", CATALOGUE)
def test_a_text_is_there_in_both_languages_with_the_same_placeholders(key: str) -> None:
    english, chinese = CATALOGUE[key]
    assert english.strip()
    assert chinese.strip()
    assert placeholders(english) == placeholders(chinese)
    assert not _CHINESE.search(english)
    assert _CHINESE.search(re.sub(r"\{[^}]*\}", "", chinese)) or key == "sentence"


def used() -> list[tuple[bool, str]]:
    folder = Path(str(importlib.resources.files("client_stub")))
    sources = [path.read_text("utf-8") for path in folder.rglob("*.py")]
    return [(bool(f), key) for source in sources for f, key in _USED.findall(source.replace("self._say(", "say("))]


def test_every_text_that_is_asked_for_exists() -> None:
    plain = {key for formatted, key in used() if not formatted}
    assert plain - set(CATALOGUE) - set(messages.catalogue("en")) == set()


def test_every_text_is_used() -> None:
    plain = {key for formatted, key in used() if not formatted}
    made = {"help.program", "unit.number", "unit.name", "unit.taxpayer_id", "unit.password"}
    made |= {"unit.password_needed", "unit.password_free", "line.back", "line.lost"}
    assert set(CATALOGUE) - plain - made == set()


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_exists_in_both_languages(reason: Reason) -> None:
    error = unreachable("http://gateway", reason)
    assert str(reason) in sentence(error, Catalog("en"))
    assert str(reason) not in sentence(error, Catalog("zh"))


@pytest.mark.parametrize(
    ("retry_after", "english", "chinese"),
    [
        (None, "reset the password.", "通过“忘记密码”解锁。"),
        (30, "in 30 s, or unlock it with a password reset.", "请 30 秒后再试"),
        (7140, "in 119 min, or unlock it with a password reset.", "请 119 分钟后再试，或通过“忘记密码”解锁。"),
    ],
)
def test_a_lock_is_reported_with_its_remaining_time(retry_after: int | None, english: str, chinese: str) -> None:
    extras = {} if retry_after is None else {"retry_after": retry_after}
    error = ClientError(Code.ACCOUNT_LOCKED, "For programmers.", 423, extras)
    assert sentence(error, Catalog("en")).endswith(english)
    assert chinese in sentence(error, Catalog("zh"))
    assert "programmers" not in sentence(error, Catalog("en"))


def test_an_error_without_a_text_shows_its_detail() -> None:
    assert sentence(ClientError("new_code", "What happened."), Catalog("zh")) == "What happened."


@pytest.mark.parametrize(
    ("asked", "environment", "language"),
    [
        (None, {}, "en"),
        (None, {"LANG": "zh_CN.UTF-8"}, "zh"),
        (None, {"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        (None, {"LANG": "de_DE.UTF-8"}, "en"),
        (None, {"LANG": "zh_CN.UTF-8", "PAIRING_LANG": "en"}, "en"),
        ("zh", {"LANG": "C", "PAIRING_LANG": "en"}, "zh"),
        (None, {"PAIRING_LANG": "", "LANG": "zh_TW"}, "zh"),
    ],
)
def test_the_language_is_the_options_else_the_environments(
    asked: str | None, environment: dict[str, str], language: str
) -> None:
    assert choose_language(asked, environment) == language


@pytest.mark.parametrize(
    ("arguments", "value"),
    [
        (["--lang", "zh", "login"], "zh"),
        (["login", "--lang=en"], "en"),
        (["login", "--lang"], None),
        (["login"], None),
        (["--", "--lang", "zh"], None),
    ],
)
def test_the_language_is_known_before_the_command_line_is_parsed(arguments: list[str], value: str | None) -> None:
    assert language_option(arguments) == value

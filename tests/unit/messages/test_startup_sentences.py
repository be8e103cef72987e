"""Why a gateway cannot start: each error of the code has its sentence in both languages, and each sentence an error."""

from __future__ import annotations

import ast
import errno
import re
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from gateway.commands.chinese import complaint
from gateway.config import Settings, serving, storage
from gateway.control.access import exposure
from gateway.demo.lan import make_certificate
from scan_to_login.errors import StartupError
from scan_to_login.field_rules import FieldRule, field_error
from scan_to_login.messages import cause_of, startup_catalogue
from tests.unit.messages.walk import fault_of, placeholders

ROOT = Path(__file__).parents[3]
ERRORS = ("StartupError", "WorkerError")


class Raised(NamedTuple):
    """One place that makes the error: its file and line, the keys that it may have, and the names of its values."""

    where: str
    keys: tuple[str, ...]
    values: frozenset[str]


def raised() -> Iterator[Raised]:
    """Every call of ``StartupError`` and ``WorkerError`` in the programs' sources."""
    for room in ("gateway", "scan_to_login", "app_simulator", "client_stub"):
        for file in sorted((ROOT / room).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ERRORS:
                    keys = [part.value for part in ast.walk(node.args[0]) if isinstance(part, ast.Constant)]
                    names = frozenset(str(keyword.arg) for keyword in node.keywords)
                    yield Raised(f"{file.relative_to(ROOT)}:{node.lineno}", tuple(map(str, keys)), names)


def test_each_error_names_a_sentence_and_gives_it_all_its_values() -> None:
    wrong = [
        f"{call.where}: {key}"
        for call in raised()
        for key in call.keys or ("no literal key",)
        if {name for name, _ in placeholders(startup_catalogue("en").get(key, "{no such sentence}"))} != call.values
    ]
    assert wrong == []


def test_no_sentence_is_unused() -> None:
    used = {key for call in raised() for key in call.keys}
    assert {key for key in startup_catalogue("en") if not key.startswith("cause.")} == used


@pytest.mark.parametrize("key", [key for key in startup_catalogue("en") if not key.startswith("cause.")])
def test_an_error_is_english_in_a_log_and_chinese_where_it_is_asked_for(key: str) -> None:
    values = {name: 7 for name, _ in placeholders(startup_catalogue("en")[key])}
    error = StartupError(key, **values)
    assert (fault_of(str(error), "en"), fault_of(error.said("zh"), "zh")) == ("", "")
    assert error.said("en") == str(error)


def test_an_error_without_a_value_of_its_sentence_fails_where_it_is_made() -> None:
    with pytest.raises(KeyError):
        StartupError("tls.unusable", certificate="x")


@pytest.mark.parametrize(
    ("number", "chinese"),
    [(errno.EACCES, "没有权限"), (errno.ENOENT, "文件或目录不存在"), (errno.EADDRINUSE, "地址已被占用")],
)
def test_the_systems_reason_is_in_the_language_too(number: int, chinese: str) -> None:
    error = OSError(number, "Whatever the system says")
    assert StartupError("tls.unusable", certificate="c.pem", reason=error).said("zh").endswith(f"{chinese}。")


def test_a_reason_without_a_translation_is_told_in_the_systems_words() -> None:
    assert cause_of(OSError(errno.EMFILE, "Too many open files"), "zh") == "Too many open files"
    assert cause_of(OSError("no number"), "zh") == "no number"


def test_an_unknown_host_and_openssls_refusals_have_words(tmp_path: Path) -> None:
    with pytest.raises(socket.gaierror) as unknown:
        socket.getaddrinfo("not a host name", 0)
    assert cause_of(unknown.value, "zh") == "无法解析主机名"
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
    (certificate, _), (_, key) = (make_certificate(tmp_path / name, "127.0.0.1") for name in ("one", "other"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with pytest.raises(ssl.SSLError) as mismatch:
        context.load_cert_chain(certificate, key)
    assert cause_of(mismatch.value, "zh") == "私钥与证书不匹配"
    with pytest.raises(ssl.SSLError) as no_pem:
        context.load_cert_chain(__file__)
    assert cause_of(no_pem.value, "zh").startswith("文件不是包含证书及其私钥的 PEM 文件")


def test_a_broken_rule_is_a_reason_in_the_readers_language() -> None:
    reason = field_error("", FieldRule.LOGIN_NAME_DIGITS_ALONE)
    error = StartupError("seed.unfit", name="s.yaml", where="accounts.0", line=3, reason=reason)
    assert error.said("zh") == "种子数据 s.yaml 的 accounts.0（第 3 行）不符合要求：登录名不能全为数字。"


@pytest.mark.parametrize("module", [serving, storage])
def test_each_complaint_of_our_own_about_a_setting_has_chinese(module: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAIRING_LANG", "zh")
    source = Path(str(module.__file__)).read_text("utf-8")  # type: ignore[attr-defined]
    assert "raise ValueError" not in source
    found = re.findall(r'PydanticCustomError\(\s*"(\w+)",\s*"([^"]+)"', source)
    assert found
    for kind, english in found:
        values = {name: "7" for name, _ in placeholders(english)}
        assert fault_of(complaint({"type": kind, "msg": english, "ctx": values}), "zh") == ""


@pytest.mark.parametrize("token", ["", "secret"])
@pytest.mark.parametrize("opened", [False, True])
@pytest.mark.parametrize("seed", ["", "demo"])
def test_what_a_simulation_exposes_is_told_in_chinese(
    monkeypatch: pytest.MonkeyPatch, token: str, opened: bool, seed: str
) -> None:
    from gateway.commands.chinese import say

    monkeypatch.setenv("PAIRING_LANG", "zh")
    settings = Settings(host="0.0.0.0", sim=True, sim_token=token, sim_open=opened, seed=seed)  # noqa: S104
    assert fault_of(exposure(settings, say), "zh") == ""
    assert fault_of(exposure(settings), "en") == ""

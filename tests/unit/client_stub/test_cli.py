"""The command line's ends: exit codes that stay, sentences instead of tracebacks."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from client_stub import cli
from client_stub.commands import login
from client_stub.errors import LocalCode
from client_stub.terminal.exits import EXITS
from scan_to_login.processes import Terminated
from scan_to_login.protocol import Code
from scan_to_login.terminal.exit_codes import MEANING, Exit, exit_of

BY_UNIT = ["--by-unit", "--unit", "91110108MA01A0B1CY", "--declaration-password", "p"]


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PAIRING_LANG", "LC_ALL", "LC_MESSAGES", "PAIRING_PASSWORD", "PAIRING_DECLARATION_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")


@pytest.fixture
def nobody() -> Iterator[str]:
    """The URL of a port without a listener."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{held.getsockname()[1]}"


def test_the_exit_codes_are_those_that_scripts_know() -> None:
    """The same for both command lines; 0, 1, 2, 70 and 130 are the gateway's too."""
    assert {code.name: code.value for code in Exit} == {
        "DONE": 0,
        "REFUSED": 1,
        "USAGE": 2,
        "REJECTED": 3,
        "EXPIRED": 4,
        "CANCELLED": 5,
        "UNIT_REFUSED": 6,
        "UNREACHABLE": 7,
        "NOT_LOGGED_IN": 8,
        "QR": 9,
        "FAULT": 70,
        "INTERRUPTED": 130,
    }
    assert set(MEANING) == set(Exit)


@pytest.mark.parametrize(
    ("code", "logged_in", "exit_code"),
    [
        (Code.TICKET_REJECTED, False, Exit.REJECTED),
        (Code.TICKET_EXPIRED, False, Exit.EXPIRED),
        (LocalCode.TIMED_OUT, False, Exit.EXPIRED),
        (Code.TICKET_CANCELLED, False, Exit.CANCELLED),
        (Code.INVALID_CREDENTIALS, False, Exit.REFUSED),
        (Code.ACCOUNT_LOCKED, False, Exit.REFUSED),
        (Code.TOO_MANY_TICKETS, False, Exit.REFUSED),
        (Code.TICKET_NOT_FOUND, False, Exit.REFUSED),
        (Code.DECLARATION_PASSWORD_INVALID, True, Exit.UNIT_REFUSED),
        (Code.UNIT_LOCKED, True, Exit.UNIT_REFUSED),
        (LocalCode.UNIT_NEEDED, True, Exit.UNIT_REFUSED),
        (LocalCode.UNKNOWN_ALIAS, True, Exit.UNIT_REFUSED),
        (LocalCode.UNREACHABLE, False, Exit.UNREACHABLE),
        (LocalCode.UNREACHABLE, True, Exit.UNREACHABLE),
        (LocalCode.BAD_ANSWER, False, Exit.UNREACHABLE),
        (Code.UNAVAILABLE, False, Exit.UNREACHABLE),
        (LocalCode.BAD_GATEWAY_URL, False, Exit.USAGE),
        (LocalCode.QR_FILE, False, Exit.USAGE),
        (LocalCode.INTERRUPTED, True, Exit.INTERRUPTED),
    ],
)
def test_an_errors_code_determines_the_exit_code(code: str, logged_in: bool, exit_code: Exit) -> None:
    assert exit_of(code, EXITS, Exit.UNIT_REFUSED if logged_in else Exit.REFUSED) is exit_code


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_help_lists_every_exit_code_and_option(language: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["--lang", language, "login", "--help"]) == 0
    shown = capsys.readouterr().out
    for code in Exit:
        assert f" {code.value}  " in shown
    for option in ("--gateway", "--qr-file", "--json", "--unit", "--declaration-password", "--by-unit", "--identifier"):
        assert f"{option} " in shown
    assert ("选项" in shown) == (language == "zh")


def test_without_a_command_the_help_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run([]) == Exit.USAGE
    assert "login" in capsys.readouterr().err


def test_a_new_file_in_the_commands_folder_is_a_new_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "wave_hand.py").write_text(
        "import click\ndef build(say):\n    return click.Command('wave-hand', callback=lambda: 5, help='Wave.')\n"
    )
    monkeypatch.setattr(cli.commands, "__path__", [*cli.commands.__path__, str(tmp_path)])
    assert cli.run(["wave-hand"]) == 5
    cli.run(["--help"])
    assert "Wave." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["login"], "Say where the gateway is: --gateway URL. See `client-stub login --help`."),
        (["logout"], "There is no command logout. See `client-stub --help`."),
        (["login", "--qr"], "There is no option --qr. See `client-stub login --help`."),
        (["login", "--gateway"], "--gateway needs a value."),
        (["login", "--gateway", "g", "--timeout", "0"], "--timeout has a value that does not fit"),
        (["login", "--gateway", "g", "--timeout", "nan"], "--timeout has a value that does not fit"),
        (["login", "--gateway", "g"], "g is not the address of a gateway: give http://host:port."),
        (["login", "--gateway", "http://g", "--identifier", "i"], "A password is needed"),
        (["login", "--gateway", "http://g", "--by-unit"], "Say which unit logs in: --unit TAXPAYER_NUMBER."),
        (["login", "--gateway", "http://g", "--by-unit", "--unit", "A"], "The declaration password of A is needed"),
        (["login", "--gateway", "http://g", "--by-unit", "--identifier", "i"], "--by-unit or --identifier, not both"),
        (["login", "--gateway", "http://g", "--qr-file", "/nowhere/q.png"], "cannot be written to /nowhere/q.png"),
    ],
)
def test_wrong_usage_is_one_sentence(arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(arguments) == Exit.USAGE
    said = capsys.readouterr()
    assert sentence in said.err
    assert len(said.err.splitlines()) == 1
    assert said.out == ""


@pytest.mark.parametrize("more", [[], ["--no-websocket"], ["--identifier", "i", "--password", "p"], BY_UNIT])
def test_a_gateway_that_is_not_there_is_one_sentence(
    nobody: str, more: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["login", "--gateway", nobody, *more]) == Exit.UNREACHABLE
    assert (
        capsys.readouterr().err == f"client-stub: The gateway at {nobody} cannot be reached: connection refused. "
        "Check its address, and whether it is running.\n"
    )


def test_the_sentence_is_chinese_where_chinese_is_asked_for(nobody: str, capsys: pytest.CaptureFixture[str]) -> None:
    cli.run(["login", "--gateway", nobody, "--lang", "zh"])
    said = f"client-stub: 无法连接网关 {nobody}：连接被拒绝，请检查地址，并确认网关已启动。\n"
    assert capsys.readouterr().err == said


def test_a_fault_of_ours_is_a_sentence_and_a_report(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def break_down(_self: login.Login) -> int:
        raise ZeroDivisionError("inside")

    monkeypatch.setattr(login.Login, "run", break_down)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert cli.run(["login", "--gateway", "http://g"]) == Exit.FAULT
    said = capsys.readouterr().err
    (report,) = tmp_path.iterdir()
    assert str(report) in said
    assert "Traceback" not in said
    assert "ZeroDivisionError: inside" in report.read_text()


@pytest.mark.parametrize("signal", [KeyboardInterrupt, Terminated])
def test_an_interrupt_outside_a_login_ends_quietly(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], signal: type[BaseException]
) -> None:
    def interrupt(_self: Any) -> int:
        raise signal

    monkeypatch.setattr(login.Login, "run", interrupt)
    code = cli.run(["login", "--gateway", "http://g"])
    assert code == {KeyboardInterrupt: 130, Terminated: 143}[signal]
    assert "Traceback" not in capsys.readouterr().err

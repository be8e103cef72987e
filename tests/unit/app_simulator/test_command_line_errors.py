"""The command line when something is wrong, and its help: one sentence, one exit code, in two languages."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from app_simulator import cli
from scan_to_login.terminal.exit_codes import Exit

from .fake_gateway import TICKET, FakeGateway, object_of, problem


class TestErrors:
    @pytest.mark.parametrize("language", ["en", "zh"])
    @pytest.mark.parametrize(
        ("arguments", "code"),
        [
            (["sacn"], Exit.USAGE),
            (["scan"], Exit.USAGE),
            (["scan", "a", "b", "--confirm"], Exit.USAGE),
            (["whoami", "--bogus"], Exit.USAGE),
            (["login", "--gateway"], Exit.USAGE),
            (["login", "--gateway", "nowhere", "--identifier", "a", "--password", "b"], Exit.USAGE),
            (["whoami", "--gateway", "nowhere"], Exit.USAGE),
            (["whoami"], Exit.NOT_LOGGED_IN),
            (["scan", "nowhere.png", "--confirm"], Exit.NOT_LOGGED_IN),
        ],
    )
    def test_every_error_is_one_sentence_in_the_chosen_language(
        self, capsys: pytest.CaptureFixture[str], arguments: list[str], code: Exit, language: str
    ) -> None:
        assert cli.run([*arguments[:1], "--lang", language, *arguments[1:]]) == code
        captured = capsys.readouterr()
        assert captured.out == ""
        assert captured.err.startswith("app-simulator: ")
        assert captured.err.count("\n") == 1
        assert any("\u4e00" <= c <= "\u9fff" for c in captured.err) == (language == "zh")

    @pytest.mark.usefixtures("logged_in")
    def test_an_image_that_cannot_be_used_has_its_own_exit_code(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        empty = tmp_path / "empty.png"
        empty.touch()
        assert cli.run(["scan", str(empty), "--confirm", "--json"]) == Exit.QR
        told = object_of(capsys)
        assert told["error"]["code"] == "qr_empty"
        assert cli.run(["scan", "https://evil.example/q/" + TICKET, "--confirm"]) == Exit.QR
        assert cli.run(["scan", "weixin://x", "--confirm"]) == Exit.QR
        assert cli.run(["scan", str(tmp_path / "nowhere"), "--confirm"]) == Exit.QR

    def test_a_refusal_reaches_programs_with_all_its_fields(
        self, logged_in: FakeGateway, capsys: pytest.CaptureFixture[str]
    ) -> None:
        logged_in.answers["GET", "/app/session"] = problem(429, "rate_limited", retry_after=7)
        assert cli.run(["whoami", "--json"]) == Exit.REFUSED
        assert object_of(capsys) == {
            "error": {"code": "rate_limited", "detail": "rate_limited.", "status": 429, "retry_after": 7}
        }

    def test_an_ended_session_has_its_own_exit_code(self, logged_in: FakeGateway) -> None:
        logged_in.secrets.clear()
        assert cli.run(["whoami"]) == Exit.NOT_LOGGED_IN

    @pytest.mark.usefixtures("logged_in")
    def test_a_fault_of_the_program_is_a_sentence_too(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
        monkeypatch.setattr("app_simulator.phone.Phone.whoami", lambda _: 1 / 0)
        assert cli.run(["whoami"]) == Exit.FAULT
        said = capsys.readouterr().err
        (report,) = tmp_path.glob("app-simulator-*.txt")
        assert str(report) in said
        assert "ZeroDivisionError" in report.read_text()
        assert "Traceback" not in said


class TestHelp:
    @pytest.mark.parametrize("name", ["login", "scan", "devices", "logout", "whoami"])
    @pytest.mark.parametrize("language", ["en", "zh"])
    def test_each_command_explains_its_options_and_exit_codes(
        self, capsys: pytest.CaptureFixture[str], name: str, language: str
    ) -> None:
        assert cli.run([name, "--help", "--lang", language]) == Exit.DONE
        said = capsys.readouterr().out
        for word in ("--gateway", "--state-dir", "--json", "--lang", *(f"  {int(code)} " for code in Exit)):
            assert word in said
        assert ("用法" in said) == (language == "zh")
        assert ("Usage" in said) == (language == "en")

    def test_the_whole_lists_its_commands(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert cli.run(["--help"]) == Exit.DONE
        said = capsys.readouterr().out
        for name in ("login", "scan", "devices", "logout", "whoami", "130"):
            assert name in said

    def test_no_arguments_show_the_help(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert cli.run([]) == Exit.USAGE
        assert "Usage" in capsys.readouterr().err

    def test_a_module_in_the_folder_is_a_command(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        from app_simulator import commands

        (tmp_path / "say_hello.py").write_text(
            "import click\ndef build(t): return click.Command('say-hello', callback=lambda: click.echo('hello'))\n"
        )
        monkeypatch.setattr(commands, "__path__", [*commands.__path__, str(tmp_path)])
        assert cli.run(["say-hello"]) == Exit.DONE
        assert capsys.readouterr().out == "hello\n"
        monkeypatch.delitem(sys.modules, "app_simulator.commands.say_hello")

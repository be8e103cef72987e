"""The command line: what it sends, says and exits with; every error is one sentence."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from app_simulator import cli
from app_simulator.enrolment import StateDirectory
from scan_to_login.qr_payload import login_qr
from scan_to_login.terminal.exit_codes import Exit

from .fake_gateway import NOON, TICKET, FakeGateway, object_of, problem


class TestLogin:
    def test_everything_can_be_given_as_options(self, fake: FakeGateway, capsys: pytest.CaptureFixture[str]) -> None:
        options = ["--identifier", "13800000003", "--password", "Demo-2019", "--device-name", "Pixel", "--json"]
        assert cli.run(["login", "--gateway", fake.url + "/", *options]) == Exit.DONE
        told = object_of(capsys)
        assert told["gateway"] == fake.url
        assert told["account"]["display_name"] == "*三"
        assert told.keys() == {"gateway", "device_id", "account"}
        assert fake.bodies("/app/sessions")[0]["device"]["name"] == "Pixel"

    @pytest.mark.usefixtures("logged_in")
    def test_a_second_login_knows_the_gateway(self) -> None:
        assert cli.run(["login", "--identifier", "agent"]) == Exit.DONE

    def test_the_state_is_kept_where_the_option_says(self, fake: FakeGateway, tmp_path: Path) -> None:
        arguments = ["--identifier", "agent", "--password", "Demo-2019", "--state-dir", str(tmp_path / "mine")]
        assert cli.run(["login", "--gateway", fake.url, *arguments]) == Exit.DONE
        assert StateDirectory(tmp_path / "mine").current() == fake.url

    @pytest.mark.parametrize("missing", ["--gateway", "--identifier", "--password"])
    def test_missing_options_are_named_without_a_person_to_ask(
        self, fake: FakeGateway, capsys: pytest.CaptureFixture[str], missing: str
    ) -> None:
        given = {"--gateway": fake.url, "--identifier": "agent", "--password": "Demo-2019"}
        del given[missing]
        assert cli.run(["login", *[word for pair in given.items() for word in pair]]) == Exit.USAGE
        assert missing in capsys.readouterr().err
        assert not fake.calls

    def test_a_person_is_asked_for_a_captcha_when_one_is_due(
        self,
        fake: FakeGateway,
        capsys: pytest.CaptureFixture[str],
        type_in: Callable[[str], None],
    ) -> None:
        fake.answers["POST", "/captchas"] = (201, {"captcha_id": "c1", "image": "iVBORw0KGgo="})
        fake.due.append(problem(403, "captcha_required"))
        type_in("AB12\n")
        options = ["--identifier", "agent", "--password", "Demo-2019"]
        assert cli.run(["login", "--gateway", fake.url, *options]) == Exit.DONE
        assert fake.bodies("/captchas") == [{"identifier": "agent"}]
        assert fake.bodies("/app/sessions")[1]["captcha"] == {"captcha_id": "c1", "answer": "AB12"}
        assert "captcha.png" in capsys.readouterr().out

    def test_a_required_captcha_is_reported_without_a_person_to_ask(
        self, fake: FakeGateway, capsys: pytest.CaptureFixture[str]
    ) -> None:
        fake.due.append(problem(403, "captcha_required"))
        options = ["--identifier", "agent", "--password", "Demo-2019"]
        assert cli.run(["login", "--gateway", fake.url, *options]) == Exit.REFUSED
        assert "--captcha" in capsys.readouterr().err

    def test_an_answer_that_was_given_is_sent_once(self, fake: FakeGateway, capsys: pytest.CaptureFixture[str]) -> None:
        fake.due += [problem(403, "captcha_required"), problem(403, "captcha_invalid")]
        fake.answers["POST", "/captchas"] = (201, {"captcha_id": "c1", "image": "UE5H", "expires_in": 120})
        options = ["--identifier", "agent", "--password", "Demo-2019", "--captcha", "AB12"]
        assert cli.run(["login", "--gateway", fake.url, *options]) == Exit.REFUSED
        assert [body.get("captcha") for body in fake.bodies("/app/sessions")] == [
            None,
            {"captcha_id": "c1", "answer": "AB12"},
        ]
        assert capsys.readouterr().err


class TestScan:
    def test_the_image_is_scanned_and_confirmed(
        self, logged_in: FakeGateway, image: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert cli.run(["scan", image, "--confirm"]) == Exit.DONE
        assert logged_in.states == {TICKET: "confirmed"}
        said = capsys.readouterr().out
        for shown in ("扣缴客户端 3.1", "DESKTOP-1", "192.0.2.7", "unverified", "not the same", "42", "Confirmed"):
            assert shown in said

    def test_the_page_speaks_chinese(self, image: str, capsys: pytest.CaptureFixture[str]) -> None:
        assert cli.run(["scan", image, "--reject", "--lang", "zh"]) == Exit.DONE
        said = capsys.readouterr().out
        for shown in ("对方提供，未经核实", "与本手机不同", "已拒绝"):
            assert shown in said

    def test_the_address_does_as_well_as_the_image(self, logged_in: FakeGateway) -> None:
        assert cli.run(["scan", login_qr(logged_in.url, TICKET), "--reject"]) == Exit.DONE
        assert logged_in.states == {TICKET: "rejected"}

    @pytest.mark.parametrize("form", ["image", "text"])
    def test_standard_input_holds_either(
        self, logged_in: FakeGateway, image: str, monkeypatch: pytest.MonkeyPatch, form: str
    ) -> None:
        piped = Path(image).read_bytes() if form == "image" else f" {login_qr(logged_in.url, TICKET)}\n".encode()
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(piped)))
        assert cli.run(["scan", "-", "--confirm"]) == Exit.DONE
        assert logged_in.states == {TICKET: "confirmed"}

    def test_json_is_one_object_with_page_choice_and_ticket(
        self, image: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert cli.run(["scan", image, "--confirm", "--number", "42", "--json"]) == Exit.DONE
        told = object_of(capsys)
        assert told["choice"] == "confirm"
        assert told["page"]["client_name"] == "扣缴客户端"
        assert told["page"]["number_matching"] == "show"
        assert told["ticket"]["state"] == "confirmed"

    @pytest.mark.parametrize(("keys", "state"), [("c\n", "confirmed"), ("r\n", "rejected"), ("\nx\nR\n", "rejected")])
    def test_a_person_is_asked_and_only_a_clear_answer_counts(
        self, logged_in: FakeGateway, image: str, type_in: Callable[[str], None], keys: str, state: str
    ) -> None:
        type_in(keys)
        assert cli.run(["scan", image]) == Exit.DONE
        assert logged_in.states == {TICKET: state}

    def test_a_person_who_leaves_has_made_no_choice(
        self, logged_in: FakeGateway, image: str, type_in: Callable[[str], None]
    ) -> None:
        type_in("")
        assert cli.run(["scan", image]) == Exit.INTERRUPTED
        assert logged_in.states == {TICKET: "scanned"}

    def test_an_interrupt_is_no_answer(
        self, logged_in: FakeGateway, image: str, type_in: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def interrupt(*_: object, **__: object) -> str:
            raise KeyboardInterrupt

        type_in("")
        monkeypatch.setattr("app_simulator.terminal.output.click.prompt", interrupt)
        assert cli.run(["scan", image]) == Exit.INTERRUPTED
        assert logged_in.states == {TICKET: "scanned"}

    def test_without_a_person_to_ask_nothing_is_scanned(
        self, logged_in: FakeGateway, image: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert cli.run(["scan", image]) == Exit.USAGE
        assert capsys.readouterr().err.count("\n") == 1
        assert not logged_in.states

    def test_the_required_number_is_asked_for(
        self, logged_in: FakeGateway, image: str, type_in: Callable[[str], None]
    ) -> None:
        logged_in.number_matching = "require"
        assert cli.run(["scan", image, "--confirm"]) == Exit.USAGE
        type_in("42\n")
        assert cli.run(["scan", image, "--confirm"]) == Exit.DONE
        assert logged_in.bodies("/confirm")[-1]["number"] == "42"

    @pytest.mark.parametrize("number", ["４２", "4 2", "42\u200b"])
    def test_a_number_in_full_width_is_the_number(self, logged_in: FakeGateway, image: str, number: str) -> None:
        # findadoc-web#1762, react-number-format#251
        assert cli.run(["scan", image, "--confirm", "--number", number]) == Exit.DONE
        assert logged_in.bodies("/confirm")[-1]["number"] == "42"

    @pytest.mark.parametrize(
        "options",
        [["--confirm", "--reject"], ["--confirm", "--number", "4"], ["--reject", "--number", "42"], ["--number", "٤٢"]],
    )
    def test_options_that_do_not_fit_are_refused(self, logged_in: FakeGateway, image: str, options: list[str]) -> None:
        assert cli.run(["scan", image, *options]) == Exit.USAGE
        assert not logged_in.states

    def test_what_a_client_says_of_itself_cannot_repaint_the_page(
        self, logged_in: FakeGateway, image: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        page = logged_in.answer("POST", f"/tickets/{TICKET}/scan", {}, next(iter(logged_in.secrets)))[1]
        assert isinstance(page, dict)
        page["client"] = {"name": "\x1b[2J[bold]tax[/]\u202eevil", "version": "1\r2", "device": "x" * 500}
        logged_in.answers["POST", f"/tickets/{TICKET}/scan"] = (200, page)
        assert cli.run(["scan", image, "--confirm"]) == Exit.DONE
        said = capsys.readouterr().out
        assert r"\u001b[2J[bold]tax[/]\u202eevil" in said
        assert not {"\x1b", "\u202e", "\r"} & set(said)
        assert "x" * 121 not in said


class TestOthers:
    def test_whoami_shows_account_phone_and_gateway(
        self, logged_in: FakeGateway, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert cli.run(["whoami"]) == Exit.DONE
        assert f"{logged_in.url}\n" in capsys.readouterr().out
        assert cli.run(["whoami", "--json"]) == Exit.DONE
        told = object_of(capsys)
        assert (told["account"]["login_name"], told["device_name"]) == ("agent", "Pixel")

    def test_devices_are_listed_and_shut_out(self, logged_in: FakeGateway, capsys: pytest.CaptureFixture[str]) -> None:
        device = {"name": "Pixel", "model": "m", "enrolled_at": NOON, "revoked_at": None}
        listed = [{**device, "device_id": "d1", "current": True}, {**device, "device_id": "d2", "current": False}]
        logged_in.answers["GET", "/app/devices"] = (200, {"devices": listed})
        logged_in.answers["DELETE", "/app/devices/d2"] = (204, None)
        assert cli.run(["devices"]) == Exit.DONE
        assert "this phone" in capsys.readouterr().out
        assert cli.run(["devices", "--revoke", "d2", "--json"]) == Exit.DONE
        assert object_of(capsys) == {"revoked": "d2"}
        assert cli.run(["devices", "--revoke", "d3"]) == Exit.REFUSED

    def test_logout_keeps_nothing(self, logged_in: FakeGateway, capsys: pytest.CaptureFixture[str]) -> None:
        assert cli.run(["logout"]) == Exit.DONE
        assert not logged_in.secrets
        assert cli.run(["whoami"]) == Exit.NOT_LOGGED_IN
        assert "app-simulator login" in capsys.readouterr().err

    def test_a_login_at_a_gateway_that_is_gone_can_be_forgotten(
        self, logged_in: FakeGateway, capsys: pytest.CaptureFixture[str]
    ) -> None:
        logged_in.cut_before = 99
        assert cli.run(["logout"]) == Exit.UNREACHABLE
        assert cli.run(["logout", "--forget"]) == Exit.DONE
        assert "its own deadline" in capsys.readouterr().out
        assert cli.run(["whoami"]) == Exit.NOT_LOGGED_IN

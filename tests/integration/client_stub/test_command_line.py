"""``client-stub login`` as a script runs it: JSON lines, the QR's file, exit codes."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests

from app_simulator.phone import Phone
from scan_to_login.protocol import Code
from scan_to_login.terminal.exit_codes import Exit

pytestmark = pytest.mark.slow

Start = Callable[..., Any]


@pytest.mark.parametrize("more", [[], ["--no-websocket"]])
def test_a_script_logs_in_by_the_qr_files_picture(
    script: Start, gateway_url: str, phone: Phone, tmp_path: Path, more: list[str]
) -> None:
    picture = tmp_path / "q.png"
    picture.write_bytes(b"of an earlier run")
    password = {"PAIRING_DECLARATION_PASSWORD": "Unit-2019"}
    login = script(
        "login", "--gateway", gateway_url, "--json", "--qr-file", str(picture), "--unit", "A", *more, **password
    )
    pending = login.state()
    page = phone.scan(picture)
    assert (pending["state"], pending["ticket_id"]) == ("pending", page.ticket_id)
    scanned = login.state()
    assert scanned["scanned_by"]["display_name"] == "*三"
    assert scanned["number"] == page.number
    phone.confirm(page)
    code, lines, errors = login.end()
    assert (code, errors) == (Exit.DONE, "")
    told = [pending, scanned, *lines]
    assert [line["state"] for line in told] == ["pending", "scanned", "confirmed", "claimed"]
    assert [line["version"] for line in told] == [1, 2, 3, 4]
    assert told[-1]["stage"] == "unit_verified"
    assert told[-1]["unit"]["name"]
    assert "secret" not in json.dumps(told)
    assert "token" not in json.dumps(told)


def test_a_reject_exits_with_3(script: Start, gateway_url: str, phone: Phone) -> None:
    login = script("login", "--gateway", gateway_url, "--json")
    phone.reject(phone.scan(login.state()["qr"]))
    code, lines, _ = login.end()
    assert code == Exit.REJECTED
    assert [line["state"] for line in lines][-1] == "rejected"
    assert lines[-1]["stage"] is None
    assert lines[-1]["error"]["code"] == Code.TICKET_REJECTED


def test_an_expiry_exits_with_4(script: Start, gateway_url: str, advance: Callable[[float], None]) -> None:
    login = script("login", "--gateway", gateway_url, "--json")
    login.state()
    advance(121)
    code, lines, _ = login.end()
    assert (code, lines[-1]["state"], lines[-1]["stage"]) == (Exit.EXPIRED, "expired", None)


def test_an_allowed_refresh_takes_the_place_of_an_expiry(
    script: Start, gateway_url: str, phone: Phone, advance: Callable[[float], None], tmp_path: Path
) -> None:
    picture = tmp_path / "q.png"
    login = script(
        "login", "--gateway", gateway_url, "--json", "--refresh", "1", "--qr-file", str(picture), "--unit", "A"
    )
    first = login.state()
    advance(121)
    assert login.state()["state"] == "expired"
    second = login.state()
    assert (second["state"], second["ticket_id"] != first["ticket_id"]) == ("pending", True)
    assert phone.scan(picture).ticket_id == second["ticket_id"]
    advance(121)
    code, lines, _ = login.end()
    assert (code, lines[-1]["state"]) == (Exit.EXPIRED, "expired")


def test_patience_that_runs_out_cancels_the_ticket(script: Start, gateway_url: str, phone: Phone) -> None:
    login = script("login", "--gateway", gateway_url, "--json", "--timeout", "0.3")
    pending = login.state()
    code, lines, _ = login.end()
    assert (code, lines[-1]["state"], lines[-1]["error"]["code"]) == (Exit.EXPIRED, "cancelled", "timed_out")
    with pytest.raises(Exception, match=r".") as refused:
        phone.scan(pending["qr"])
    assert getattr(refused.value, "code", None) == Code.TICKET_CANCELLED


@pytest.mark.parametrize(("number", "exit_code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupt_cancels_the_ticket(
    script: Start, gateway_url: str, phone: Phone, number: signal.Signals, exit_code: int
) -> None:
    login = script("login", "--gateway", gateway_url, "--json")
    pending = login.state()
    login.process.send_signal(number)
    code, lines, errors = login.end()
    assert (code, errors) == (exit_code, "")
    assert (lines[-1]["state"], lines[-1]["error"]["code"]) == ("cancelled", "interrupted")
    with pytest.raises(Exception, match=r".") as refused:
        phone.scan(pending["qr"])
    assert getattr(refused.value, "code", None) == Code.TICKET_CANCELLED


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["--unit", "A", "--declaration-password", "Wrong-2019"], Code.DECLARATION_PASSWORD_INVALID),
        (["--unit", "A"], "password_needed"),
        (["--unit", "nowhere"], "unknown_alias"),
        ([], "unit_needed"),
    ],
)
def test_a_login_without_a_verified_unit_exits_with_6(
    script: Start, gateway_url: str, options: list[str], code: str
) -> None:
    login = script(
        "login", "--gateway", gateway_url, "--json", "--identifier", "agent", *options, PAIRING_PASSWORD="Demo-2019"
    )
    exit_code, lines, _ = login.end()
    assert exit_code == Exit.UNIT_REFUSED
    assert (lines[-1]["stage"], lines[-1]["error"]["code"]) == ("logged_in", code)


def test_a_password_login_needs_no_qr(script: Start, gateway_url: str) -> None:
    options = ["--identifier", "13800000004", "--password", "Demo-2019", "--declaration-password", "Unit-2019"]
    code, lines, _ = script("login", "--gateway", gateway_url, "--json", *options).end()
    assert (code, len(lines), lines[-1]["stage"]) == (Exit.DONE, 1, "unit_verified")


def test_an_authorized_person_needs_no_declaration_password(script: Start, gateway_url: str) -> None:
    options = ["--identifier", "authorized", "--password", "Demo-2019"]
    code, lines, _ = script("login", "--gateway", gateway_url, "--json", *options).end()
    assert (code, lines[-1]["unit"]["via"]) == (Exit.DONE, ["authorization"])


@pytest.mark.parametrize(
    ("login_name", "password", "code"),
    [
        ("agent", "Wrong-2019", Code.INVALID_CREDENTIALS),
        ("nobody", "Demo-2019", Code.INVALID_CREDENTIALS),
        ("locked", "Demo-2019", Code.ACCOUNT_LOCKED),
    ],
)
def test_a_refused_password_login_exits_with_8(
    script: Start, gateway_url: str, login_name: str, password: str, code: Code
) -> None:
    options = ["--identifier", login_name, "--password", password]
    exit_code, lines, _ = script("login", "--gateway", gateway_url, "--json", *options).end()
    assert (exit_code, lines[-1]["error"]["code"]) == (Exit.REFUSED, code)
    chinese = script("login", "--gateway", gateway_url, "--lang", "zh", *options)
    exit_code, _, errors = chinese.end()
    assert exit_code == Exit.REFUSED
    assert len(errors.splitlines()) == 1


def test_a_captcha_that_is_due_is_answered(script: Start, gateway_url: str) -> None:
    requests.put(f"{gateway_url}/sim/v1/captchas", json={"always": "7G3K"}, timeout=10).raise_for_status()
    options = ["--identifier", "single", "--declaration-password", "Unit-2019"]
    script("login", "--gateway", gateway_url, "--json", *options, PAIRING_PASSWORD="Wrong-2019").end()
    code, lines, _ = script("login", "--gateway", gateway_url, "--json", *options, PAIRING_PASSWORD="Demo-2019").end()
    assert (code, lines[-1]["error"]["code"]) == (Exit.REFUSED, Code.CAPTCHA_REQUIRED)
    options += ["--captcha", "7G3K"]
    code, lines, _ = script("login", "--gateway", gateway_url, "--json", *options, PAIRING_PASSWORD="Demo-2019").end()
    assert (code, lines[-1]["stage"]) == (Exit.DONE, "unit_verified")


def test_without_a_terminal_the_qr_and_each_state_are_still_shown(
    script: Start, gateway_url: str, phone: Phone
) -> None:
    login = script("login", "--gateway", gateway_url, "--declaration-password", "Unit-2019", "--unit", "B")
    shown = ""
    while "/q/" not in shown:
        shown += login.line()
    assert "█" in shown
    phone.confirm(phone.scan(shown.split("QR content: ")[1].strip()))
    out, errors = login.process.communicate(timeout=20)
    assert (login.process.returncode, errors) == (0, "")
    assert "Unit verification passed" in out

"""``client-stub login`` as a person sees it, on a real pseudo-terminal."""

from __future__ import annotations

import re
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
LogIn = Callable[[str], Phone]


def last_qr(shown: str) -> str:
    return re.findall(r"https?://\S+/q/[A-Za-z0-9_-]{22}", shown)[-1]


def test_a_person_scans_chooses_a_unit_and_types_its_password(terminal: Start, gateway_url: str, phone: Phone) -> None:
    requests.put(f"{gateway_url}/sim/v1/captchas", json={"always": "7G3K"}, timeout=10).raise_for_status()
    login = terminal("login", "--gateway", gateway_url)
    page = phone.scan(last_qr(login.expect("Waiting for a scan")))
    login.expect(f"Scanned by *三: the phone must show the number {page.number}")
    phone.confirm(page)
    login.expect("Logged in as *三.")
    login.expect("Choose the unit to work for")
    login.expect("Number of the unit, 1 to 2")
    login.type("9\n")
    login.expect("9 is not one of 1 to 2.")
    login.type("1\n")
    login.expect("Declaration password of")
    login.type("Wrong-2019\n")
    login.expect("The declaration password is wrong.")
    login.expect("Declaration password of")
    login.type("Unit-2019\n")
    login.expect("After a wrong password a captcha is required")
    picture = Path(re.findall(r"The picture is at (\S+\.png)", login.expect("The characters in the picture"))[0])
    assert picture.read_bytes().startswith(b"\x89PNG")
    login.type("7g3k\n")
    login.expect("Unit verification passed")
    assert login.end() == Exit.DONE
    assert "Unit-2019" not in login.shown
    assert not picture.exists()


def test_one_unit_is_not_asked_for_but_its_password_is(terminal: Start, gateway_url: str, log_in_phone: LogIn) -> None:
    phone = log_in_phone("single")
    login = terminal("login", "--gateway", gateway_url, "--lang", "zh")
    phone.confirm(phone.scan(last_qr(login.expect("等待扫码"))))
    login.expect("的申报密码")
    login.type("Unit-2019\n")
    login.expect("单位办税验证通过")
    assert login.end() == Exit.DONE
    assert "请选择办税单位" not in login.shown


def test_an_authorized_person_needs_no_input(terminal: Start, gateway_url: str, log_in_phone: LogIn) -> None:
    phone = log_in_phone("authorized")
    login = terminal("login", "--gateway", gateway_url)
    phone.confirm(phone.scan(last_qr(login.expect("Waiting for a scan"))))
    assert login.end() == Exit.DONE
    assert "Declaration password" not in login.shown


def test_the_countdown_counts(terminal: Start, gateway_url: str) -> None:
    login = terminal("login", "--gateway", gateway_url)
    login.expect("2:00 left")
    login.expect("1:59 left")
    login.expect("1:58 left")
    login.type("q")
    assert login.end() == Exit.CANCELLED


def test_r_shows_a_new_qr_and_kills_the_old_one(terminal: Start, gateway_url: str, phone: Phone) -> None:
    login = terminal("login", "--gateway", gateway_url)
    first = last_qr(login.expect("Waiting for a scan"))
    login.type("r")
    second = last_qr(login.expect("Waiting for a scan · 2:00", timeout=10))
    while second == first:
        second = last_qr(login.expect("left"))
    with pytest.raises(Exception, match=r".") as refused:
        phone.scan(first)
    assert getattr(refused.value, "code", None) == Code.TICKET_CANCELLED
    phone.scan(second)
    login.expect("Scanned by")


def test_an_expired_qr_waits_for_r(
    terminal: Start, gateway_url: str, phone: Phone, advance: Callable[[float], None]
) -> None:
    login = terminal("login", "--gateway", gateway_url, "--unit", "B", "--declaration-password", "Unit-2019")
    login.expect("Waiting for a scan")
    advance(121)
    login.expect("The QR has expired.")
    login.expect("r new QR")
    login.type("r")
    phone.confirm(phone.scan(last_qr(login.expect("Waiting for a scan"))))
    login.expect("Unit verification passed")
    assert login.end() == Exit.DONE


@pytest.mark.parametrize(
    ("end", "exit_code"), [("expired", Exit.EXPIRED), ("rejected", Exit.REJECTED), ("nothing", Exit.CANCELLED)]
)
def test_q_exits_with_the_code_of_the_outcome(
    terminal: Start, gateway_url: str, phone: Phone, advance: Callable[[float], None], end: str, exit_code: Exit
) -> None:
    login = terminal("login", "--gateway", gateway_url)
    qr = last_qr(login.expect("Waiting for a scan"))
    if end == "expired":
        advance(121)
        login.expect("The QR has expired.")
    elif end == "rejected":
        phone.reject(phone.scan(qr))
        login.expect("rejected on the phone.")
    login.type("q")
    assert login.end() == exit_code


def test_control_c_cancels_and_gives_the_terminal_back(terminal: Start, gateway_url: str, phone: Phone) -> None:
    login = terminal("login", "--gateway", gateway_url)
    qr = last_qr(login.expect("Waiting for a scan"))
    login.type("\x03")
    assert login.end() == Exit.INTERRUPTED
    assert login.shown.count("Interrupted.") == 1
    assert "Traceback" not in login.shown
    assert login.raw.rindex("\x1b[?25h") > login.raw.rindex("\x1b[?25l")  # the cursor is shown again
    with pytest.raises(Exception, match=r".") as refused:
        phone.scan(qr)
    assert getattr(refused.value, "code", None) == Code.TICKET_CANCELLED


def test_control_c_at_the_password_ends_with_the_same_sentence(terminal: Start, gateway_url: str) -> None:
    login = terminal("login", "--gateway", gateway_url, "--identifier", "agent")
    login.expect("Password of agent")
    login.type("\x03")
    assert login.end() == Exit.INTERRUPTED
    assert login.shown.count("Interrupted.") == 1


def test_a_small_window_gets_the_required_size(terminal: Start, gateway_url: str) -> None:
    login = terminal("login", "--gateway", gateway_url, size=(10, 100))
    shown = login.expect("The window is too small")
    assert "█" not in shown
    login.type("q")
    login.end()


def test_a_lost_connection_is_reported_and_restored(
    terminal: Start, gateway_url: str, make_line: Callable[[str], Any], phone: Phone
) -> None:
    line = make_line(gateway_url)
    login = terminal("login", "--gateway", line.url, "--unit", "A", "--declaration-password", "Unit-2019")
    qr = last_qr(login.expect("Waiting for a scan"))
    line.down()
    login.expect("The connection was cut, reconnecting")
    phone.confirm(phone.scan(qr))
    line.up()
    login.expect("Connected again")
    login.expect("Unit verification passed")
    assert login.end() == Exit.DONE

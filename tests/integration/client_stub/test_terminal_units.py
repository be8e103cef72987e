"""Sentences at the terminal about a forgotten declaration password and a locked unit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import requests

from app_simulator.phone import Phone
from scan_to_login.terminal.exit_codes import Exit

Start = Callable[..., Any]
A = "91110108MA01A0B1CY"


def test_a_forgotten_password_shows_the_apps_qr_and_the_web_platforms_page(
    terminal: Start, gateway_url: str, log_in_phone: Callable[[str], Phone]
) -> None:
    log_in = ("login", "--gateway", gateway_url, "--identifier", "single", "--password", "Demo-2019")
    login = terminal(*log_in)
    login.expect("? if it is forgotten")
    login.type("?\n")
    login.expect(f"{gateway_url}/web/#/declaration-password/{A}")
    login.expect(f"QR content: {gateway_url}/reset/declaration-password/{A}")
    login.expect("? if it is forgotten")
    log_in_phone("legal_rep").reset_declaration_password(A, "Fresh-2026")
    login.type("Fresh-2026\n")
    login.expect("Unit verification passed")
    assert login.end() == Exit.DONE


def test_a_locked_unit_says_for_how_long(terminal: Start, gateway_url: str) -> None:
    requests.put(f"{gateway_url}/sim/v1/captchas", json={"always": "7G3K"}, timeout=10).raise_for_status()
    login = terminal("login", "--gateway", gateway_url, "--identifier", "single", "--password", "Demo-2019")
    for attempt in range(5):
        login.expect("? if it is forgotten")
        login.type("Wrong-2019\n")
        if attempt:
            login.expect("The characters in the picture")
            login.type("7g3k\n")
        login.expect(
            "The declaration password is wrong." if attempt < 4 else "the unit is locked. Try again in 120 min"
        )
    login.expect("? if it is forgotten")
    login.type("Unit-2019\n")
    login.expect("the unit is locked")
    login.expect("in 120 min")
    assert login.end() == Exit.UNIT_REFUSED

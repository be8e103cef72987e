"""``client-stub login --by-unit``: a unit and its declaration password alone, as before the cut-over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from scan_to_login.protocol import Code
from scan_to_login.terminal.exit_codes import Exit
from scan_to_login.testing import LiveGateway

Start = Callable[..., Any]
EVE = datetime(2019, 12, 31, 15, 50, tzinfo=UTC)  # in China the last ten minutes before the cut-over


@pytest.fixture
def before(gateway: LiveGateway) -> str:
    """The address of a gateway before the cut-over."""
    gateway.control.clock.set(EVE)
    return gateway.url


def test_a_script_logs_in_by_unit(script: Start, before: str) -> None:
    options = ["--by-unit", "--unit", "A"]
    login = script("login", "--gateway", before, "--json", *options, PAIRING_DECLARATION_PASSWORD="Unit-2019")
    code, lines, errors = login.end()
    assert (code, errors, len(lines)) == (Exit.DONE, "", 1)
    assert (lines[0]["stage"], lines[0]["unit"]["via"]) == ("unit_verified", ["legacy"])


def test_a_person_is_asked_for_unit_and_password(terminal: Start, before: str) -> None:
    login = terminal("login", "--gateway", before, "--by-unit")
    login.expect("Taxpayer number of the unit")
    login.type("91110108MA01A0B1CY\n")
    login.expect("Declaration password of 91110108MA01A0B1CY")
    login.type("Unit-2019\n")
    assert "Unit-2019" not in login.expect("Unit verification passed")
    assert login.end() == Exit.DONE


def test_a_wrong_password_is_refused_and_then_a_captcha_is_due(script: Start, before: str) -> None:
    requests.put(f"{before}/sim/v1/captchas", json={"always": "7G3K"}, timeout=10).raise_for_status()
    options = ("login", "--gateway", before, "--json", "--by-unit", "--unit", "A", "--declaration-password")
    seen = [
        script(*options, *more).end()[:2]
        for more in (["Wrong-2019"], ["Unit-2019"], ["Unit-2019", "--captcha", "7G3K"])
    ]
    assert [code for code, _ in seen] == [Exit.REFUSED, Exit.REFUSED, Exit.DONE]
    refusals = [lines[-1]["error"]["code"] for _, lines in seen[:2]]
    assert refusals == [Code.UNIT_CREDENTIALS_INVALID, Code.CAPTCHA_REQUIRED]
    assert [lines[-1]["stage"] for _, lines in seen] == [None, None, "unit_verified"]


@pytest.mark.parametrize(("language", "told"), [("en", "Log in with an account"), ("zh", "请使用账号登录")])
def test_after_the_cut_over_it_is_refused_in_a_sentence(
    script: Start, gateway_url: str, language: str, told: str
) -> None:
    options = ["--by-unit", "--unit", "A", "--declaration-password", "Unit-2019", "--lang", language]
    code, lines, errors = script("login", "--gateway", gateway_url, *options).end()
    assert (code, lines) == (Exit.REFUSED, [])
    assert told in errors
    assert len(errors.splitlines()) == 1

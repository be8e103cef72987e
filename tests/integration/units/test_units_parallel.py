"""Parallel wrong declaration passwords, and parallel grants, on two workers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from scan_to_login.testing.live import LiveGateway
from tests.integration.units.conftest import RIGHT, WRONG, Caller, Wire, code_of

pytestmark = (
    pytest.mark.slow
)  # two workers of their own; in one process: tests/integration/people/accounts/test_lockout.py

EVALUATED = "declaration_password_invalid"


def test_of_50_parallel_wrong_passwords_five_are_evaluated(gateway_with: Callable[..., LiveGateway]) -> None:
    wire = Wire(gateway_with(workers=2))
    unit = wire.units["A"]
    people = [wire.client(name) for name in ("agent", "single", "passport", "agent", "single")]
    codes = _at_once([(people[n % 5], unit, wire.captcha(unit)) for n in range(50)])
    assert codes[EVALUATED] == 5, codes
    assert set(codes) <= {EVALUATED, "unit_locked", "captcha_required", "captcha_invalid", "rate_limited"}
    assert code_of(people[0].verify(unit, RIGHT, captcha=True)) == "unit_locked"
    wire.move(minutes=121)
    assert wire.client("single").verify(unit, RIGHT, captcha=True).status_code == 200


def test_without_captchas_one_is_evaluated(gateway_with: Callable[..., LiveGateway]) -> None:
    wire = Wire(gateway_with(workers=2))
    people = [wire.client(name) for name in ("agent", "single", "passport")]
    codes = _at_once([(people[n % 3], wire.units["A"], None) for n in range(30)])
    assert codes[EVALUATED] == 1, codes


def test_a_restart_of_the_gateway_forgets_no_wrong_password(tmp_path: Path) -> None:
    with LiveGateway(data_dir=tmp_path) as gateway:
        wire = Wire(gateway)
        unit = wire.units["A"]
        for attempt in range(4):
            wire.client("single").verify(unit, WRONG, captcha=attempt > 0)
    with LiveGateway(data_dir=tmp_path) as gateway:
        single = Wire(gateway).client("single")
        assert code_of(single.verify(unit, RIGHT)) == "captcha_required"
        assert code_of(single.verify(unit, WRONG, captcha=True)) == EVALUATED
        assert code_of(single.verify(unit, RIGHT, captcha=True)) == "unit_locked"


def test_of_many_parallel_grants_a_unit_keeps_one_for_a_person(gateway_with: Callable[..., LiveGateway]) -> None:
    wire = Wire(gateway_with(workers=2))
    heads = [wire.phone("legal_rep"), wire.phone("finance")]
    unit = wire.units["A"]

    def grant(number: int) -> int:
        return heads[number % 2].grant(unit, **wire.person("newcomer")).status_code

    with ThreadPoolExecutor(16) as pool:
        statuses = Counter(pool.map(grant, range(16)))
    # A database that was busy for too long says so (503), and has granted nothing.
    assert statuses[201] == 1, statuses
    assert set(statuses) <= {201, 409, 503}
    assert len(heads[0].authorizations(unit)) == 2


def _at_once(attempts: list[tuple[Caller, str, dict[str, str] | None]]) -> Counter[str]:
    def attempt(given: tuple[Caller, str, dict[str, str] | None]) -> str:
        caller, unit, captcha = given
        body = {"declaration_password": WRONG} | ({"captcha": captcha} if captcha else {})
        return code_of(caller.send("POST", f"/units/{unit}/verification", **body))

    with ThreadPoolExecutor(len(attempts)) as pool:
        return Counter(pool.map(attempt, attempts))

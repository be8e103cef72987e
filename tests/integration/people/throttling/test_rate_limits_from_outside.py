"""Limits, from outside: floods are slowed down, people behind one address are not (SECURITY.md 24)."""

from __future__ import annotations

from typing import Any

import pytest

SETTINGS = {
    "PAIRING_LOGINS_PER_ACCOUNT": "10",
    "PAIRING_LOGINS_PER_ADDRESS": "12",
    "PAIRING_CAPTCHAS_PER_ADDRESS": "20",
    "PAIRING_RESETS_PER_ADDRESS": "3",
    "PAIRING_REGISTRATIONS_PER_ADDRESS": "3",
}
WRONG = "Wrong-1234"


@pytest.fixture(scope="module")
def narrow(live_gateway: Any) -> Any:
    with type(live_gateway)(environment=SETTINGS) as gateway:
        yield gateway


@pytest.fixture
def there(narrow: Any, outside: Any) -> Any:
    narrow.reset()
    made = type(outside)(narrow)
    made.freeze()  # limits go by the gateway's clock, so a busy machine does not matter
    return made


def test_too_many_attempts_at_one_account_get_a_retry_time(there: Any) -> None:
    statuses = [there.login("agent", WRONG).status_code for _ in range(12)]
    assert statuses == [401] + [403] * 9 + [429] * 2
    refused = there.login("agent", WRONG)
    assert refused.json()["code"] == "rate_limited"
    assert 1 <= int(refused.headers["Retry-After"]) <= 6
    assert there.login("single").status_code == 201
    there.move(6.5)
    assert there.login("agent", WRONG).status_code == 403


def test_right_passwords_do_not_count(there: Any) -> None:
    for _ in range(15):
        assert there.login("agent").status_code == 201


def test_a_flood_from_one_address_spares_accounts_that_logged_in_from_there(there: Any) -> None:
    assert there.login("agent").status_code == 201
    statuses = [there.login(f"nobody_{number}", WRONG).status_code for number in range(14)]
    assert statuses == [401] * 12 + [429] * 2
    assert there.login("agent").status_code == 201
    assert there.login("agent").status_code == 201
    assert there.login("single").status_code == 429


def test_resets_and_refused_registration_codes_are_limited_too(there: Any) -> None:
    person = {"name": "王五", "id_type": "passport", "id_number": "E00000001"}
    assert [there.post("/password-resets", **person).status_code for _ in range(4)] == [201] * 3 + [429]
    assert [there.begin_registration(person, "ABC234").status_code for _ in range(4)] == [403] * 3 + [429]


def test_captchas_are_limited_by_address(there: Any) -> None:
    assert [there.post("/captchas", identifier="agent").status_code for _ in range(22)] == [201] * 20 + [429] * 2
    there.move(60)
    assert there.post("/captchas", identifier="agent").status_code == 201

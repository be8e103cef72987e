"""No answer shows which phone number, ID number and login name belong to one person (SECURITY.md 35)."""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

pytestmark = pytest.mark.slow

WRONG = "Wrong-1234"
# Three names without an account, of the same three kinds.
STRANGER = {"phone": "13912345678", "id_number": "11010519491231002X", "login_name": "somebody"}
KINDS = tuple(STRANGER)

Told = tuple[int, Any]


def spellings(identifier: str) -> list[str]:
    """Ways to type one identifier."""
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in identifier)
    ways = [identifier, f" {identifier}\u3000", wide, f"\u202d{identifier}\u202c"]
    if identifier[:-1].isdigit():
        ways += [f"{identifier[:3]} {identifier[3:7]} {identifier[7:]}", identifier.lower()]
    return [*ways, f"+86 {identifier}"] if len(identifier) == 11 else ways


def tried(outside: Any, person: dict[str, str], script: list[tuple[str, int, str]]) -> list[Told]:
    """The answer to each step of a script: (name, spelling, captcha)."""
    told: list[Told] = []
    for kind, way, captcha in script:
        ways = spellings(person[kind])
        identifier = ways[way % len(ways)]
        given = None
        if captcha != "none":
            given = outside.captcha(identifier=ways[(way + 1) % len(ways)])  # a captcha is for all of them too
            if captcha == "wrong":
                given["answer"] = "####"
        answer = outside.login(identifier, WRONG, captcha=given)
        told.append((answer.status_code, answer.json()))
    return told


def known_person(outside: Any, login_name: str = "agent") -> dict[str, str]:
    seeded = outside.seeded(login_name)
    return {kind: seeded[kind] for kind in KINDS}


def scripts(seed: int, steps: int) -> list[tuple[str, int, str]]:
    chance = random.Random(seed)
    return [
        (chance.choice(KINDS), chance.randrange(7), chance.choice(["none", "right", "right", "right", "wrong"]))
        for _ in range(steps)
    ]


def alike(outside: Any, script: list[tuple[str, int, str]]) -> list[Told]:
    """The answers to the script, for a known person and for an unknown one."""
    outside.gateway.reset()
    outside.freeze()
    known, unknown = (tried(outside, person, script) for person in (known_person(outside), STRANGER))
    assert known == unknown
    return known


def test_a_phone_number_then_an_id_number_then_a_login_name(outside: Any) -> None:
    """The two tries of the finding: the second name owes no captcha for the first one's wrong password."""
    told = alike(outside, [(kind, 0, "none") for kind in KINDS] + [(kind, 1, "none") for kind in KINDS])
    assert [body["code"] for _, body in told] == ["invalid_credentials"] * 3 + ["captcha_required"] * 3


def test_small_x_and_capital_x_and_every_other_spelling_are_one_name(outside: Any) -> None:
    """One name has one count, for known and unknown people."""
    ways = range(len(spellings(STRANGER["id_number"])))
    told = alike(outside, [("id_number", way, "none" if way == 0 else "right") for way in ways])
    assert [body["code"] for _, body in told] == ["invalid_credentials"] * 5 + ["account_locked"]


def test_the_lock_of_one_name_is_not_seen_at_another(outside: Any) -> None:
    """Five wrong passwords by phone number lock; two by ID number get the answers of an unknown person."""
    script = [("phone", 0, "right")] * 6 + [("id_number", 0, "none"), ("id_number", 0, "right")]
    told = alike(outside, script)
    assert [body["code"] for _, body in told][4:] == ["invalid_credentials", "account_locked"] + [
        "invalid_credentials"
    ] * 2


@pytest.mark.parametrize("seed", range(2))
def test_any_order_of_names_and_captchas_is_answered_alike(outside: Any, seed: int) -> None:
    alike(outside, scripts(seed, 16))


@pytest.mark.parametrize("seed", range(2, 12))
def test_many_more_orders_are_answered_alike(outside: Any, seed: int) -> None:
    alike(outside, scripts(seed, 30))


def test_of_wrong_passwords_by_all_names_at_once_five_are_evaluated(outside: Any) -> None:
    """The sixth try of a known person is not looked at, by whichever name: the right password is then refused too."""
    person = known_person(outside)
    lockout = [(person[kind], outside.captcha(identifier=person[kind])) for kind in KINDS for _ in range(4)]
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda given: outside.login(given[0], WRONG, captcha=given[1]), lockout))
    assert {answer.json()["code"] for answer in answers} <= {"invalid_credentials", "captcha_required"}
    assert sum(answer.json()["code"] == "invalid_credentials" for answer in answers) >= 5
    refused = [outside.login(person[kind], captcha=True).json()["code"] for kind in KINDS]
    assert refused == ["invalid_credentials"] * 3
    outside.move(121 * 60)
    assert outside.login(person["phone"], captcha=True).status_code == 201


def test_a_success_by_one_name_clears_the_count_of_all(outside: Any) -> None:
    """As the manual says: until a success."""
    person = known_person(outside)
    for kind in KINDS:
        assert outside.login(person[kind], WRONG).json()["code"] == "invalid_credentials"
    assert outside.login(person["phone"]).json()["code"] == "captcha_required"
    assert outside.login(person["phone"], captcha=True).status_code == 201
    assert [outside.login(person[kind]).status_code for kind in KINDS] == [201] * 3


@pytest.mark.parametrize(
    "typed",
    [
        str.lower,
        str.upper,
        lambda name: f" {name} ",
        lambda name: f"\u202d{name}\u202c",
        lambda name: name[:6] + " " + name[6:],
    ],
)
def test_an_id_number_logs_in_however_it_is_typed(outside: Any, typed: Callable[[str], str]) -> None:
    assert outside.login(typed(outside.seeded("agent")["id_number"])).status_code == 201


@pytest.mark.parametrize(
    "typed", ["+86 138 0000 0003", "１３８００００0003", "\u202d13800000003\u202c", "138 0000 0003"]
)
def test_a_phone_number_logs_in_however_it_is_typed(outside: Any, typed: str) -> None:
    assert outside.login(typed).status_code == 201


@pytest.mark.parametrize("body", [{}, {"identifier": "agent", "taxpayer_id": "91110000600037341L"}])
def test_a_captcha_is_for_one_thing(outside: Any, body: dict[str, str]) -> None:
    """A captcha without an identifier would be valid for every account (SECURITY.md 41)."""
    answer = outside.post("/captchas", **body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    assert [error["field"] for error in answer.json()["errors"]] == ["identifier", "taxpayer_id"]

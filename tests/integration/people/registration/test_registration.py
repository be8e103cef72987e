"""Registration from outside (DESIGN.md section 5; SECURITY.md 14 to 16, 18)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

ANA = {"name": "张三丰", "id_type": "resident_id", "id_number": "11010519491231002X"}
AHMET = {"name": "买买提·𠮷", "id_type": "passport", "id_number": "E99887766"}
PHONE = "13911110001"


def code(answer: requests.Response) -> str:
    return "ok" if answer.ok else str(answer.json()["code"])


def rules(answer: requests.Response) -> dict[str, str]:
    assert (answer.status_code, code(answer)) == (422, "invalid_request")
    return {error["field"]: error.get("rule", "") for error in answer.json()["errors"]}


@pytest.mark.parametrize(
    "person",
    [
        ANA,
        AHMET,
        {"name": "陈大文", "id_type": "hk_macau_permit", "id_number": "H12345678"},
        {"name": "林小姐", "id_type": "taiwan_permit", "id_number": "12345678"},
        {"name": "John Smith", "id_type": "foreign_permanent_resident", "id_number": "USA110115123456"},
        {"name": "𠀀" * 50, "id_type": "passport", "id_number": "C0FFEE123"},
    ],
    ids=lambda person: person["id_type"],
)
def test_a_person_with_any_of_the_documents_registers_and_logs_in(outside: Any, person: dict[str, str]) -> None:
    path, body = outside.completion(person, PHONE, login_name="新人_𠮷")
    done = outside.post(path, **body)
    assert done.status_code == 201, done.text
    assert done.json()["account"]["login_name"] == "新人_𠮷"
    assert person["name"] not in done.text
    assert "access_token" not in done.text  # registration does not log in
    assert outside.login("新人_𠮷", "Fresh-2026").status_code == 201
    assert outside.login(PHONE, "Fresh-2026").status_code == 201
    by_number = outside.login(person["id_number"], "Fresh-2026")
    assert by_number.ok == (person["id_type"] == "resident_id")


def test_registration_without_consent_is_refused(outside: Any) -> None:
    registration_code = outside.hall_code(**ANA)
    assert code(outside.begin_registration(ANA, registration_code, consent=False)) == "consent_required"
    assert code(outside.post("/registrations", registration_code=registration_code, **ANA)) == "invalid_request"
    assert code(outside.begin_registration(ANA, registration_code)) == "ok"


def test_a_registration_code_has_six_letters_and_digits_and_may_be_typed_in_small_ones(outside: Any) -> None:
    registration_code = outside.hall_code(**ANA)
    assert len(registration_code) == 6
    assert registration_code.isalnum()
    assert registration_code.isascii()
    assert code(outside.begin_registration(ANA, registration_code.lower())) == "ok"


def test_a_registration_code_is_valid_for_seven_days_less_a_second_and_not_a_second_more(outside: Any) -> None:
    registration_code = outside.hall_code(**ANA)
    outside.move(7 * 86_400 - 1)
    assert code(outside.begin_registration(ANA, registration_code)) == "ok"
    outside.move(2)
    expired = outside.begin_registration(ANA, registration_code)
    assert (expired.status_code, code(expired)) == (410, "registration_code_expired")


@pytest.mark.parametrize(
    "changed",
    [
        {"name": "张三疯"},
        {"id_number": "440524188001010014"},
        {"id_type": "passport", "id_number": "E11223344"},
    ],
    ids=["another name", "another number", "another document"],
)
def test_a_registration_code_is_bound_to_name_document_and_number(outside: Any, changed: dict[str, str]) -> None:
    other = {**ANA, **changed}
    if other["id_number"] == "440524188001010014":
        other["id_number"] = "110101199003071233"[:17] + _check_digit("11010119900307123")
    registration_code = outside.hall_code(**ANA)
    wrong = outside.begin_registration(other, registration_code)
    none = outside.begin_registration({**ANA, "id_type": "passport", "id_number": "E55555555"}, "ABC234")
    assert (wrong.status_code, wrong.json()) == (none.status_code, none.json())
    assert code(wrong) == "registration_code_invalid"
    assert code(outside.begin_registration(ANA, registration_code)) == "ok"


def _check_digit(first_17: str) -> str:
    total = sum(int(digit) * (2 ** (17 - place) % 11) for place, digit in enumerate(first_17))
    return "10X98765432"[total % 11]


def test_a_new_registration_code_voids_the_one_before(outside: Any) -> None:
    first, second = outside.hall_code(**ANA), outside.hall_code(**ANA)
    if first != second:
        spent = outside.begin_registration(ANA, first)
        assert (spent.status_code, code(spent)) == (410, "registration_code_spent")
    assert code(outside.begin_registration(ANA, second)) == "ok"


def test_a_new_registration_code_voids_a_registration_begun_with_the_one_before(outside: Any) -> None:
    path, body = outside.completion(ANA, PHONE)
    outside.hall_code(**ANA)
    assert code(outside.post(path, **body)) == "registration_code_spent"


def test_a_registration_code_is_void_after_five_wrong_tries(outside: Any) -> None:
    registration_code = outside.hall_code(**ANA)
    wrong = "AAAA22" if registration_code != "AAAA22" else "BBBB22"
    for _ in range(5):
        assert code(outside.begin_registration(ANA, wrong)) == "registration_code_invalid"
    void = outside.begin_registration(ANA, registration_code)
    assert (void.status_code, code(void)) == (410, "registration_code_spent")
    assert code(outside.begin_registration(ANA, outside.hall_code(**ANA))) == "ok"


def test_four_wrong_tries_leave_the_code_valid(outside: Any) -> None:
    registration_code = outside.hall_code(**ANA)
    for _ in range(4):
        outside.begin_registration(ANA, "AAAA22")
    for _ in range(3):
        assert code(outside.begin_registration(ANA, registration_code)) == "ok"


@pytest.mark.slow
def test_of_parallel_guesses_five_at_most_are_compared(two_workers: Any, outside: Any) -> None:
    two_workers.reset()
    there = type(outside)(two_workers)
    registration_code = there.hall_code(**ANA)
    guesses = ["AAAA22"] * 20 + [registration_code]
    with ThreadPoolExecutor(20) as pool:
        list(pool.map(lambda guess: there.begin_registration(ANA, guess), guesses[:20]))
    assert code(there.begin_registration(ANA, registration_code)) == "registration_code_spent"


@pytest.mark.slow
def test_parallel_redemption_of_one_code_makes_one_account(two_workers: Any, outside: Any) -> None:
    two_workers.reset()
    there = type(outside)(two_workers)
    registration_code = there.hall_code(**ANA)
    began = [there.begin_registration(ANA, registration_code).json()["registration_id"] for _ in range(8)]
    bodies = []
    for number, registration_id in enumerate(began):
        phone = f"1391111{number:04d}"
        assert there.post(f"/registrations/{registration_id}/sms-codes", phone=phone).status_code == 202
        bodies.append(
            {
                "login_name": f"person_{number}",
                "password": "Fresh-2026",
                "phone": phone,
                "sms_code": there.sms(phone),
                "household_division": "110101",
            }
        )
    with ThreadPoolExecutor(8) as pool:
        answers = list(
            pool.map(
                lambda pair: there.post(f"/registrations/{pair[0]}/completion", **pair[1]),
                zip(began, bodies, strict=True),
            )
        )
    assert sorted(answer.status_code for answer in answers)[0] == 201
    assert [answer.status_code for answer in answers].count(201) == 1
    assert {code(answer) for answer in answers} <= {"ok", "registration_code_spent", "document_taken"}


def test_a_used_code_serves_no_second_account(outside: Any) -> None:
    registration_code = outside.hall_code(**ANA)
    began = outside.begin_registration(ANA, registration_code).json()["registration_id"]
    path = f"/registrations/{began}"
    outside.post(f"{path}/sms-codes", phone=PHONE)
    body = {"login_name": "ana", "password": "Fresh-2026", "phone": PHONE, "sms_code": outside.sms(PHONE)}
    assert outside.post(f"{path}/completion", **body, household_division="110101").status_code == 201
    assert code(outside.begin_registration(ANA, registration_code)) == "registration_code_spent"
    assert code(outside.post(f"{path}/completion", **body, household_division="110101")) == "registration_not_found"


def test_a_taken_name_or_phone_is_refused_without_a_hint_at_its_owner(outside: Any) -> None:
    agent = outside.seeded("agent")
    path, body = outside.completion(ANA, agent["phone"])
    for changed, expected in (({"login_name": "agent"}, "login_name_taken"), ({}, "phone_taken")):
        refused = outside.post(path, **{**body, **changed})
        assert (refused.status_code, code(refused)) == (409, expected)
        for told in (agent["name"], agent["id_number"], "agent"):
            assert told not in refused.text
    taken = requests.post(f"{outside.url}/sim/v1/hall/registration-codes", json=outside.person("agent"), timeout=10)
    assert (taken.status_code, code(taken)) == (409, "document_taken")


def test_a_taken_phone_is_reported_only_after_its_owner_is_proved(outside: Any) -> None:
    agent = outside.seeded("agent")
    path, body = outside.completion(ANA, agent["phone"])
    wrong = f"{(int(body['sms_code']) + 1) % 10**6:06d}"
    assert code(outside.post(path, **{**body, "sms_code": wrong})) == "sms_code_invalid"
    assert code(outside.post(path, **body)) == "phone_taken"


def test_every_rule_broken_is_named(outside: Any) -> None:
    path, body = outside.completion(ANA, PHONE)
    refused = outside.post(
        path, **{**body, "login_name": "1234", "password": "abc", "phone": "123", "household_division": "999999"}
    )
    assert rules(refused) == {
        "login_name": "login_name_digits_alone",
        "password": "password_length",
        "phone": "phone_form",
        "household_division": "division_unknown",
    }
    for login_name, rule in (("a", "length"), ("a" * 17, "length"), ("a b", "characters"), ("a-b", "characters")):
        assert rules(outside.post(path, **{**body, "login_name": login_name})) == {"login_name": f"login_name_{rule}"}
    for password, rule in (("abcdefgh1", "classes"), ("Abc 12345", "white_space"), ("Abcdefgh12345678", "length")):
        refused = outside.post(path, **{**body, "password": password})
        assert rules(refused) == {"password": f"password_{rule}"}
        assert password not in refused.text
    assert outside.post(path, **body).status_code == 201


@pytest.mark.parametrize(
    "changed",
    [
        {"name": "\u200b"},
        {"name": "张" * 51},
        {"name": "张3"},
        {"id_number": "110105194912310021"},
        {"id_number": "11010519491331002X"},
        {"id_type": "passport"},
        {"id_type": "taiwan_permit", "id_number": "H12345678"},
        {"id_type": "driving_licence"},
    ],
)
def test_names_and_numbers_that_cannot_be_are_refused_at_once(outside: Any, changed: dict[str, str]) -> None:
    assert code(outside.begin_registration({**ANA, **changed}, "ABC234")) == "invalid_request"

"""Names, numbers, identifiers and passwords as people type them, from outside (DESIGN.md section 5)."""

from __future__ import annotations

from typing import Any

import pytest

PHONE = "13911110001"
PASSPORT = {"id_type": "passport", "id_number": "E99887766"}


def code(answer: Any) -> str:
    return "ok" if answer.ok else str(answer.json()["code"])


@pytest.mark.parametrize(
    ("issued", "typed"),
    [
        ("古丽米热·艾比布力", "古丽米热.艾比布力"),
        ("古丽米热·艾比布力", "古丽米热 · 艾比布力"),
        ("古丽米热ꞏ艾比布力", "古丽米热●艾比布力"),
        ("JOHN SMITH", "JOHN  SMITH"),
        ("JOHN SMITH", "John Smith"),
        ("O'BRIEN", "O’BRIEN"),
        ("难", "难"),
        ("黄龙", "⻩⻰"),
        ("刘䶮", "刘\ue863"),
        ("古丽米热·艾比布力", "古丽米热`艾比布力"),
        ("张三", "\u3164张三"),
    ],
)
def test_a_name_typed_in_another_way_fits_the_halls_code(outside: Any, issued: str, typed: str) -> None:
    registration_code = outside.hall_code(name=issued, **PASSPORT)
    assert code(outside.begin_registration({"name": typed, **PASSPORT}, registration_code)) == "ok"
    # Nor did it count as a wrong try.
    for _ in range(5):
        assert code(outside.begin_registration({"name": typed, **PASSPORT}, registration_code)) == "ok"


@pytest.mark.parametrize(
    ("id_type", "issued", "typed"),
    [
        ("resident_id", "110101199001040011", "110101 19900104 0011"),
        ("resident_id", "110101199001030016", "１１０１０１１９９００１０３００１６"),
        ("taiwan_permit", "1234567801B", "1234567801(B)"),
        ("hk_macau_permit", "H1234567801", "h12345678（01）"),
    ],
)
def test_a_number_typed_in_another_way_is_the_same_document(
    outside: Any, id_type: str, issued: str, typed: str
) -> None:
    registration_code = outside.hall_code(name="张三丰", id_type=id_type, id_number=issued)
    person = {"name": "张三丰", "id_type": id_type, "id_number": typed}
    assert code(outside.begin_registration(person, registration_code.lower())) == "ok"


@pytest.mark.parametrize(
    "identifier",
    [
        "13800000003 ",
        "agent ",
        "138 0000 0003",
        "138-0000-0003",
        "+8613800000003",
        "(+86) 138 0000 0003",
        "\u202d13800000003\u202c",
        "１３８００００ ０００３",
        "110101-19900307-0011",
        "+86 (0)138/0000/0003",
        "tel:13800000003\u3164",
    ],
)
def test_an_identifier_typed_in_another_way_logs_in(outside: Any, identifier: str) -> None:
    assert code(outside.login(identifier)) == "ok"


def test_what_is_registered_in_one_form_is_found_under_all(outside: Any) -> None:
    """A login name with a compatibility character was stored as typed, and nobody could log in by it."""
    person = {"name": "José María", **PASSPORT}
    path, body = outside.completion(person, f"+86 {PHONE}", login_name="新\U0002f81a人ａ", password="Café-2019")
    done = outside.post(path, **body)
    assert done.status_code == 201, done.text
    assert done.json()["account"]["login_name"] == "新冬人a"
    for identifier in ("新\U0002f81a人ａ", "新冬人a", PHONE, f"0086{PHONE}"):
        assert code(outside.login(identifier, "Cafe\u0301-2019")) == "ok"


def test_the_person_of_a_reset_and_of_a_grant_is_compared_in_the_same_way(outside: Any) -> None:
    person = {**outside.person("passport"), "name": "ＪＯＨＮ  smith", "id_number": "e 1234 5678"}
    path = outside.reset_path(person)
    assert outside.post(f"{path}/sms-codes").status_code == 202
    assert outside.sms("13800000007")
    unit = next(unit["taxpayer_id"] for unit in outside.gateway.control.seed()["units"] if unit["alias"] == "A")
    head = outside.token("legal_rep")
    granted = outside.post(f"/units/{unit.lower()}/authorizations", head, name=" john smith", phone="+86 138-0000-0007")
    assert granted.status_code == 201, granted.text

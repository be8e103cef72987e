"""Registration by face recognition: the control plane decides the outcome (DESIGN.md section 5)."""

from __future__ import annotations

from typing import Any

PERSON = {"name": "张三丰", "id_type": "resident_id", "id_number": "11010519491231002X"}
PHONE = "13911110001"


def begin(outside: Any, **changed: Any) -> Any:
    return outside.post("/registrations", **{"consent": True, "way": "face", **PERSON, **changed})


def faces(outside: Any, outcome: str) -> None:
    assert outside.call("PUT", "/sim/v1/faces", json={"outcome": outcome}).status_code == 200


def test_a_recognized_person_registers_without_the_hall(outside: Any) -> None:
    began = begin(outside)
    assert (began.status_code, began.json()["step"]) == (201, "phone")
    path = f"/registrations/{began.json()['registration_id']}"
    assert outside.post(f"{path}/sms-codes", phone=PHONE).status_code == 202
    body = {"login_name": "zhang_sf", "password": "Fresh-2026", "phone": PHONE, "household_division": "110105"}
    done = outside.post(f"{path}/completion", **body, sms_code=outside.sms(PHONE))
    assert done.status_code == 201, done.text
    assert outside.login(PERSON["id_number"], "Fresh-2026").status_code == 201
    assert begin(outside).json()["code"] == "document_taken"
    assert outside.get(path).json()["code"] == "registration_not_found"


def test_the_control_plane_decides_whether_the_face_is_recognized(outside: Any) -> None:
    faces(outside, "not_recognized")
    refused = begin(outside)
    assert (refused.status_code, refused.json()["code"]) == (403, "face_not_recognized")
    faces(outside, "unavailable")
    refused = begin(outside)
    assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
    faces(outside, "recognized")
    assert begin(outside).status_code == 201
    faces(outside, "not_recognized")
    outside.gateway.control.reset()
    assert begin(outside).status_code == 201


def test_an_unfinished_registration_leaves_the_halls_code_valid(outside: Any) -> None:
    code = outside.hall_code(**PERSON)
    assert begin(outside).status_code == 201
    assert outside.begin_registration(PERSON, code).status_code == 201


def test_consent_a_resident_id_card_and_a_way_are_needed(outside: Any) -> None:
    assert begin(outside, consent=False).json()["code"] == "consent_required"
    passport = begin(outside, id_type="passport", id_number="E12345678").json()
    assert passport["errors"][0]["rule"] == "face_needs_resident_id"
    wrong = begin(outside, id_number="110105194912310021").json()
    assert wrong["errors"][0]["rule"] == "id_number_check_digit"
    without_code = outside.post("/registrations", consent=True, **PERSON).json()
    assert (without_code["errors"][0]["field"], without_code["errors"][0]["rule"]) == ("registration_code", "missing")

"""A registration's phone step, its going on and its choices, from outside (DESIGN.md section 5; SECURITY.md 15)."""

from __future__ import annotations

from typing import Any

import requests

from scan_to_login.rules.divisions import AS_OF

ANA = {"name": "张三丰", "id_type": "resident_id", "id_number": "11010519491231002X"}
AHMET = {"name": "买买提·𠮷", "id_type": "passport", "id_number": "E99887766"}
PHONE = "13911110001"


def code(answer: requests.Response) -> str:
    return "ok" if answer.ok else str(answer.json()["code"])


def test_an_sms_code_is_bound_to_phone_and_registration_and_serves_once(outside: Any) -> None:
    path, body = outside.completion(ANA, PHONE)
    assert code(outside.post(path, **{**body, "phone": "13911110002"})) == "sms_code_invalid"
    other_path, _ = outside.completion(AHMET, "13911110003")
    assert code(outside.post(other_path, **{**body, "login_name": "other"})) == "sms_code_invalid"
    assert outside.post(path, **body).status_code == 201


def test_an_sms_code_is_void_after_five_minutes_or_five_wrong_tries(outside: Any) -> None:
    path, body = outside.completion(ANA, PHONE)
    outside.move(301)
    expired = outside.post(path, **body)
    assert (expired.status_code, code(expired)) == (410, "sms_code_expired")
    outside.post(path.replace("completion", "sms-codes"), phone=PHONE)
    body["sms_code"] = outside.sms(PHONE)
    wrong = {**body, "sms_code": f"{(int(body['sms_code']) + 1) % 10**6:06d}"}
    for _ in range(5):
        assert code(outside.post(path, **wrong)) == "sms_code_invalid"
    assert code(outside.post(path, **body)) == "sms_code_invalid"


def test_codes_are_sent_a_minute_apart_and_five_times_at_most(outside: Any) -> None:
    path, _ = outside.completion(ANA, PHONE)
    path = path.replace("completion", "sms-codes")
    refused = outside.post(path, phone=PHONE)
    assert (refused.status_code, code(refused)) == (429, "rate_limited")
    assert 50 < int(refused.headers["Retry-After"]) <= 60
    for _ in range(4):
        outside.move(61)
        assert outside.post(path, phone=PHONE).status_code == 202
    outside.move(61)
    assert code(outside.post(path, phone=PHONE)) == "rate_limited"


def test_a_registration_can_be_gone_on_with_until_it_expires(outside: Any) -> None:
    began = outside.begin_registration(ANA).json()
    path = f"/registrations/{began['registration_id']}"
    assert outside.get(path).json()["step"] == "phone"
    outside.post(f"{path}/sms-codes", phone=PHONE)
    standing = outside.get(path).json()
    assert (standing["step"], standing["phone"]) == ("completion", "139****0001")
    assert PHONE not in str(standing)
    outside.move(began["expires_in"] + 1)
    gone = outside.get(path)
    assert (gone.status_code, code(gone)) == (410, "registration_expired")
    assert code(outside.post(f"{path}/sms-codes", phone=PHONE)) == "registration_expired"
    assert code(outside.get("/registrations/unknown")) == "registration_not_found"


def test_divisions_and_rare_characters_are_there_to_choose_from(outside: Any) -> None:
    provinces = outside.get("/divisions").json()["divisions"]
    assert len(provinces) == 34
    assert outside.get("/divisions", parent="440000").json()["divisions"][0]["code"] == "440100"
    found = outside.get("/divisions", name="崇文").json()
    assert [(one["code"], one["full_name"], one["former_names"]) for one in found["divisions"]] == [
        ("110101", "北京市东城区", ["崇文区"])
    ]
    assert found["as_of"] == AS_OF
    assert outside.get("/divisions", parent="999999").status_code == 404
    assert outside.get("/divisions", parent="x").status_code == 422
    radicals = {entry["character"]: entry for entry in outside.get("/radicals").json()["radicals"]}
    assert radicals["马"]["simplified_of"] == "187"
    found = outside.get("/characters", radical="口", strokes=3, limit=500).json()
    assert "𠮷" in {entry["character"] for entry in found["characters"]}
    assert found["total"] == len(found["characters"])
    page = outside.get("/characters", radical="30", strokes=3, limit=10).json()
    assert page["next"] == 10
    assert outside.get("/characters", radical="x", strokes=3).status_code == 404
    assert outside.get("/characters", radical="30", strokes="many").status_code == 422


def test_a_name_entered_by_rare_characters_registers(outside: Any) -> None:
    rare = outside.get("/characters", radical="龙", limit=1, offset=3).json()["characters"][0]["character"]
    person = {**AHMET, "name": f"王{rare}"}
    path, body = outside.completion(person, PHONE)
    assert outside.post(path, **body).status_code == 201

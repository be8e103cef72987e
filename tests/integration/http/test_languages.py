"""Refusals in the language that ``Accept-Language`` asks for; each rule of a field has a stable code."""

from __future__ import annotations

import re
from typing import Any

import pytest

from scan_to_login.field_rules import FieldRule
from scan_to_login.messages import catalogue, sentence
from scan_to_login.testing.live import LiveGateway
from tests.integration.wire import CLIENT, DEVICE, PASSWORD, Socket, Wire

HAN = re.compile(r"[㐀-鿿]")
CHINESE = {"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.8"}
PERSON = {"name": "张三", "id_type": "resident_id", "id_number": "11010519491231002X"}
RESET = "/password-resets"


def client(**changes: object) -> dict[str, Any]:
    return {"json": {"client": {**CLIENT, **changes}}}


def person(**changes: object) -> dict[str, Any]:
    return {"json": {**PERSON, **changes}}


def legacy(taxpayer_id: str) -> dict[str, Any]:
    return {"json": {"client": CLIENT, "taxpayer_id": taxpayer_id, "declaration_password": PASSWORD}}


BROKEN: list[tuple[str, str, dict[str, Any], str, FieldRule, dict[str, Any]]] = [
    ("POST", "/tickets", {"json": {}}, "client", FieldRule.MISSING, {}),
    ("POST", "/tickets", client(more=1), "client.more", FieldRule.UNKNOWN_FIELD, {}),
    ("POST", "/tickets", client(name="a" * 65), "client.name", FieldRule.TOO_LONG, {"max": 64}),
    ("POST", "/tickets", client(name=""), "client.name", FieldRule.TOO_SHORT, {"min": 1}),
    ("POST", "/tickets", client(name=7), "client.name", FieldRule.TEXT_EXPECTED, {}),
    ("POST", "/tickets", {"json": {"client": 7}}, "client", FieldRule.OBJECT_EXPECTED, {}),
    ("POST", "/tickets", client(name="a\0b"), "client.name", FieldRule.NUL_CHARACTER, {}),
    ("POST", "/tickets", client(name="  "), "client.name", FieldRule.LABEL_BLANK, {}),
    (
        "POST", "/tickets", client(name="a\u202eb"), "client.name",
        FieldRule.LABEL_HIDDEN_CHARACTER, {"character": "U+202E"},
    ),
    ("GET", "/divisions?parent=x", {}, "parent", FieldRule.PATTERN, {"pattern": "^([0-9]{6})?$"}),
    ("GET", "/characters?radical=30&limit=x", {}, "limit", FieldRule.WHOLE_NUMBER_EXPECTED, {}),
    ("GET", "/characters?radical=30&limit=0", {}, "limit", FieldRule.AT_LEAST, {"min": 1}),
    ("GET", "/characters?radical=30&offset=100001", {}, "offset", FieldRule.AT_MOST, {"max": 100_000}),
    ("GET", "/radicals?moon=full", {}, "moon", FieldRule.UNKNOWN_FIELD, {}),
    ("POST", "/captchas", {"json": {}}, "identifier", FieldRule.CAPTCHA_PURPOSE, {}),
    ("POST", RESET, person(name="张" * 51), "name", FieldRule.NAME_LENGTH, {"min": 1, "max": 50}),
    ("POST", RESET, person(name="张3"), "name", FieldRule.NAME_CHARACTER, {"character": "U+0033"}),
    ("POST", RESET, person(name="·张三"), "name", FieldRule.NAME_ENDS, {}),
    ("POST", RESET, person(name="张··三"), "name", FieldRule.NAME_DOTS, {}),
    ("POST", RESET, person(id_number="1"), "id_number", FieldRule.RESIDENT_ID_FORM, {}),
    ("POST", RESET, person(id_number="160105194912310021"), "id_number", FieldRule.ID_NUMBER_PROVINCE, {}),
    ("POST", RESET, person(id_number="110105194912310021"), "id_number", FieldRule.ID_NUMBER_CHECK_DIGIT, {}),
    ("POST", RESET, person(id_type="passport"), "id_number", FieldRule.PASSPORT_FORM, {}),
    ("POST", RESET, person(id_type="hk_macau_permit"), "id_number", FieldRule.HK_MACAU_PERMIT_FORM, {}),
    ("POST", RESET, person(id_type="taiwan_permit"), "id_number", FieldRule.TAIWAN_PERMIT_FORM, {}),
    (
        "POST", RESET, person(id_type="foreign_permanent_resident"), "id_number",
        FieldRule.FOREIGN_PERMANENT_RESIDENT_FORM, {},
    ),
    (
        "POST", RESET, person(id_type="diploma"), "id_type", FieldRule.ONE_OF,
        {"allowed": ["resident_id", "passport", "hk_macau_permit", "taiwan_permit", "foreign_permanent_resident"]},
    ),
    ("POST", "/legacy-sessions", legacy("9"), "taxpayer_id", FieldRule.TAXPAYER_ID_LENGTH, {}),
    ("POST", "/legacy-sessions", legacy("91110000600037341X"), "taxpayer_id", FieldRule.CREDIT_CODE_CHECK_DIGIT, {}),
    ("POST", "/legacy-sessions", legacy("110101600037342"), "taxpayer_id", FieldRule.ORGANIZATION_CODE_CHECK_DIGIT, {}),
    ("POST", "/sim/v1/faults", {"json": {"kind": "latency"}}, "milliseconds", FieldRule.FAULT_DURATION, {}),
    ("POST", "/sim/v1/faults", {"json": {"kind": "error", "seconds": 0}}, "seconds", FieldRule.ABOVE, {"min": 0}),
    ("POST", "/sim/v1/clock/advance", {"json": {"seconds": "7"}}, "seconds", FieldRule.NUMBER_EXPECTED, {}),
    ("PUT", "/sim/v1/clock", {"json": {"frozen": "yes"}}, "frozen", FieldRule.BOOLEAN_EXPECTED, {}),
]  # fmt: skip


@pytest.fixture
def wire(gateway: LiveGateway) -> Wire:
    return Wire(gateway.url)


@pytest.mark.parametrize(
    ("method", "path", "options", "field", "rule", "values"), BROKEN, ids=[f"{case[4]}-{case[3]}" for case in BROKEN]
)
def test_a_broken_rule_is_a_code_with_a_sentence_in_either_language(
    wire: Wire, method: str, path: str, options: dict[str, Any], field: str, rule: FieldRule, values: dict[str, Any]
) -> None:
    for headers, language in (({}, "en"), (CHINESE, "zh")):
        refused = wire.call(method, path, headers=headers, **options)
        assert (refused.status, refused.code) == (422, "invalid_request")
        message = sentence("zh" if language == "zh" else "en", f"field.{rule}", **values)
        expected = {"field": field, "rule": rule, "message": message, "values": values}
        assert refused.body["errors"][0] == expected
        assert bool(HAN.search(message)) == bool(HAN.search(refused.body["detail"])) == (language == "zh")
        assert refused.headers["content-language"] == ("zh-CN" if language == "zh" else "en")
        assert refused.headers["vary"] == "Accept-Language"


@pytest.mark.parametrize(
    ("password", "rule"),
    [
        ("short", FieldRule.PASSWORD_LENGTH),
        ("Demo 2019", FieldRule.PASSWORD_WHITE_SPACE),
        ("abcdefgh", FieldRule.PASSWORD_CLASSES),
    ],
)
def test_a_rule_of_passwords_is_the_detail_too(wire: Wire, password: str, rule: FieldRule) -> None:
    reset = wire.call("POST", RESET, json=PERSON).body["reset_id"]
    body = {"sms_code": "000000", "new_password": password}
    refused = wire.call("POST", f"{RESET}/{reset}/completion", headers=CHINESE, json=body)
    (error,) = refused.body["errors"]
    assert (error["field"], error["rule"]) == ("new_password", rule)
    assert refused.body["detail"] == error["message"] == sentence("zh", f"field.{rule}", **error["values"])


def test_a_wrong_password_and_an_unknown_address_are_told_in_chinese(wire: Wire) -> None:
    body = {"identifier": "nobody", "password": "wrong", "device": DEVICE}
    wrong = wire.call("POST", "/app/sessions", headers=CHINESE, json=body)
    assert (wrong.code, wrong.body["title"]) == ("invalid_credentials", "账号或密码错误")
    assert wire.call("GET", "/nothing", headers=CHINESE).body["title"] == "未找到"
    assert wire.call("POST", "/tickets/x/scan", headers=CHINESE, json={}).body["title"] == "未登录"  # the fast path


def test_an_injected_fault_is_told_in_chinese(wire: Wire) -> None:
    fault = {"kind": "error", "route": "POST /api/v1/tickets", "status": 503, "times": 1}
    assert wire.call("POST", "/sim/v1/faults", json=fault).status == 201
    assert wire.call("POST", "/tickets", headers=CHINESE, json={"client": CLIENT}).body["title"] == "暂时不可用"


def test_a_socket_is_refused_in_the_language_of_its_handshake(wire: Wire) -> None:
    body = {"client": {**CLIENT, "name": ""}}
    with Socket(wire.url) as english, Socket(wire.url, **CHINESE) as chinese:
        said = [socket.call("request_ticket", body)["error"] for socket in (english, chinese)]
    assert [error["code"] for error in said] == ["invalid_request", "invalid_request"]
    messages = [error["errors"][0]["message"] for error in said]
    assert messages == [catalogue("en")["field.too_short"].format(min=1), "至少 1 个字符。"]
    assert HAN.search(said[1]["detail"])
    assert not HAN.search(said[0]["detail"])

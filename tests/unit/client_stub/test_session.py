"""Calls of a session, and units by alias."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import pytest

from client_stub.connection.rest import make_rest
from client_stub.errors import ClientError, LocalCode
from client_stub.session import SessionCalls, is_taxpayer_id
from scan_to_login.captcha import Captcha
from scan_to_login.protocol import ClientInfo

A = "91110108MA01A0B1CY"
ACCOUNT = {"account_id": "a-1", "login_name": "agent", "display_name": "*三", "id_type": "resident_id"}
LOGIN = {"access_token": "a-token", "expires_in": 60, "account": ACCOUNT, "units": [], "next": "bind_unit"}
SESSION = {"account": ACCOUNT, "unit": None, "stage": "logged_in", "created_at": 1, "expires_at": 2}


@pytest.fixture
def calls(answering: Any) -> Iterator[SessionCalls]:
    rest = make_rest(answering.url)
    yield SessionCalls(rest, ClientInfo(name="n", version="v", device="d"))
    rest.close()


def log_in(calls: SessionCalls, answering: Any) -> None:
    answering.put(LOGIN)
    calls.login("agent", "secret")
    answering.answers.clear()
    answering.asked.clear()


@pytest.mark.parametrize("text", [A, "110101199003070", "91110108MA01A0B1CY"])
def test_a_taxpayer_number_is_recognized_by_its_form(text: str) -> None:
    assert is_taxpayer_id(text)


@pytest.mark.parametrize("text", ["A", "B", "", "unit a", "91110108ma01a0b1cy", "甲"])
def test_everything_else_is_an_alias(text: str) -> None:
    assert not is_taxpayer_id(text)


def test_a_taxpayer_number_is_not_looked_up(calls: SessionCalls, answering: Any) -> None:
    assert calls.taxpayer_id(A) == A
    assert answering.asked == []


def test_an_alias_is_looked_up_in_the_seed_once(calls: SessionCalls, answering: Any) -> None:
    answering.put({"alias": "部门 A/1", "taxpayer_id": A})
    assert [calls.taxpayer_id("部门 A/1"), calls.taxpayer_id("部门 A/1")] == [A, A]
    path = "/sim/v1/seed/units/%E9%83%A8%E9%97%A8%20A%2F1"
    assert [(method, path) for method, path, _, _ in answering.asked] == [("GET", path)]


def test_an_unknown_alias_is_refused_with_the_nearest_ones(calls: SessionCalls, answering: Any) -> None:
    answering.put_problem(404, "not_in_seed", detail="The nearest names: A.", nearest=["A"])
    with pytest.raises(ClientError, match="nearest names: A") as refused:
        calls.taxpayer_id("Z")
    assert refused.value.code == LocalCode.UNKNOWN_ALIAS
    assert refused.value.extra["nearest"] == ["A"]


def test_an_alias_at_a_gateway_without_a_simulation_is_refused(calls: SessionCalls, answering: Any) -> None:
    answering.put_problem(404, "not_found")
    with pytest.raises(ClientError, match="no seed") as refused:
        calls.taxpayer_id("A")
    assert refused.value.code == LocalCode.UNKNOWN_ALIAS


def test_calls_before_a_login_are_refused_without_asking(calls: SessionCalls, answering: Any) -> None:
    for call in (calls.units, calls.session, calls.logout, lambda: calls.verify_unit(A)):
        with pytest.raises(ClientError) as refused:
            call()
        assert refused.value.code == LocalCode.NO_SESSION
    assert answering.asked == []


def test_a_login_names_its_client_and_keeps_the_token(calls: SessionCalls, answering: Any) -> None:
    answering.put(LOGIN)
    login = calls.login("agent", "secret", Captcha("c-1", "xyz"))
    assert calls.access_token == "a-token"
    assert "a-token" not in repr(login)
    _, path, _, body = answering.asked[0]
    assert path == "/api/v1/sessions"
    assert body == {
        "identifier": "agent",
        "password": "secret",
        "client": {"name": "n", "version": "v", "device": "d"},
        "captcha": {"captcha_id": "c-1", "answer": "xyz"},
    }


def test_verification_without_a_password_sends_none(calls: SessionCalls, answering: Any) -> None:
    log_in(calls, answering)
    answering.put(SESSION)
    calls.verify_unit(A)
    _, path, headers, body = answering.asked[0]
    assert (path, headers["authorization"], body) == (f"/api/v1/units/{A}/verification", "Bearer a-token", {})


def test_binding_names_the_unit_in_its_body(calls: SessionCalls, answering: Any) -> None:
    log_in(calls, answering)
    answering.put(SESSION, 201)
    calls.bind_unit(A, "Unit-2019")
    method, path, _, body = answering.asked[0]
    assert (method, path) == ("POST", "/api/v1/units")
    assert body == {"taxpayer_id": A, "declaration_password": "Unit-2019"}


def test_a_logout_forgets_the_token(calls: SessionCalls, answering: Any) -> None:
    log_in(calls, answering)
    answering.answers.append((204, "text/plain", b""))
    calls.logout()
    assert calls.access_token is None


def test_a_captcha_comes_as_the_bytes_of_its_picture(calls: SessionCalls, answering: Any) -> None:
    answering.put({"captcha_id": "c-1", "image": base64.b64encode(b"\x89PNG").decode()}, 201)
    image = calls.captcha("agent")
    assert (image.captcha_id, image.png) == ("c-1", b"\x89PNG")


@pytest.mark.parametrize("body", [{}, {**LOGIN, "units": [{}]}, {**LOGIN, "account": 1}, {**LOGIN, "expires_in": "x"}])
def test_an_answer_without_its_members_is_no_gateways(calls: SessionCalls, answering: Any, body: object) -> None:
    answering.put(body)
    with pytest.raises(ClientError) as refused:
        calls.login("agent", "secret")
    assert refused.value.code == LocalCode.BAD_ANSWER
    assert calls.access_token is None

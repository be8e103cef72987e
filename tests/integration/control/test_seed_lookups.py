"""One person or unit of the seed is looked up by name; no actor reads the whole seed for it."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from app_simulator.errors import PhoneCode, PhoneError
from app_simulator.phone import Phone
from client_stub.client import Client
from client_stub.errors import ClientError, LocalCode
from scan_to_login.messages import problem_sentence
from scan_to_login.testing import ControlRefused, LiveGateway, scan_to_login
from tests.integration.forwarder import Forwarder


def test_one_person_and_one_unit_are_looked_up_by_name(gateway: LiveGateway) -> None:
    seed = gateway.control.seed()
    agent = next(one for one in seed["accounts"] if one["login_name"] == "agent")
    unit = next(one for one in seed["units"] if one["alias"] == "A")
    assert gateway.control.account("agent") == agent
    assert gateway.control.unit("A") == gateway.control.unit(unit["taxpayer_id"]) == unit
    unit = {**unit, "alias": "部门 A/1"}
    gateway.control.replace_seed({"accounts": [agent], "units": [unit]})
    assert gateway.control.unit("部门 A/1")["taxpayer_id"] == unit["taxpayer_id"]
    with pytest.raises(ControlRefused, match="nearest names: 部门 A/1") as refused:
        gateway.control.unit("A")
    assert (refused.value.status, refused.value.code) == (404, "not_in_seed")


@pytest.mark.parametrize(
    ("language", "sentence"), [("en", "The nearest names: agent, "), ("zh-CN", "最接近的名称：agent、")]
)
def test_an_unknown_name_is_refused_with_the_nearest_ones(gateway: LiveGateway, language: str, sentence: str) -> None:
    url = f"{gateway.url}/sim/v1/seed/accounts/agnet"
    answer = requests.get(url, headers={"Accept-Language": language}, timeout=10)
    problem: dict[str, Any] = answer.json()
    assert (answer.status_code, problem["code"], problem["nearest"][0]) == (404, "not_in_seed", "agent")
    assert sentence in problem["detail"]


def test_actors_that_log_in_by_alias_read_one_unit_and_never_the_whole_seed(gateway: LiveGateway) -> None:
    with Forwarder(gateway.url) as between:
        url = f"http://127.0.0.1:{between.port}"
        with Phone(url) as phone, Client(url) as client:
            phone.login("agent", gateway.password_of("agent"))
            assert scan_to_login(phone, client, "A", "Unit-2019").stage == "unit_verified"
            assert client.taxpayer_id("A") == phone.taxpayer_id("A") == gateway.unit("A").taxpayer_id
            assert between.requests.count("POST /api/v1/app/sessions") == 1
            control = [request for request in between.requests if "/sim/v1/" in request]
            assert control == 2 * ["GET /sim/v1/seed/units/A"], "one of the client, one of the phone"


def test_actors_tell_the_nearest_aliases_to_an_unknown_one(gateway: LiveGateway) -> None:
    with Phone(gateway.url) as phone, Client(gateway.url) as client:
        phone.login("agent", gateway.password_of("agent"))
        with pytest.raises(PhoneError) as of_phone:
            phone.taxpayer_id("Z")
        with pytest.raises(ClientError) as of_client:
            client.taxpayer_id("Z")
    assert (of_phone.value.code, of_client.value.code) == (PhoneCode.UNIT_UNKNOWN, LocalCode.UNKNOWN_ALIAS)
    for error in (of_phone.value, of_client.value):
        assert sorted(error.extra["nearest"]) == ["A", "B", "C"]
    told = problem_sentence(
        LocalCode.UNKNOWN_ALIAS, "zh", of_client.value.extra, program="client", values={"unit": "Z"}, otherwise=""
    )
    assert told.endswith("最接近的名称：C、B、A。")

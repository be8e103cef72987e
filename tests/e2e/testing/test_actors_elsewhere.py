"""The actors as another container calls them: by any name with the token, from this machine alone without one."""

from __future__ import annotations

import os
from typing import Any

import pytest
import requests

from scan_to_login.testing import LiveGateway
from tests.e2e.testing.conftest import actor

TOKEN = "of-the-compose-file"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.mark.slow
def test_with_a_token_any_name_leads_through_a_whole_login(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAIRING_SIM_TOKEN", TOKEN)
    with (
        LiveGateway(environment={"PAIRING_SIM_TOKEN": TOKEN}) as gateway,
        actor("app_simulator", gateway.url) as phones,
        actor("client_stub", gateway.url) as clients,
    ):
        for one in (phones, clients):
            assert one.call("GET", "/", 401)["code"] == "unauthenticated"
            assert one.call("GET", "/", 401, headers={"Authorization": "Bearer another"})["code"] == "unauthenticated"
            one.http.headers.update({**BEARER, "Host": "actors.internal:9000"})
            assert one.call("GET", "/")["actor"]
        client = clients.call("POST", "/clients", 201, {"ticket": False})
        phone = phones.call("POST", "/phones", 201, {"persona": "approves"})
        at, to = f"/phones/{phone['phone_id']}", f"/clients/{client['client_id']}"
        phones.call("POST", f"{at}/watch", 202, {"client": clients.url + to})
        clients.call("POST", f"{to}/ticket", 201)
        clients.call("GET", f"{to}/state", params={"is": "confirmed", "wait": 10})
        clients.call("POST", f"{to}/claim")
        wish = {"unit": "A", "declaration_password": "Unit-2019"}
        assert clients.call("POST", f"{to}/verification", body=wish)["stage"] == "unit_verified"


@pytest.mark.parametrize("headers", [{"Host": "phones"}, {"Host": "localhost", "Origin": "http://localhost"}])
def test_without_a_token_a_name_and_a_page_are_refused(
    phones_process: Any, clients_process: Any, headers: dict[str, str]
) -> None:
    assert "PAIRING_SIM_TOKEN" not in os.environ
    for one in (phones_process, clients_process):
        answer = requests.get(f"{one.url}/", headers=headers, timeout=10)
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
        assert "PAIRING_SIM_TOKEN" in answer.json()["detail"]

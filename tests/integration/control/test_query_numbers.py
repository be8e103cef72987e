"""Numbers in a query, on every plane: JSON's and no others, for the documents promise those."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from scan_to_login.testing import LiveGateway

DOCUMENTS = ("/openapi.json", "/sim/v1/openapi.json")
NUMBERS = ("integer", "number")


def parameters(document: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """The path of each parameter of a query that is a number, its name, and its type."""
    for path, operations in document["paths"].items():
        for parameter in operations.get("get", {}).get("parameters", ()):
            schema = parameter["schema"]
            kinds = [one.get("type") for one in (schema, *schema.get("anyOf", ()))]
            if parameter["in"] == "query" and (kind := next((kind for kind in kinds if kind in NUMBERS), None)):
                yield path, parameter["name"], kind


def complaint(answer: requests.Response, name: str) -> str:
    """What is said against the parameter; empty if nothing is."""
    if answer.status_code != 422:
        return ""
    body = answer.json()
    assert body["code"] == "invalid_request"
    said = {one["field"]: one["message"] for one in body["errors"]} if "errors" in body else {name: body["detail"]}
    return str(said.get(name, ""))


@pytest.mark.slow  # some hundred calls
def test_numbers_of_a_query_are_those_of_json(gateway: LiveGateway) -> None:
    calls = requests.Session()
    ids = {
        "phone_id": calls.post(f"{gateway.url}/sim/v1/phones", json={}).json()["phone_id"],
        "client_id": calls.post(f"{gateway.url}/sim/v1/clients", json={}).json()["client_id"],
        "ticket_id": "x" * 22,
    }
    found = 0
    for document in DOCUMENTS:
        for path, name, kind in parameters(calls.get(f"{gateway.url}{document}").json()):
            found += 1
            own = {} if path.startswith("/sim/") else {"Authorization": "Bearer of-nobody"}
            url = gateway.url + path.format_map(ids)
            # Python's int() and float() read all of these.
            for text in ("+1", "1_0", "１２", "+0.0" if kind == "integer" else "nan"):
                assert "number" in complaint(calls.get(url, params={name: text}, headers=own), name), (path, name, text)
            for text in ("0", "1" if kind == "integer" else "0.01"):
                assert "number" not in complaint(calls.get(url, params={name: text}, headers=own), name), (path, text)
    assert found >= 15


@pytest.mark.parametrize("plane", ["phones", "clients"])
def test_a_query_of_an_actor_is_checked_whole(gateway: LiveGateway, plane: str) -> None:
    made = requests.post(f"{gateway.url}/sim/v1/{plane}", json={}, timeout=30).json()
    path = f"{made['phone_id']}/deeds" if plane == "phones" else f"{made['client_id']}/screen"
    url = f"{gateway.url}/sim/v1/{plane}/{path}"
    for query, word in (("wait=61", "wait"), ("since=-1", "since"), ("more=1", "more")):
        answer = requests.get(f"{url}?{query}", timeout=30)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
        assert answer.json()["detail"].startswith(f"{word}: ")

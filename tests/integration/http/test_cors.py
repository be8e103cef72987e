"""Pages of an allowed origin read every answer, errors too; a stranger's page reads none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from scan_to_login.testing.live import LiveGateway
from tests.integration.wire import CLIENT

OWN = "http://localhost:5173"
STRANGER = "http://stranger.example"
TOKEN = "of-the-tests"
TICKET = "AAAAAAAAAAAAAAAAAAAAAA"


@pytest.fixture(scope="module", params=["simulation", "alone"])
def allowing(request: pytest.FixtureRequest) -> Iterator[LiveGateway]:
    """A gateway that allows one more origin: with the simulation before it, and without, when the fast path answers."""
    sim = request.param == "simulation"
    environment = {"PAIRING_ALLOWED_ORIGINS": f"{OWN},https://other.example", "PAIRING_SIM_TOKEN": TOKEN if sim else ""}
    with LiveGateway(sim=sim, seed="demo" if sim else "", environment=environment) as gateway:
        yield gateway


def call(gateway: LiveGateway, method: str, path: str, origin: str | None = OWN, **options: Any) -> requests.Response:
    """A call as a browser sends it for a page of ``origin``."""
    headers = {**({"Origin": origin} if origin else {}), **options.pop("headers", {})}
    return requests.request(method, f"{gateway.url}{path}", headers=headers, timeout=10, **options)


def preflight(gateway: LiveGateway, path: str, origin: str, method: str = "POST", wanted: str = "authorization") -> Any:
    """The question that a browser asks first."""
    asked = {"Access-Control-Request-Method": method, "Access-Control-Request-Headers": wanted}
    return call(gateway, "OPTIONS", path, origin, headers=asked)


CALLS = [
    ("POST", "/api/v1/tickets", {"json": {"client": CLIENT}}, 201),
    ("POST", "/api/v1/tickets", {"json": {}}, 422),
    ("POST", f"/api/v1/tickets/{TICKET}/claim", {"headers": {"Authorization": "Ticket no"}}, 404),
    ("POST", f"/api/v1/tickets/{TICKET}/scan", {"headers": {"Authorization": "Bearer no"}}, 401),
    ("GET", "/api/v1/session", {}, 401),
    ("GET", "/api/v1/nothing", {}, 404),
    ("PATCH", "/api/v1/session", {}, 405),
    ("GET", "/openapi.json", {}, 200),
    ("GET", "/sim/v1/clock", {}, {"simulation": 401, "alone": 404}),
]


@pytest.mark.parametrize(("method", "path", "options", "status"), CALLS)
def test_an_allowed_page_reads_every_answer(
    allowing: LiveGateway, method: str, path: str, options: dict[str, Any], status: Any
) -> None:
    kind = "simulation" if allowing.has_control else "alone"
    answer = call(allowing, method, path, **options)
    assert answer.status_code == (status[kind] if isinstance(status, dict) else status)
    assert answer.headers["Access-Control-Allow-Origin"] == OWN
    assert "Origin" in answer.headers["Vary"]
    exposed = answer.headers["Access-Control-Expose-Headers"].split(", ")
    assert {"X-Gateway-Time", "Retry-After", "Location"} <= set(exposed)
    assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize(("method", "path", "options"), [case[:3] for case in CALLS])
@pytest.mark.parametrize("origin", [STRANGER, "null", "http://localhost:5174", "https://localhost:5173", None])
def test_no_other_page_reads_one(
    allowing: LiveGateway, method: str, path: str, options: dict[str, Any], origin: str | None
) -> None:
    answer = call(allowing, method, path, origin, **options)
    assert not [name for name in answer.headers if name.startswith("Access-Control-")]
    assert "Origin" in answer.headers["Vary"]  # or a cache would give the page of one origin the answer for another


@pytest.mark.parametrize("path", ["/api/v1/tickets", f"/api/v1/tickets/{TICKET}/claim", "/sim/v1/clock/advance"])
def test_a_preflight_is_answered_before_any_credential_is_asked_for(allowing: LiveGateway, path: str) -> None:
    wanted = "authorization,content-type,idempotency-key"
    answer = preflight(allowing, path, OWN, wanted=wanted)
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["Access-Control-Allow-Origin"] == OWN
    assert answer.headers["Access-Control-Allow-Headers"] == wanted
    assert {"POST", "DELETE", "PUT", "PATCH"} <= set(answer.headers["Access-Control-Allow-Methods"].split(", "))
    assert int(answer.headers["Access-Control-Max-Age"]) > 0
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/api/v1/tickets", "/sim/v1/clock/advance"])
def test_a_strangers_preflight_is_refused_with_what_to_do(allowing: LiveGateway, path: str) -> None:
    answer = preflight(allowing, path, STRANGER)
    assert answer.status_code == 403
    assert not [name for name in answer.headers if name.startswith("Access-Control-")]
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["code"] == "origin_refused"
    assert f"PAIRING_ALLOWED_ORIGINS={STRANGER}" in problem["detail"]


def test_a_preflight_asks_for_no_more_than_header_names(allowing: LiveGateway) -> None:
    answer = preflight(allowing, "/api/v1/tickets", OWN, wanted='x-a, "*"')
    assert answer.headers["Access-Control-Allow-Headers"] == "authorization, content-type"


def test_the_log_names_a_refused_origin_once(allowing: LiveGateway) -> None:
    for _ in range(3):
        call(allowing, "POST", "/api/v1/tickets", "http://refused.example", json={"client": CLIENT})
    lines = [line for line in allowing.log.splitlines() if "http://refused.example" in line]
    assert len(lines) == 1
    assert "PAIRING_ALLOWED_ORIGINS=http://refused.example" in lines[0]
    assert OWN not in allowing.log


def test_without_allowed_origins_no_answer_speaks_of_cors(live_gateway: LiveGateway) -> None:
    for origin in (STRANGER, live_gateway.url, None):
        answer = call(live_gateway, "GET", "/api/v1/session", origin)
        assert answer.status_code == 401
        assert not [name for name in answer.headers if name.startswith("Access-Control-")]
    assert preflight(live_gateway, "/api/v1/session", STRANGER).status_code == 403
    assert f"Pages of {live_gateway.url}" not in live_gateway.log

"""The journal tells what happened, in order, in three forms, and without a secret."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import redis
import requests

from app_simulator.phone import Phone
from client_stub.client import Client
from scan_to_login.testing import LiveGateway, scan_to_login
from scan_to_login.testing.control import JournalOfGateway
from tests.integration.wire import eventually

INFO = {"client": {"name": "test", "version": "1", "device": "test"}}


def read(gateway: LiveGateway, **query: Any) -> requests.Response:
    """The journal's route."""
    return requests.get(f"{gateway.url}/sim/v1/journal", params=query, timeout=30)


def test_a_transition_stands_between_its_request_and_the_answer(
    gateway: LiveGateway, phone: Phone, client: Client, journal: JournalOfGateway
) -> None:
    ticket = client.request_ticket()
    phone.scan(ticket.qr)
    told = [
        (entry["kind"], entry["lane_from"], entry["lane_to"], entry["name"])
        for entry in journal.entries(ticket=ticket.ticket_id)
        if entry["kind"] != "push"
    ]
    assert told == [
        ("transition", "gateway", "redis", "ticket.request"),
        ("answer", "gateway", "client", "request_ticket"),
        ("request", "phone", "gateway", "POST /api/v1/tickets/{ticket_id}/scan"),
        ("transition", "gateway", "redis", "ticket.scan"),
        ("answer", "gateway", "phone", "POST /api/v1/tickets/{ticket_id}/scan"),
    ]
    scan = journal.entries(ticket=ticket.ticket_id, kind="answer")[-1]
    assert scan["status"] == 200
    assert scan["duration_ms"] > 0
    assert scan["method"] == "POST"
    assert scan["path"].endswith(f"{ticket.ticket_id}/scan")
    assert journal.wait_for(kind="push")["body"]["state"] == "scanned"


def test_no_secret_is_in_the_journal(
    gateway: LiveGateway, phone: Phone, client: Client, journal: JournalOfGateway
) -> None:
    scan_to_login(phone, client, "A", "Unit-2019")
    assert client.ticket is not None
    text = json.dumps(journal.entries()) + journal.mermaid() + read(gateway, format="ndjson").text
    secrets = ("Demo-2019", "Unit-2019", client.ticket.claim_secret, str(client.access_token), "11010119900307")
    for secret in secrets:
        assert secret not in text


def test_the_journal_comes_as_lines_and_as_a_diagram(gateway: LiveGateway, client: Client) -> None:
    client.request_ticket()
    lines = read(gateway, format="ndjson", name="request_ticket")
    assert lines.headers["Content-Type"].startswith("application/x-ndjson")
    assert [json.loads(line)["kind"] for line in lines.text.splitlines()] == ["request", "answer"]
    diagram = read(gateway, format="mermaid").text
    assert diagram.startswith("sequenceDiagram\n  participant ")
    assert "client->>gateway: request_ticket" in diagram
    assert "gateway->>redis: ticket.request → pending (v1)" in diagram


def test_waiting_ends_with_the_first_entry_that_fits(gateway: LiveGateway) -> None:
    start = read(gateway).json()["next"]
    timer = threading.Timer(0.2, lambda: requests.get(f"{gateway.url}/api/v1/app/session", timeout=5))
    timer.start()
    page = read(gateway, since=start, wait=20, kind="answer", status=401).json()
    timer.join()
    assert [entry["name"] for entry in page["entries"]] == ["GET /api/v1/app/session"]
    assert page["next"] == page["entries"][-1]["seq"]


def test_a_wait_without_a_message_returns_an_empty_list(gateway: LiveGateway) -> None:
    start = read(gateway).json()["next"]
    assert read(gateway, since=start, wait=0.1, kind="push").json() == {"entries": [], "next": start}


def test_numbers_go_on_after_a_reset(gateway: LiveGateway) -> None:
    before = read(gateway).json()["next"]
    gateway.reset()
    page = read(gateway, since=before).json()
    assert page["entries"][-1]["name"] == "the seed was restored"
    assert page["next"] > before


@pytest.mark.parametrize(
    ("path", "lane"),
    [
        ("/registrations", "web"),
        ("/password-resets", "web"),
        ("/sessions", "client"),
        ("/app/sessions", "phone"),
        ("/captchas", "client"),
    ],
)
def test_the_participant_is_the_caller(gateway: LiveGateway, journal: JournalOfGateway, path: str, lane: str) -> None:
    requests.post(f"{gateway.url}/api/v1{path}", json={}, timeout=10)
    assert journal.entries(kind="request")[0]["lane_from"] == lane


def test_the_session_decides_the_participant_of_a_shared_call(
    gateway: LiveGateway, phone: Phone, journal: JournalOfGateway
) -> None:
    phone.call("GET", "/authorizations")
    asked = [entry for entry in journal.entries(kind="request") if entry["path"].endswith("/authorizations")]
    assert asked[-1]["lane_from"] == "phone"


def told_of(gateway: LiveGateway, ticket_id: str) -> list[tuple[str, str]]:
    """Kind and name of each entry about a ticket."""
    page = read(gateway, ticket=ticket_id).json()
    return [(entry["kind"], entry["name"]) for entry in page["entries"]]


def request_and_cancel(gateway: LiveGateway) -> str:
    """A ticket over REST, given up at once."""
    made = requests.post(f"{gateway.url}/api/v1/tickets", json=INFO, timeout=10).json()
    secret = {"Authorization": f"Ticket {made['claim_secret']}"}
    address = f"{gateway.url}/api/v1/tickets/{made['ticket_id']}"
    assert requests.delete(address, headers=secret, timeout=10).status_code == 200
    return str(made["ticket_id"])


STORY = [
    ("transition", "ticket.request"),
    ("answer", "POST /api/v1/tickets"),
    ("request", "DELETE /api/v1/tickets/{ticket_id}"),
    ("transition", "ticket.cancel"),
    ("answer", "DELETE /api/v1/tickets/{ticket_id}"),
]


def test_many_simultaneous_callers_each_get_events_in_order(gateway: LiveGateway) -> None:
    with ThreadPoolExecutor(8) as pool:
        tickets = list(pool.map(lambda _: request_and_cancel(gateway), range(24)))
    for ticket_id in tickets:
        assert told_of(gateway, ticket_id) == STORY


@pytest.mark.parametrize("what", ["its scripts", "all connections"])
def test_an_entry_survives_a_loss_in_redis(gateway: LiveGateway, what: str) -> None:
    with redis.Redis.from_url(gateway.ready["redis"]["url"]) as client:
        for _ in range(3):
            if what == "its scripts":
                client.script_flush()
            else:
                client.client_kill_filter(_type="normal", skipme=True)
            assert told_of(gateway, request_and_cancel(gateway)) == STORY


@pytest.mark.slow
def test_two_workers_write_one_journal() -> None:
    with LiveGateway(workers=2) as gateway:
        for _ in range(12):
            requests.get(f"{gateway.url}/api/v1/app/session", timeout=10)
        entries = read(gateway).json()["entries"]
        numbers = [entry["seq"] for entry in entries]
        assert numbers == sorted(set(numbers))
        assert len([entry for entry in entries if entry["kind"] == "answer"]) == 12


def test_without_the_simulation_there_is_no_journal_and_no_route() -> None:
    with LiveGateway(sim=False) as gateway:
        requests.get(f"{gateway.url}/api/v1/app/session", timeout=10)
        assert read(gateway).status_code == 404


def test_a_caller_without_a_connection_to_redis_gets_a_reason() -> None:
    """Waiting callers hold all connections: the others are refused with 503, and the gateway is not at fault."""
    settings = {"PAIRING_REDIS_CONNECTIONS": "2", "PAIRING_REDIS_TIMEOUT_SECONDS": "0.2"}
    with LiveGateway(environment=settings) as crowded, ThreadPoolExecutor(12) as threads:
        # So short a time-out may refuse the first call too.
        start = eventually(lambda: str(read(crowded).json().get("next", "")))
        answers = list(threads.map(lambda _: read(crowded, since=start, wait=2, kind="push"), range(12)))
        refused = [answer for answer in answers if answer.status_code != 200]
        assert refused
        for answer in refused:
            assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
            assert int(answer.headers["Retry-After"]) >= 1
        assert "Traceback" not in crowded.log


def test_entries_of_a_call_that_carries_a_traceparent_have_its_trace(
    gateway: LiveGateway, journal: JournalOfGateway
) -> None:
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    valid, invalid = f"00-{trace}-00f067aa0ba902b7-01", f"00-{trace}-0000000000000000-01"
    for traceparent in (valid, invalid):
        answer = requests.post(
            f"{gateway.url}/api/v1/tickets", json=INFO, headers={"traceparent": traceparent}, timeout=30
        )
        assert answer.status_code == 201  # whatever it is, the call is answered
    entries = [entry for entry in journal.entries(name="POST /api/v1/tickets") if entry["kind"] != "transition"]
    assert [entry.get("trace_id") for entry in entries] == [trace, trace, None, None]

"""Socket.IO events are counted and logged like HTTP requests (SECURITY.md 49)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests
import websocket

from scan_to_login.testing.live import LiveGateway
from tests.integration.metrics import families, log_lines, samples
from tests.integration.wire import CLIENT, Socket, eventually

EVENTS = "pairing_socket_events_total"
DISCONNECTS = "pairing_socket_disconnects_total"


@pytest.fixture(scope="module")
def talkative_process() -> Iterator[LiveGateway]:
    """A gateway that logs everything."""
    with LiveGateway(environment={"PAIRING_LOG_LEVEL": "debug", "PAIRING_LOG_FORMAT": "json"}) as running:
        yield running


@pytest.fixture
def talkative(talkative_process: LiveGateway) -> LiveGateway:
    talkative_process.reset()
    return talkative_process


@pytest.fixture(scope="module")
def quiet() -> Iterator[LiveGateway]:
    """A gateway with the default logs."""
    with LiveGateway(environment={"PAIRING_LOG_FORMAT": "json"}) as running:
        yield running


class Counted:
    """The increase of a counter since the start of the test."""

    def __init__(self, gateway: LiveGateway, name: str) -> None:
        self._gateway = gateway
        self._name = name
        self._before = samples(gateway, name)

    def gained(self) -> dict[tuple[str, ...], float]:
        now = samples(self._gateway, self._name)
        return {labels: value - was for labels, value in now.items() if value != (was := self._before.get(labels, 0))}


def test_every_event_is_counted_by_its_name_and_its_outcome(talkative: LiveGateway) -> None:
    events, seconds = Counted(talkative, EVENTS), Counted(talkative, "pairing_socket_event_seconds_count")
    with Socket(talkative.url) as socket:
        issued = socket.request()
        assert socket.call("request_ticket", {})["error"]["code"] == "invalid_request"
        strange = {"ticket_id": issued["ticket_id"], "claim_secret": "x" * 43}
        assert socket.call("resume_ticket", strange)["error"]["code"] == "ticket_not_found"
        socket.resume(issued)
        socket.call("cancel_ticket", {name: issued[name] for name in ("ticket_id", "claim_secret")})
    assert events.gained() == {
        ("ok", "connect"): 1,
        ("ok", "request_ticket"): 1,
        ("invalid_request", "request_ticket"): 1,
        ("ticket_not_found", "resume_ticket"): 1,
        ("ok", "resume_ticket"): 1,
        ("ok", "cancel_ticket"): 1,
    }
    assert seconds.gained() == {("connect",): 1, ("request_ticket",): 2, ("resume_ticket",): 2, ("cancel_ticket",): 1}


def test_an_event_without_an_acknowledgement_is_counted_too(talkative: LiveGateway) -> None:
    events = Counted(talkative, EVENTS)
    with Socket(talkative.url) as socket:
        socket.send('42/pairing,["request_ticket",{}]')
        socket.call("request_ticket", {})
    assert events.gained()["invalid_request", "request_ticket"] == 2


def test_invented_names_of_events_are_one_value(talkative: LiveGateway) -> None:
    events = Counted(talkative, EVENTS)
    with Socket(talkative.url) as socket:
        for number in range(5):
            assert socket.call(f"made_up_{number}", {})["error"]["code"] == "not_found"
        assert socket.call("*", {})["error"]["code"] == "not_found"
    assert events.gained() == {("ok", "connect"): 1, ("not_found", "unknown"): 6}
    (line, *others) = log_lines(talkative, socket_event="unknown")
    assert len(others) == 5
    assert line["address"] == "127.0.0.1"
    assert "made_up" not in talkative.log


def test_refused_connects_and_malformed_packets_are_counted(talkative: LiveGateway) -> None:
    events = Counted(talkative, EVENTS)
    with Socket(talkative.url, join=False) as socket:
        socket.send("40")
        assert socket.connection.recv().startswith("44{")
        socket.send("40/nowhere,")
        assert socket.connection.recv().startswith("44/nowhere,")
    with pytest.raises(websocket.WebSocketBadStatusException):
        Socket(talkative.url, Origin="https://elsewhere.example")
    polling = f"{talkative.url}/socket.io/?EIO=4&transport=polling"
    assert requests.get(f"{polling}&sid=nobody", timeout=30).status_code == 400
    assert requests.get(polling.replace("EIO=4", "EIO=3"), timeout=30).status_code == 400
    with Socket(talkative.url) as socket:
        socket.send("4no packet")
        assert socket.ended()
    assert events.gained() == {
        ("not_found", "connect"): 2,
        ("origin_refused", "connect"): 1,
        ("not_found", "poll"): 1,
        ("malformed_request", "connect"): 1,
        ("ok", "connect"): 1,
        ("malformed_request", "malformed"): 1,
    }
    (refused,) = log_lines(talkative, socket_event="connect", code="origin_refused")
    assert refused["address"] == "127.0.0.1"


def test_closed_connections_are_counted_by_reason(talkative: LiveGateway) -> None:
    counted = Counted(talkative, DISCONNECTS)
    with Socket(talkative.url) as leaving, Socket(talkative.url) as cut:
        leaving.send("41/pairing,")
        cut.connection.shutdown()
        expected = {("client_disconnect",): 1, ("transport_close",): 1}
        eventually(lambda: counted.gained() == expected)
    reasons = {line["reason"] for line in log_lines(talkative, event="socket_disconnected")}
    assert {"client_disconnect", "transport_close"} <= reasons


def test_an_event_has_a_log_line_as_a_request_has(talkative: LiveGateway) -> None:
    with Socket(talkative.url) as socket:
        socket.call("resume_ticket", {"ticket_id": "A" * 22, "claim_secret": "s" * 43})
        socket.call("resume_ticket", {"ticket_id": "A" * 22, "claim_secret": "s" * 43})
    requests.get(f"{talkative.url}/api/v1/app/session", headers={"X-Request-Id": "mine"}, timeout=30)
    like = {"event": "event_answered", "socket_event": "resume_ticket", "code": "ticket_not_found"}
    refused = list(log_lines(talkative, **like))[-2:]
    (request,) = log_lines(talkative, event="request_answered", request_id="mine")
    for line in (*refused, request):
        assert line["level"] == "debug"
        assert line["duration_ms"] > 0
        assert line["address"] == "127.0.0.1"
    assert len({line["request_id"] for line in refused}) == 2
    assert "s" * 43 not in talkative.log


def test_every_refusal_of_an_outage_is_counted_and_logged_by_default(quiet: LiveGateway) -> None:
    """As loud as those of HTTP requests: a warning each (of 93 in a failover 3 were visible)."""
    quiet.reset()
    events = Counted(quiet, EVENTS)
    with Socket(quiet.url) as socket, quiet.control.faults.redis_unreachable(3600):
        for _ in range(9):
            assert socket.call("request_ticket", {"client": CLIENT})["error"]["code"] == "unavailable"
        requests.post(f"{quiet.url}/api/v1/tickets", json={"client": CLIENT}, timeout=30)
    assert events.gained()["unavailable", "request_ticket"] == 9
    loud = list(log_lines(quiet, event="event_answered", level="warning", socket_event="request_ticket"))
    assert len(loud) == 9
    (request,) = log_lines(quiet, event="request_answered", level="warning", path="/api/v1/tickets")
    assert request["worker"] == 0


def test_an_error_that_the_simulation_makes_is_counted_as_the_client_sees_it(quiet: LiveGateway) -> None:
    quiet.reset()
    events = Counted(quiet, EVENTS)
    with Socket(quiet.url) as socket, quiet.control.faults.error(429, event="request_ticket"):
        code = socket.call("request_ticket", {"client": CLIENT})["error"]["code"]
    assert events.gained()[code, "request_ticket"] == 1


def test_no_label_holds_a_clients_text(talkative: LiveGateway) -> None:
    with Socket(talkative.url) as socket:
        socket.call("zzz-made-up", {"ticket_id": "zzz"})
    requests.get(f"{talkative.url}/zzz-nowhere", timeout=30)
    values = {value for family in families(talkative) for sample in family.samples for value in sample.labels.values()}
    assert not [value for value in values if "zzz" in value]

"""What a gateway sends to a collector, told by strangers to its Python classes: bare HTTP and bare packets."""

from __future__ import annotations

import json
import secrets

import pytest

from scan_to_login.testing.live import LiveGateway
from tests.integration.tracing.collector import Collector, Span
from tests.integration.wire import CLIENT, PASSWORD, Socket, Wire

pytestmark = pytest.mark.slow

SCAN = "POST /api/v1/tickets/{ticket_id}/scan"
CONFIRM = "POST /api/v1/tickets/{ticket_id}/confirm"
CLAIM = "POST /api/v1/tickets/{ticket_id}/claim"


def traceparent() -> tuple[str, str, str]:
    """A new one, its trace and its span."""
    trace, span = secrets.token_hex(16), secrets.token_hex(8)
    return f"00-{trace}-{span}-01", trace, span


def children(spans: list[Span], parent: Span) -> set[str]:
    return {span.name for span in spans if span.parent == parent.id and span.trace == parent.trace}


def test_calls_about_a_ticket_join_the_trace_of_its_request(traced: LiveGateway, collector: Collector) -> None:
    wire = Wire(traced.url)
    phone = wire.phone()
    given, trace, caller = traceparent()
    with Socket(traced.url) as socket:
        issued = socket.call("request_ticket", {"client": CLIENT, "traceparent": given})
        ticket = issued["ticket_id"]
        page = phone.scan(ticket)
        pushed = socket.until("scanned")
        assert phone.confirm(ticket).status == 200
        socket.until("confirmed")
        assert wire.call("POST", f"/tickets/{ticket}/claim", f"Ticket {issued['claim_secret']}").status == 200
        socket.until("claimed")
    request = collector.one("request_ticket", pairing__ticket_id=ticket)
    assert (request.trace, request.parent, request.kind) == (trace, caller, "SERVER")
    calls = [collector.one(name, pairing__ticket_id=ticket) for name in (SCAN, CONFIRM, CLAIM)]
    pushes = [
        collector.one("send ticket_state", pairing__ticket_id=ticket, pairing__state=state)
        for state in ("scanned", "confirmed", "claimed")
    ]
    assert {span.trace for span in (*calls, *pushes)} == {trace}
    assert {span.parent for span in (*calls, *pushes)} == {request.id}
    assert {span.kind for span in pushes} == {"PRODUCER"}
    assert pushed["traceparent"] == pushes[0].traceparent  # what receives the push goes on from it
    assert page.body["traceparent"] == request.traceparent  # and so does the phone
    spans = collector.until(len)
    assert children(spans, request) >= {"EVALSHA request"}
    assert [children(spans, call) for call in calls] == [
        {"EVALSHA scan"},
        {"EVALSHA confirm"},
        {"EVALSHA claimant", "EVALSHA claim"},
    ]


def test_lines_of_the_log_about_a_call_have_its_trace(collector: Collector) -> None:
    given, trace, _ = traceparent()
    with LiveGateway(environment={**collector.environment, "PAIRING_LOG_LEVEL": "debug"}) as gateway:
        phone = Wire(gateway.url).phone()
        with Socket(gateway.url) as socket:
            issued = socket.call("request_ticket", {"client": CLIENT, "traceparent": given})
            assert phone.scan(issued["ticket_id"]).status == 200
            socket.until("scanned")
        told = [json.loads(line) for line in gateway.log.splitlines()]
    of_the_login = [line.get("socket_event", line.get("path", "")) for line in told if line.get("trace_id") == trace]
    assert of_the_login == ["request_ticket", f"/api/v1/tickets/{issued['ticket_id']}/scan"]
    assert "trace_id" not in next(line for line in told if line["event"] == "gateway_ready")


def test_the_journal_has_the_trace_of_each_entry(traced: LiveGateway) -> None:
    wire = Wire(traced.url)
    phone = wire.phone()
    given, trace, _ = traceparent()
    with Socket(traced.url) as socket:
        issued = socket.call("request_ticket", {"client": CLIENT, "traceparent": given})
        assert phone.scan(issued["ticket_id"]).status == 200
        socket.until("scanned")
    entries = traced.control.journal.entries(ticket=issued["ticket_id"])
    assert {entry["kind"] for entry in entries} == {"request", "answer", "transition", "push"}
    # The phone names no trace: which it is, the script says, and the request was written before it.
    untold = [(entry["kind"], entry["lane_from"]) for entry in entries if entry.get("trace_id") != trace]
    assert untold == [("request", "phone")]


def test_a_call_that_names_a_trace_stays_in_it_and_is_linked(traced: LiveGateway, collector: Collector) -> None:
    wire = Wire(traced.url)
    phone = wire.phone()
    (clients, of_client, _), (phones, of_phone, caller) = traceparent(), traceparent()
    ticket = wire.call("POST", "/tickets", json={"client": CLIENT}, headers={"traceparent": clients}).body["ticket_id"]
    assert phone.scan(ticket, headers={"traceparent": phones}).status == 200
    scan = collector.one(SCAN, pairing__ticket_id=ticket)
    assert (scan.trace, scan.parent, scan.links) == (of_phone, caller, [of_client])


def test_a_refusal_joins_the_trace_too(traced: LiveGateway, collector: Collector) -> None:
    wire = Wire(traced.url)
    given, trace, _ = traceparent()
    first, second = wire.phone("agent"), wire.phone("single")
    issued = wire.call("POST", "/tickets", json={"client": CLIENT}, headers={"traceparent": given}).body
    assert first.scan(issued["ticket_id"]).status == 200
    assert second.scan(issued["ticket_id"]).code == "ticket_taken"
    refused = collector.one(SCAN, pairing__ticket_id=issued["ticket_id"], http__response__status_code=409)
    assert (refused.trace, refused.failed) == (trace, False)
    script = collector.one("EVALSHA scan", pairing__code="ticket_taken")
    assert script.parent == refused.id


def test_what_is_not_sampled_is_not_sent(traced: LiveGateway, collector: Collector) -> None:
    wire = Wire(traced.url)
    given, trace, _ = traceparent()
    unsampled = wire.call("POST", "/tickets", json={"client": CLIENT}, headers={"traceparent": given[:-1] + "0"}).body
    assert wire.phone().scan(unsampled["ticket_id"]).status == 200
    ticket = wire.ticket()
    assert wire.phone().scan(ticket.id).status == 200
    collector.one(SCAN, pairing__ticket_id=ticket.id)  # later, and there: so the first ones never come
    assert trace not in {span.trace for span in collector.until(len)}


def test_probes_pages_and_the_control_plane_have_no_spans(traced: LiveGateway, collector: Collector) -> None:
    wire = Wire(traced.url)
    for path in ("/healthz", "/readyz", "/sim/v1/clock"):
        assert wire.call("GET", path).status == 200
    assert wire.call("GET", "/nowhere").status == 404
    ticket = wire.ticket()
    assert ticket.cancel().status == 200
    collector.one("DELETE /api/v1/tickets/{ticket_id}", pairing__ticket_id=ticket.id)
    collector.one("GET", http__response__status_code=404)
    names = {span.name for span in collector.until(len)}
    assert not {name for name in names if "healthz" in name or "readyz" in name or "sim" in name}


def test_spans_hold_no_secret(traced: LiveGateway, collector: Collector) -> None:
    wire = Wire(traced.url)
    phone, ticket = wire.phone(), wire.ticket()
    otp = phone.otp()
    assert phone.scan(ticket.id).status == 200
    assert phone.confirm(ticket.id, otp).status == 200
    session = ticket.claim().body
    # A caller's mistake: a token where the ticket's id belongs.
    assert phone.scan(session["access_token"]).status == 404
    collector.until(lambda spans: any(span.attributes.get("pairing.ticket_id") == "***" for span in spans))
    told = repr(collector.until(len))
    secrets_of_the_login = (
        PASSWORD,
        otp,
        phone.login["otp_secret"],
        phone.login["access_token"],
        ticket.secret,
        session["access_token"],
    )
    assert ticket.id in told
    assert [secret for secret in secrets_of_the_login if secret in told] == []


def test_requests_of_the_fast_path_have_spans(collector: Collector) -> None:
    given, trace, caller = traceparent()
    with LiveGateway(sim=False, seed="", environment=collector.environment) as gateway:
        wire = Wire(gateway.url)
        refused = wire.call("POST", "/tickets/none/scan", "Bearer nobody", headers={"traceparent": given}, json={})
        assert refused.code == "unauthenticated"
        ticket = wire.ticket()
        assert ticket.cancel().status == 200
    # The gateway has ended: what it had not sent yet it has sent then.
    scan = collector.one(SCAN, pairing__ticket_id="none")
    assert (scan.trace, scan.parent) == (trace, caller)
    collector.one("DELETE /api/v1/tickets/{ticket_id}", pairing__ticket_id=ticket.id)


def test_two_workers_send_one_trace(traced_pair: LiveGateway, collector: Collector) -> None:
    wire = Wire(traced_pair.url)
    sockets = [Socket(traced_pair.url) for _ in range(4)]
    given, trace, _ = traceparent()
    issued = [one.call("request_ticket", {"client": CLIENT, "traceparent": given})["ticket_id"] for one in sockets]
    for ticket, name in zip(issued, ("agent", "single", "finance", "legal_rep"), strict=True):
        assert wire.phone(name).scan(ticket).status == 200
    for one in sockets:
        one.until("scanned")
        one.close()
    for ticket in issued:
        assert collector.one(SCAN, pairing__ticket_id=ticket).trace == trace
        assert collector.one("send ticket_state", pairing__ticket_id=ticket).trace == trace

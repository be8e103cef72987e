"""Checks of the six flaws that 47 of 109 sites had (SECURITY.md, source U), and of the push."""

from __future__ import annotations

import itertools
import re
import secrets
from typing import Any

from client_stub.client import Client
from client_stub.errors import ClientError
from gateway.protocol import TicketState
from gateway.testing.conformance import UNKNOWN_ID, Trial, check, expect, holds
from gateway.testing.wire import CLIENT

FLAW = "USENIX Security 2025, flaw"
PUSH = "DESIGN.md 4"


@check(f"{FLAW} 1: unbound session", "another client can neither watch, cancel nor claim: as for an unknown ticket")
def sessions_are_bound(trial: Trial) -> None:
    _, ticket = trial.confirmed()
    other = trial.wire.request().claim_secret
    unknown = trial.wire.poll(UNKNOWN_ID, other)
    for act in (trial.wire.poll, trial.wire.cancel, trial.wire.claim):
        answer = act(ticket.ticket_id, other)
        expect(answer, 404, code="ticket_not_found")
        holds(answer.json() == unknown.json(), "an existing ticket is answered unlike an unknown one")
    bare = trial.wire.call("POST", f"/tickets/{ticket.ticket_id}/claim", {})
    expect(bare, 401, 404)


@check(f"{FLAW} 2: reusable QR", "after the login, scan, confirm, reject, poll and claim are 410")
def a_qr_serves_once(trial: Trial) -> None:
    phone, ticket = trial.confirmed()
    expect(trial.wire.claim(ticket.ticket_id, ticket.claim_secret, "once"), 200, 201)
    for answer in (
        trial.wire.scan(phone, ticket.ticket_id),
        trial.wire.confirm(phone, ticket.ticket_id),
        trial.wire.reject(phone, ticket.ticket_id),
        trial.wire.poll(ticket.ticket_id, ticket.claim_secret),
        trial.wire.claim(ticket.ticket_id, ticket.claim_secret, "twice"),
    ):
        expect(answer, 410, code="ticket_spent")


@check(f"{FLAW} 3: predictable id", "ids are random: no common beginning, no order, no repetition; guesses are refused")
def ids_cannot_be_predicted(trial: Trial) -> None:
    ids = [trial.wire.request().ticket_id for _ in range(24)]
    holds(len(set(ids)) == len(ids), "an id came twice")
    beginning = "".join(
        one[0] for one in itertools.takewhile(lambda column: len(set(column)) == 1, zip(*ids, strict=True))
    )
    holds(len(beginning) < 3, f"all ids begin with {beginning}")
    holds(ids != sorted(ids), "ids come in order")
    alike = max(sum(map(str.__eq__, one, two)) for one, two in itertools.pairwise(ids))
    holds(alike < 11, f"two ids in a row have {alike} characters alike")
    phone = trial.phone()
    for _ in range(5):
        expect(trial.wire.scan(phone, secrets.token_urlsafe(16)), 404, 429)


@check(f"{FLAW} 4: controllable id", "an id or secret that the caller sends is refused or passed over")
def ids_cannot_be_chosen(trial: Trial) -> None:
    for name in ("ticket_id", "claim_secret", "id"):
        answer = trial.wire.call("POST", "/tickets", {"client": CLIENT, name: UNKNOWN_ID})
        holds(answer.status_code < 500, f"{answer.status_code} for a body with {name}")
        if answer.status_code < 300:
            holds(UNKNOWN_ID not in answer.text, f"{name} was taken over")


@check(
    f"{FLAW} 5: token not validated",
    "no token, a wrong one, an ended one: 401; a client's on a phone's call: 401 or 403",
)
def tokens_are_validated(trial: Trial) -> None:
    wire, ticket = trial.wire, trial.wire.request()
    path = f"/tickets/{ticket.ticket_id}/scan"
    ended = trial.phone()
    expect(wire.call("DELETE", "/app/session", authorization=f"Bearer {ended.token}"), 204, 200)
    for authorization in ("", "Bearer", f"Bearer {'x' * 43}", f"Basic {'x' * 43}", f"Bearer {ended.token}"):
        expect(wire.call("POST", path, {}, authorization=authorization), 401)
    _, other = trial.confirmed()
    token = expect(wire.claim(other.ticket_id, other.claim_secret), 200, 201)["access_token"]
    expect(wire.call("POST", path, {}, authorization=f"Bearer {token}"), 401, 403)


@check(f"{FLAW} 5: token not validated", "an identifier in the body never changes whose account it is")
def bodies_do_not_say_who(trial: Trial) -> None:
    phone, ticket = trial.phone(), trial.wire.request()
    for name in ("account_id", "login_name", "identifier", "device_id"):
        answer = trial.wire.call(
            "POST", f"/tickets/{ticket.ticket_id}/scan", {name: trial.second}, authorization=f"Bearer {phone.token}"
        )
        holds(answer.status_code < 500, f"{answer.status_code} for a body with {name}")
    expect(trial.wire.scan(phone, ticket.ticket_id), 200)
    expect(trial.wire.confirm(phone, ticket.ticket_id, number=trial.state(ticket).get("number")), 200)
    login = expect(trial.wire.claim(ticket.ticket_id, ticket.claim_secret), 200, 201)
    holds(login["account"]["login_name"] == trial.first, f"{login['account']} is logged in")


@check(f"{FLAW} 6: data leak", "nothing of a person before the scan; masked after; never a phone or document number")
def nothing_leaks(trial: Trial) -> None:
    account = trial.gateway.account(trial.first)
    phone, ticket = trial.phone(), trial.wire.request()
    before = trial.wire.poll(ticket.ticket_id, ticket.claim_secret).text
    page = trial.wire.scan(phone, ticket.ticket_id).text
    after = trial.wire.poll(ticket.ticket_id, ticket.claim_secret).text
    holds("scanned_by" not in before, before)
    for text in (before, page, after):
        for leak in (account.name, account.phone, account.id_number, phone.token, phone.otp_secret):
            holds(leak not in text, f"{leak[:3]}… is in {text[:120]}")


@check("SECURITY.md, Tickets 6", "no poll and no QR carries a session's token; it comes from the claim alone")
def tokens_come_from_the_claim_alone(trial: Trial) -> None:
    _, ticket = trial.confirmed()
    told = trial.wire.poll(ticket.ticket_id, ticket.claim_secret).text
    token = expect(trial.wire.claim(ticket.ticket_id, ticket.claim_secret), 200, 201)["access_token"]
    holds(token not in told, "this does not hold: token not in told")
    holds(not re.search(r"access_token|session", told), told)


@check(PUSH, "a waiting socket is pushed scanned and confirmed, in order, with rising versions")
def states_are_pushed(trial: Trial) -> None:
    heard: list[Any] = []
    with Client(trial.gateway.url) as client:
        ticket = client.request_ticket()
        client.subscribe(heard.append)
        phone = trial.phone()
        expect(trial.wire.scan(phone, ticket.ticket_id), 200)
        number = client.wait_for(TicketState.SCANNED, timeout=5).number
        expect(trial.wire.confirm(phone, ticket.ticket_id, number=number), 200)
        client.wait_for(TicketState.CONFIRMED, timeout=5)
    told = [(signal.state.value, signal.version) for signal in heard if hasattr(signal, "version")]
    holds(told == [("scanned", 2), ("confirmed", 3)], str(told))


@check(PUSH, "a client that was cut off learns on another socket what it has missed")
def a_cut_client_catches_up(trial: Trial) -> None:
    phone = trial.phone()
    with Client(trial.gateway.url) as first:
        ticket = first.request_ticket()
    expect(trial.wire.scan(phone, ticket.ticket_id), 200)
    with Client(trial.gateway.url) as second:
        update = second.resume(ticket)
        holds(update.state == TicketState.SCANNED, f"it is told {update.state}")
        expect(trial.wire.reject(phone, ticket.ticket_id), 200)
        ended = ""
        try:
            second.wait_for(TicketState.CONFIRMED, timeout=5)
        except ClientError as error:
            ended = error.code
        holds(ended == "ticket_rejected", f"after the reject it is told {ended or 'that it is confirmed'}")

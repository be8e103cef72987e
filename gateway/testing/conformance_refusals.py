"""Checks of the ticket's table and its refusals (DESIGN.md section 3), and of how errors are told."""

from __future__ import annotations

import re
import threading

from gateway.testing.conformance import UNKNOWN_ID, NotTried, Trial, check, expect, holds
from gateway.testing.wire import CLIENT

TABLE = "DESIGN.md 3"
ERRORS = "DESIGN.md 4, RFC 9457"


@check(TABLE, "a ticket has an id of 128 bits, a secret of 256, and a QR that holds the id and nothing else")
def a_ticket_is_issued(trial: Trial) -> None:
    ticket = trial.wire.request()
    holds(re.fullmatch(r"[A-Za-z0-9_-]{22}", ticket.ticket_id), f"ticket_id is {ticket.ticket_id!r}")
    holds(len(ticket.claim_secret) >= 43, f"claim_secret has {len(ticket.claim_secret)} characters")
    holds(ticket.qr.endswith(f"/q/{ticket.ticket_id}"), f"qr is {ticket.qr!r}")
    holds(ticket.claim_secret not in ticket.qr, "this does not hold: ticket.claim_secret not in ticket.qr")
    holds((ticket.body["state"], ticket.body["version"]) == ("pending", 1), str(ticket.body))
    holds(ticket.body["expires_in"] > 0, "this does not hold: ticket.body['expires_in'] > 0")


@check(TABLE, "each change adds 1 to the version, and the order is pending, scanned, confirmed")
def states_go_forward(trial: Trial) -> None:
    phone, ticket = trial.phone(), trial.wire.request()
    seen = [trial.state(ticket)]
    expect(trial.wire.scan(phone, ticket.ticket_id), 200)
    seen.append(trial.state(ticket))
    expect(trial.wire.confirm(phone, ticket.ticket_id, number=seen[-1].get("number")), 200)
    seen.append(trial.state(ticket))
    told = [(state["state"], state["version"]) for state in seen]
    holds(told == [("pending", 1), ("scanned", 2), ("confirmed", 3)], str(told))


@check(TABLE, "an unknown ticket: scan, confirm, reject, poll, cancel and claim are 404 ticket_not_found")
def unknown_tickets(trial: Trial) -> None:
    phone, secret = trial.phone(), "s" * 43
    for answer in (
        trial.wire.scan(phone, UNKNOWN_ID),
        trial.wire.confirm(phone, UNKNOWN_ID),
        trial.wire.reject(phone, UNKNOWN_ID),
        trial.wire.poll(UNKNOWN_ID, secret),
        trial.wire.cancel(UNKNOWN_ID, secret),
        trial.wire.claim(UNKNOWN_ID, secret),
    ):
        expect(answer, 404, code="ticket_not_found")


@check(TABLE, "who scans first owns the ticket: another device's scan, confirm and reject are 409 and change nothing")
def the_first_scanner_owns_it(trial: Trial) -> None:
    _, ticket = trial.scanned()
    other = trial.phone(trial.second)
    for act in (trial.wire.scan, trial.wire.confirm, trial.wire.reject):
        expect(act(other, ticket.ticket_id), 409, code="ticket_taken")
    holds(trial.state(ticket)["version"] == 2, "this does not hold: trial.state(ticket)['version'] == 2")


@check(TABLE, "a confirm before a scan is 409 ticket_wrong_state")
def no_confirm_before_a_scan(trial: Trial) -> None:
    expect(trial.wire.confirm(trial.phone(), trial.wire.request().ticket_id), 409, code="ticket_wrong_state")


@check(TABLE, "a wrong one-time code is 403 otp_invalid and confirms nothing")
def wrong_codes(trial: Trial) -> None:
    phone, ticket = trial.scanned()
    right = {phone.otp(-1), phone.otp(), phone.otp(1), phone.otp(2)}
    wrong = next(code for code in ("000000", "111111", "222222", "333333", "444444") if code not in right)
    expect(trial.wire.confirm(phone, ticket.ticket_id, otp=wrong), 403, code="otp_invalid")
    holds(trial.state(ticket)["state"] == "scanned", "this does not hold: trial.state(ticket)['state'] == 'scanned'")


@check("RFC 6238 5.2", "a one-time code is accepted once")
def codes_serve_once(trial: Trial) -> None:
    phone, ticket = trial.scanned()
    code = phone.otp()
    number = trial.state(ticket).get("number")
    expect(trial.wire.confirm(phone, ticket.ticket_id, otp=code, number=number), 200)
    again = trial.wire.request()
    expect(trial.wire.scan(phone, again.ticket_id), 200)
    number = trial.state(again).get("number")
    expect(trial.wire.confirm(phone, again.ticket_id, otp=code, number=number), 403, code="otp_invalid")


@check(TABLE, "where the number is required, a wrong one is 403 number_mismatch")
def wrong_numbers(trial: Trial) -> None:
    phone, ticket = trial.phone(), trial.wire.request()
    page = expect(trial.wire.scan(phone, ticket.ticket_id), 200)
    if page.get("number_matching") != "require":
        raise NotTried(f"number_matching is {page.get('number_matching')} here")
    wrong = "10" if trial.state(ticket)["number"] != "10" else "11"
    expect(trial.wire.confirm(phone, ticket.ticket_id, number=wrong), 403, code="number_mismatch")


@check(TABLE, "a rejected ticket is dead: confirm and claim are 410 ticket_rejected")
def rejected_is_dead(trial: Trial) -> None:
    phone, ticket = trial.scanned()
    holds(
        expect(trial.wire.reject(phone, ticket.ticket_id), 200)["state"] == "rejected",
        "this does not hold: expect(trial.wire.reject(phone, ticket.ticket_id), 200)['state'] == 'rejected'",
    )
    expect(trial.wire.confirm(phone, ticket.ticket_id), 410, code="ticket_rejected")
    expect(trial.wire.claim(ticket.ticket_id, ticket.claim_secret), 410, code="ticket_rejected")


@check(TABLE, "a cancelled ticket is dead: a scan is 410 ticket_cancelled")
def cancelled_is_dead(trial: Trial) -> None:
    ticket = trial.wire.request()
    expect(trial.wire.cancel(ticket.ticket_id, ticket.claim_secret), 200)
    expect(trial.wire.scan(trial.phone(), ticket.ticket_id), 410, code="ticket_cancelled")


@check("RFC 10027 6.1.4", "a refresh kills the ticket that it replaces")
def refresh_kills_the_old(trial: Trial) -> None:
    old = trial.wire.request()
    trial.wire.request(replaces={"ticket_id": old.ticket_id, "claim_secret": old.claim_secret})
    expect(trial.wire.scan(trial.phone(), old.ticket_id), 410, code="ticket_cancelled")


@check(TABLE, "a claim before the confirm is 409 ticket_not_confirmed")
def no_claim_before_the_confirm(trial: Trial) -> None:
    phone, ticket = trial.phone(), trial.wire.request()
    expect(trial.wire.claim(ticket.ticket_id, ticket.claim_secret), 409, code="ticket_not_confirmed")
    expect(trial.wire.scan(phone, ticket.ticket_id), 200)
    expect(trial.wire.claim(ticket.ticket_id, ticket.claim_secret), 409, code="ticket_not_confirmed")


@check(TABLE, "the same device repeating its scan, confirm or reject gets the same answer")
def repeats_are_safe(trial: Trial) -> None:
    phone, ticket = trial.scanned()
    expect(trial.wire.scan(phone, ticket.ticket_id), 200)
    number = trial.state(ticket).get("number")
    first = expect(trial.wire.confirm(phone, ticket.ticket_id, number=number), 200)
    again = expect(trial.wire.confirm(phone, ticket.ticket_id, number=number), 200)
    holds(
        (first["state"], first["version"]) == (again["state"], again["version"]),
        "this does not hold: (first['state'], first['version']) == (again['state'], again['version'])",
    )
    phone, ticket = trial.scanned()
    versions = {expect(trial.wire.reject(phone, ticket.ticket_id), 200)["version"] for _ in range(2)}
    holds(len(versions) == 1, str(versions))


@check(TABLE, "a lost claim repeated with its Idempotency-Key gets the same session; with another, 410 ticket_spent")
def claims_are_idempotent_by_their_key(trial: Trial) -> None:
    _, ticket = trial.confirmed()
    first = expect(trial.wire.claim(ticket.ticket_id, ticket.claim_secret, "one"), 200, 201)
    again = expect(trial.wire.claim(ticket.ticket_id, ticket.claim_secret, "one"), 200, 201)
    holds(first["access_token"] == again["access_token"], "another session came back")
    expect(trial.wire.claim(ticket.ticket_id, ticket.claim_secret, "two"), 410, code="ticket_spent")


@check("ASVS 15.4.2", "of many parallel claims one succeeds")
def one_claim_of_many(trial: Trial) -> None:
    _, ticket = trial.confirmed()
    answers: list[int] = []

    def claim(number: int) -> None:
        answers.append(trial.wire.claim(ticket.ticket_id, ticket.claim_secret, f"key-{number}").status_code)

    threads = [threading.Thread(target=claim, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    won = [status for status in answers if status < 300]
    holds(len(won) == 1, f"{len(won)} of {len(answers)} claims succeeded")


@check(TABLE, "a ticket that nobody scans is 410 ticket_expired after its lifetime")
def pending_tickets_expire(trial: Trial) -> None:
    phone, ticket = trial.phone(), trial.wire.request()
    trial.advance(ticket.body["expires_in"] + 1)
    expect(trial.wire.scan(phone, ticket.ticket_id), 410, code="ticket_expired")


@check("Keycloak CVE-2026-9798", "who logs out between confirm and claim has logged nobody in")
def logout_takes_the_word_back(trial: Trial) -> None:
    phone, ticket = trial.confirmed()
    expect(trial.wire.call("DELETE", "/app/session", authorization=f"Bearer {phone.token}"), 204, 200)
    answer = trial.wire.claim(ticket.ticket_id, ticket.claim_secret)
    holds(answer.status_code >= 400, "a session came back")


@check(ERRORS, "refusals are problem documents with a code: malformed 400, unknown fields 422, type 415, path 404")
def errors_are_problem_documents(trial: Trial) -> None:
    wire = trial.wire
    json_type = {"Content-Type": "application/json"}
    answers = (
        (wire.call("POST", "/tickets", data=b"{", headers=json_type), 400, "malformed_request"),
        (wire.call("POST", "/tickets", {"client": CLIENT, "more": 1}), 422, "invalid_request"),
        (wire.call("POST", "/tickets", {"client": {**CLIENT, "name": 7}}), 422, "invalid_request"),
        (
            wire.call("POST", "/tickets", data=b"x", headers={"Content-Type": "text/plain"}),
            415,
            "unsupported_media_type",
        ),
        (wire.call("GET", "/nowhere"), 404, "not_found"),
        (wire.call("PUT", "/tickets", {}), 405, "method_not_allowed"),
    )
    for answer, status, code in answers:
        body = expect(answer, status, code=code)
        kind = answer.headers.get("Content-Type", "")
        holds(kind.startswith("application/problem+json"), f"{status} came as {kind}")
        holds(body.get("status") == status, "this does not hold: body.get('status') == status")
        holds(body.get("detail"), "this does not hold: body.get('detail')")


@check(ERRORS, "every answer is Cache-Control: no-store")
def nothing_is_cached(trial: Trial) -> None:
    answer = trial.wire.call("POST", "/tickets", {"client": CLIENT})
    holds("no-store" in answer.headers.get("Cache-Control", ""), str(dict(answer.headers)))

"""Checks of tickets that are aimed at an account, for gateways that have them switched on."""

from __future__ import annotations

from typing import Any

from scan_to_login.conformance.raw_calls import CLIENT, RawPhone
from scan_to_login.conformance.rules import NotTried, Trial, check, expect, holds
from scan_to_login.testing.wire import Answer

SOURCE = "docs/decisions/0023"
STRANGER = "nobody_has_this_name"


def _ask(trial: Trial, name: str, device: str) -> Answer:
    answer = trial.wire.call("POST", "/tickets", json={"client": {**CLIENT, "device": device}, "target": name})
    if answer.status_code == 403:
        expect(answer, 403, code="targeted_tickets_off")
        raise NotTried("targeted tickets are off here", "此网关未开启定向票据")
    return answer


def _shown(trial: Trial, phone: RawPhone) -> list[str]:
    told = expect(trial.wire.call("GET", "/app/login-requests", token=f"Bearer {phone.token}"), 200)
    return [request["ticket_id"] for request in told["requests"]]


@check(
    SOURCE,
    "a targeted ticket has no QR; phones of its account are shown it, and must type the client's number",
    "定向票据没有二维码；该账号的手机可以看到，并且必须输入客户端的数字",
)
def the_named_accounts_phone_is_asked(trial: Trial) -> None:
    phone = trial.phone()
    ticket: dict[str, Any] = expect(_ask(trial, trial.first, "one"), 201)
    ticket_id, secret = ticket["ticket_id"], ticket["claim_secret"]
    holds("qr" not in ticket, f"qr is {ticket.get('qr')!r}", f"qr 是 {ticket.get('qr')!r}")
    holds(ticket_id in _shown(trial, phone), "its phone is not shown it", "该账号的手机看不到它")
    page = expect(trial.wire.scan(phone, ticket_id), 200)
    holds((page["number_matching"], "number" in page) == ("require", False), str(page))
    expect(trial.wire.confirm(phone, ticket_id, phone.otp(steps_ago=1)), 403, code="number_mismatch")
    number = expect(trial.wire.poll(ticket_id, secret), 200)["number"]
    expect(trial.wire.confirm(phone, ticket_id, number=number), 200)
    expect(trial.wire.claim(ticket_id, secret), 200)


@check(
    SOURCE,
    "a phone of another account is not shown a targeted ticket, and cannot open it: 404 ticket_not_found",
    "其他账号的手机看不到也打不开定向票据：404 ticket_not_found",
)
def others_know_nothing_of_it(trial: Trial) -> None:
    other = trial.phone(trial.second)
    ticket_id = expect(_ask(trial, trial.first, "two"), 201)["ticket_id"]
    holds(ticket_id not in _shown(trial, other), "another account's phone is shown it", "其他账号的手机看到了它")
    expect(trial.wire.scan(other, ticket_id), 404, code="ticket_not_found")


@check(
    SOURCE,
    "a name that nobody has gets the same answer as one that somebody has, at the second request too",
    "账号名不存在时，应答与存在时相同，第二次请求也是如此",
)
def the_answer_is_that_for_nobody(trial: Trial) -> None:
    answers = [[_ask(trial, name, "three") for name in (trial.first, STRANGER)] for _ in range(2)]
    for known, unknown in answers:
        same = (known.status_code, sorted(known.json())) == (unknown.status_code, sorted(unknown.json()))
        holds(same, f"{known.text[:160]} and {unknown.text[:160]}", f"{known.text[:160]} 与 {unknown.text[:160]}")


@check(
    SOURCE,
    "a remembered computer asks its person's phone; a token that was used before makes it forgotten",
    "记住的电脑向本人的手机发起请求；令牌被重复使用时不再记住",
)
def a_remembered_computer(trial: Trial) -> None:
    phone, first = _remembered(trial)
    asked = expect(trial.wire.call("POST", "/tickets", json={"client": CLIENT, "remembered": first}), 201)
    trial.advance(30)  # the phone has a fresh code
    fresh = phone.otp(steps_ago=-1)
    expect(trial.wire.scan(phone, asked["ticket_id"]), 200)
    number = expect(trial.wire.poll(asked["ticket_id"], asked["claim_secret"]), 200)["number"]
    expect(trial.wire.confirm(phone, asked["ticket_id"], fresh, number), 200)
    second = _claimed(trial, asked["ticket_id"], asked["claim_secret"])
    holds(second not in (None, first), "the token has not changed", "令牌没有变化")
    for token in (first, second):
        refused = trial.wire.call("POST", "/tickets", json={"client": CLIENT, "remembered": token})
        expect(refused, 403, code="remembered_invalid")


@check(
    SOURCE,
    "a remembered computer is bound to its client, and its person's phone forgets it: 403 remembered_invalid",
    "记住的电脑与其客户端绑定，本人可在手机上不再记住：403 remembered_invalid",
)
def remembered_computers_are_forgotten(trial: Trial) -> None:
    phone, token = _remembered(trial)
    stolen = trial.wire.call("POST", "/tickets", json={"client": {**CLIENT, "device": "other"}, "remembered": token})
    expect(stolen, 403, code="remembered_invalid")
    bearer = f"Bearer {phone.token}"
    told = expect(trial.wire.call("GET", "/app/remembered-computers", token=bearer), 200)
    for computer in told["computers"]:
        path = f"/app/remembered-computers/{computer['remembered_id']}"
        expect(trial.wire.call("DELETE", path, token=bearer), 204, 200)
    refused = trial.wire.call("POST", "/tickets", json={"client": CLIENT, "remembered": token})
    expect(refused, 403, code="remembered_invalid")


def _remembered(trial: Trial) -> tuple[RawPhone, str]:
    """A phone whose login has had this computer remembered, and the computer's token."""
    phone, ticket = trial.confirmed()
    token = _claimed(trial, ticket.ticket_id, ticket.claim_secret)
    if token is None:
        raise NotTried("computers are not remembered here", "此网关不记住电脑")
    return phone, token


def _claimed(trial: Trial, ticket_id: str, secret: str) -> str | None:
    token: str | None = expect(trial.wire.claim(ticket_id, secret, remember=True), 200).get("remembered")
    return token

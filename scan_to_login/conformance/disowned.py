"""Checks of *this wasn't me*: the message of a login ends it."""

from __future__ import annotations

from typing import Any

from scan_to_login.conformance.raw_calls import CLIENT, RawPhone
from scan_to_login.conformance.rules import NotTried, Trial, check, expect, holds
from scan_to_login.testing.wire import Answer

SOURCE = "docs/how-to/without-a-scan.md"


def _newest_login(trial: Trial, phone: RawPhone) -> dict[str, Any]:
    answer = trial.wire.call("GET", "/app/messages", token=f"Bearer {phone.token}")
    if answer.status_code == 404:
        raise NotTried("this gateway has no messages to phones", "此网关没有发给手机的消息")
    logins = [each for each in expect(answer, 200)["messages"] if each["notice"] == "login"]
    holds(logins, "no message tells of the login", "没有消息告知此次登录")
    newest: dict[str, Any] = logins[-1]
    return newest


def _disown(trial: Trial, phone: RawPhone, message: dict[str, Any]) -> Answer:
    path = f"/app/messages/{message['message_id']}/disown"
    return trial.wire.call("POST", path, json={}, token=f"Bearer {phone.token}")


@check(
    SOURCE,
    "this wasn't me: the message of a login ends its session at once and forgets its computer; a repeat ends nothing",
    "“非本人操作”：登录消息可立即结束该会话，并不再记住该电脑；重复操作不再改变任何状态",
)
def disowned_logins_end(trial: Trial) -> None:
    phone, ticket = trial.confirmed()
    session = expect(trial.wire.claim(ticket.ticket_id, ticket.claim_secret, remember=True), 200, 201)
    bearer = f"Bearer {session['access_token']}"
    expect(trial.wire.call("GET", "/session", token=bearer), 200)
    message = _newest_login(trial, phone)
    for ended in (True, False):
        told = expect(_disown(trial, phone, message), 200)
        holds(told["ended"] is ended, str(told))
    expect(trial.wire.call("GET", "/session", token=bearer), 401)
    if "remembered" in session:
        body = {"client": CLIENT, "remembered": session["remembered"]}
        expect(trial.wire.call("POST", "/tickets", json=body), 403, code="remembered_invalid")


@check(
    SOURCE,
    "this wasn't me: another account's phone gets 404 and ends nothing; for its own login a phone gets 403 forbidden",
    "“非本人操作”：其他账号的手机得到 404，不会结束会话；手机对自己的这次登录得到 403 forbidden",
)
def logins_are_disowned_by_their_owner_alone(trial: Trial) -> None:
    phone, ticket = trial.confirmed()
    session = expect(trial.wire.claim(ticket.ticket_id, ticket.claim_secret), 200, 201)
    message = _newest_login(trial, phone)
    expect(_disown(trial, trial.phone(trial.second), message), 404)
    expect(trial.wire.call("GET", "/session", token=f"Bearer {session['access_token']}"), 200)
    own = trial.phone()
    expect(_disown(trial, own, _newest_login(trial, own)), 403, code="forbidden")

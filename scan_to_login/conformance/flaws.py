"""Checks of the six flaws that 47 of 109 sites had (SECURITY.md, source U), and of pushes."""

from __future__ import annotations

import itertools
import re
import secrets
from typing import Any

from scan_to_login.conformance.raw_calls import CLIENT
from scan_to_login.conformance.rules import UNKNOWN_ID, Bilingual, Trial, check, expect, holds
from scan_to_login.protocol import TicketState
from scan_to_login.qr_payload import frame_in
from scan_to_login.testing.wire import Answer

PUSH = "DESIGN.md 4"


def flaw(number: int, en: str, zh: str) -> Bilingual:
    """The name of one of the six flaws, as the source of a rule."""
    return Bilingual(f"USENIX Security 2025, flaw {number}: {en}", f"USENIX Security 2025，缺陷 {number}：{zh}")


def no_crash(answer: Answer, name: str) -> None:
    """An unknown field in a body must not cause a 5xx."""
    status = answer.status_code
    holds(status < 500, f"{status} for a body with {name}", f"请求体带 {name} 时应答 {status}")


@check(
    flaw(1, "unbound session", "会话未绑定"),
    "another client can neither watch, cancel nor claim: as for an unknown ticket",
    "其他客户端不能查看、取消、换取会话：与未知票据的应答相同",
)
def sessions_are_bound(trial: Trial) -> None:
    _, ticket = trial.confirmed()
    other = trial.wire.request().claim_secret
    unknown = trial.wire.poll(UNKNOWN_ID, other)
    for act in (trial.wire.poll, trial.wire.cancel, trial.wire.claim):
        answer = act(ticket.ticket_id, other)
        expect(answer, 404, code="ticket_not_found")
        holds(
            answer.json() == unknown.json(),
            "an existing ticket is answered unlike an unknown one",
            "与未知票据的应答不同",
        )
    bare = trial.wire.call("POST", f"/tickets/{ticket.ticket_id}/claim", json={})
    expect(bare, 401, 404)


@check(
    flaw(2, "reusable QR", "二维码可重复使用"),
    "after the login, scan, confirm, reject, poll and claim are 410",
    "登录之后，扫码、确认、拒绝、轮询、换取会话均为 410",
)
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


@check(
    flaw(3, "predictable id", "ID 可预测"),
    "ids are random: no common beginning, no order, no repetition; guesses are refused",
    "ID 随机：无相同开头、无次序、不重复；猜测会被拒绝",
)
def ids_cannot_be_predicted(trial: Trial) -> None:
    ids = [trial.wire.request().ticket_id for _ in range(24)]
    holds(len(set(ids)) == len(ids), "an id came twice", "出现了重复的 ID")
    beginning = "".join(
        one[0] for one in itertools.takewhile(lambda column: len(set(column)) == 1, zip(*ids, strict=True))
    )
    holds(len(beginning) < 3, f"all ids begin with {beginning}", f"所有 ID 都以 {beginning} 开头")
    holds(ids != sorted(ids), "ids come in order", "ID 按次序排列")
    alike = max(sum(map(str.__eq__, one, two)) for one, two in itertools.pairwise(ids))
    holds(alike < 11, f"two ids in a row have {alike} characters alike", f"相邻的两个 ID 有 {alike} 个字符相同")
    phone = trial.phone()
    for _ in range(5):
        expect(trial.wire.scan(phone, secrets.token_urlsafe(16)), 404, 429)


@check(
    flaw(4, "controllable id", "ID 可指定"),
    "an id or secret that the caller sends is refused or passed over",
    "调用方自带的 ID 或密钥会被拒绝或忽略",
)
def ids_cannot_be_chosen(trial: Trial) -> None:
    for name in ("ticket_id", "claim_secret", "id"):
        answer = trial.wire.call("POST", "/tickets", json={"client": CLIENT, name: UNKNOWN_ID})
        no_crash(answer, name)
        if answer.status_code < 300:
            holds(UNKNOWN_ID not in answer.text, f"{name} was taken over", f"{name} 被采用")


@check(
    flaw(5, "token not validated", "令牌未校验"),
    "no token, a wrong one, an ended one: 401; a client's on a phone's call: 401 or 403",
    "无令牌、错误令牌、已失效令牌：401；客户端令牌用于手机接口：401 或 403",
)
def tokens_are_validated(trial: Trial) -> None:
    wire, ticket = trial.wire, trial.wire.request()
    path = f"/tickets/{ticket.ticket_id}/scan"
    ended = trial.phone()
    expect(wire.call("DELETE", "/app/session", token=f"Bearer {ended.token}"), 204, 200)
    for authorization in ("", "Bearer", f"Bearer {'x' * 43}", f"Basic {'x' * 43}", f"Bearer {ended.token}"):
        expect(wire.call("POST", path, json={}, token=authorization), 401)
    _, other = trial.confirmed()
    token = expect(wire.claim(other.ticket_id, other.claim_secret), 200, 201)["access_token"]
    expect(wire.call("POST", path, json={}, token=f"Bearer {token}"), 401, 403)


@check(
    flaw(5, "token not validated", "令牌未校验"),
    "an identifier in the body never changes whose account it is",
    "请求体中的标识不会改变登录的账号",
)
def bodies_do_not_say_who(trial: Trial) -> None:
    phone, ticket = trial.phone(), trial.wire.request()
    for name in ("account_id", "login_name", "identifier", "device_id"):
        path = f"/tickets/{ticket.ticket_id}/scan"
        answer = trial.wire.call("POST", path, json={name: trial.second}, token=f"Bearer {phone.token}")
        no_crash(answer, name)
    expect(trial.wire.scan(phone, ticket.ticket_id), 200)
    expect(trial.wire.confirm(phone, ticket.ticket_id, number=trial.state(ticket).get("number")), 200)
    login = expect(trial.wire.claim(ticket.ticket_id, ticket.claim_secret), 200, 201)
    who = login["account"]
    holds(who["login_name"] == trial.first, f"{who} is logged in", f"登录的是 {who}")


@check(
    flaw(6, "data leak", "数据泄露"),
    "nothing of a person before the scan; masked after; never a phone or document number",
    "扫码前不透露任何个人信息；扫码后脱敏；任何时候都不透露手机号码和证件号码",
)
def nothing_leaks(trial: Trial) -> None:
    account = trial.gateway.account(trial.first)
    phone, ticket = trial.phone(), trial.wire.request()
    before = trial.wire.poll(ticket.ticket_id, ticket.claim_secret).text
    page = trial.wire.scan(phone, ticket.ticket_id).text
    after = trial.wire.poll(ticket.ticket_id, ticket.claim_secret).text
    holds("scanned_by" not in before, before)
    for text in (before, page, after):
        for leak in (account.name, account.phone, account.id_number, phone.token, phone.otp_secret):
            holds(leak not in text, f"{leak[:3]}… is in {text[:120]}", f"{leak[:3]}… 出现在 {text[:120]}")


@check(
    "SECURITY.md, Tickets 6",
    "no poll and no QR carries a session's token; it comes from the claim alone",
    "轮询和二维码中没有会话令牌；令牌只在换取会话时给出",
)
def tokens_come_from_the_claim_alone(trial: Trial) -> None:
    _, ticket = trial.confirmed()
    told = trial.wire.poll(ticket.ticket_id, ticket.claim_secret).text
    token = expect(trial.wire.claim(ticket.ticket_id, ticket.claim_secret), 200, 201)["access_token"]
    holds(token not in told, "the poll tells the session's token", "轮询中有会话令牌")
    holds(not re.search(r"access_token|session", told), told)


@check(
    PUSH,
    "a waiting socket is pushed scanned and confirmed, in order, with rising versions",
    "等待中的连接依次收到 scanned、confirmed 推送，版本号递增",
)
def states_are_pushed(trial: Trial) -> None:
    from client_stub.client import Client

    heard: list[Any] = []
    with Client(trial.gateway.url) as client:
        ticket = client.request_ticket()
        client.subscribe(heard.append)
        phone = trial.phone()
        expect(trial.wire.scan(phone, ticket.ticket_id, frame_in(ticket.shown_qr)), 200)
        number = client.wait_for(TicketState.SCANNED, timeout=5).number
        expect(trial.wire.confirm(phone, ticket.ticket_id, number=number), 200)
        client.wait_for(TicketState.CONFIRMED, timeout=5)
    told = [(signal.state.value, signal.version) for signal in heard if hasattr(signal, "version")]
    holds(told == [("scanned", 2), ("confirmed", 3)], str(told))


@check(
    PUSH,
    "a client that was cut off learns on another socket what it has missed",
    "断线的客户端换一个连接后，能得知错过的变化",
)
def a_cut_client_catches_up(trial: Trial) -> None:
    from client_stub.client import Client
    from client_stub.errors import ClientError

    phone = trial.phone()
    with Client(trial.gateway.url) as first:
        ticket = first.request_ticket()
    expect(trial.wire.scan(phone, ticket.ticket_id, frame_in(ticket.shown_qr)), 200)
    with Client(trial.gateway.url) as second:
        update = second.resume(ticket)
        holds(update.state == TicketState.SCANNED, f"it is told {update.state}", f"得知的状态是 {update.state}")
        expect(trial.wire.reject(phone, ticket.ticket_id), 200)
        ended = ""
        try:
            second.wait_for(TicketState.CONFIRMED, timeout=5)
        except ClientError as error:
            ended = error.code
        told = ended or "confirmed"
        holds(told == "ticket_rejected", f"after the reject it is told {told}", f"拒绝之后得知的是 {told}")

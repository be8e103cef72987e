"""Checks of the ticket's table and its refusals (DESIGN.md section 3), and of the form of errors."""

from __future__ import annotations

import re
import threading

from scan_to_login.conformance.raw_calls import CLIENT, DEVICE
from scan_to_login.conformance.rules import UNKNOWN_ID, NotTried, Trial, check, expect, holds
from scan_to_login.qr_payload import frame_in

TABLE = "DESIGN.md 3"
ERRORS = "DESIGN.md 4, RFC 9457"


@check(
    TABLE,
    "a ticket has an id of 128 bits, a secret of 256, and a QR that holds the id and nothing else; one that rotates, "
    "its frame too",
    "票据的 ID 为 128 位，密钥为 256 位，二维码中只有 ID；变化的二维码还有当前帧",
)
def a_ticket_is_issued(trial: Trial) -> None:
    ticket = trial.wire.request()
    holds(
        re.fullmatch(r"[A-Za-z0-9_-]{22}", ticket.ticket_id),
        f"ticket_id is {ticket.ticket_id!r}",
        f"ticket_id 是 {ticket.ticket_id!r}",
    )
    length = len(ticket.claim_secret)
    holds(length >= 43, f"claim_secret has {length} characters", f"claim_secret 只有 {length} 个字符")
    frame = frame_in(ticket.qr)
    end = f"/q/{ticket.ticket_id}" + (f".{frame}" if frame else "")
    holds(ticket.qr.endswith(end), f"qr is {ticket.qr!r}", f"qr 是 {ticket.qr!r}")
    holds(ticket.claim_secret not in ticket.qr, "the QR holds the claim_secret", "二维码中有 claim_secret")
    holds((ticket.body["state"], ticket.body["version"]) == ("pending", 1), str(ticket.body))
    holds(ticket.body["expires_in"] > 0, str(ticket.body))


@check(
    TABLE,
    "each change adds 1 to the version, and the order is pending, scanned, confirmed",
    "每次变化版本号加 1，顺序为 pending、scanned、confirmed",
)
def states_go_forward(trial: Trial) -> None:
    phone, ticket = trial.phone(), trial.wire.request()
    seen = [trial.state(ticket)]
    expect(trial.wire.scan(phone, ticket.ticket_id), 200)
    seen.append(trial.state(ticket))
    expect(trial.wire.confirm(phone, ticket.ticket_id, number=seen[-1].get("number")), 200)
    seen.append(trial.state(ticket))
    told = [(state["state"], state["version"]) for state in seen]
    holds(told == [("pending", 1), ("scanned", 2), ("confirmed", 3)], str(told))


@check(
    TABLE,
    "an unknown ticket: scan, confirm, reject, poll, cancel and claim are 404 ticket_not_found",
    "未知票据：扫码、确认、拒绝、轮询、取消、换取会话均为 404 ticket_not_found",
)
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


@check(
    TABLE,
    "who scans first owns the ticket: another device's scan, confirm and reject are 409 and change nothing",
    "先扫码者拥有票据：其他设备扫码、确认、拒绝均为 409，且不改变任何状态",
)
def the_first_scanner_owns_it(trial: Trial) -> None:
    _, ticket = trial.scanned()
    other = trial.phone(trial.second)
    for act in (trial.wire.scan, trial.wire.confirm, trial.wire.reject):
        expect(act(other, ticket.ticket_id), 409, code="ticket_taken")
    version = trial.state(ticket)["version"]
    holds(version == 2, f"its version is {version}, and was 2", f"版本号由 2 变成 {version}")


@check(TABLE, "a confirm before a scan is 409 ticket_wrong_state", "未扫码就确认为 409 ticket_wrong_state")
def no_confirm_before_a_scan(trial: Trial) -> None:
    expect(trial.wire.confirm(trial.phone(), trial.wire.request().ticket_id), 409, code="ticket_wrong_state")


@check(
    TABLE, "a wrong one-time code is 403 otp_invalid and confirms nothing", "动态口令错误为 403 otp_invalid，且不会确认"
)
def wrong_codes(trial: Trial) -> None:
    phone, ticket = trial.scanned()
    right = {phone.otp(-1), phone.otp(), phone.otp(1), phone.otp(2)}
    wrong = next(code for code in ("000000", "111111", "222222", "333333", "444444") if code not in right)
    expect(trial.wire.confirm(phone, ticket.ticket_id, otp=wrong), 403, code="otp_invalid")
    state = trial.state(ticket)["state"]
    holds(state == "scanned", f"its state is {state}", f"票据状态变为 {state}")


@check("RFC 6238 5.2", "a one-time code is accepted once", "每个动态口令只接受一次")
def codes_serve_once(trial: Trial) -> None:
    phone, ticket = trial.scanned()
    code = phone.otp()
    number = trial.state(ticket).get("number")
    expect(trial.wire.confirm(phone, ticket.ticket_id, otp=code, number=number), 200)
    again = trial.wire.request()
    expect(trial.wire.scan(phone, again.ticket_id), 200)
    number = trial.state(again).get("number")
    expect(trial.wire.confirm(phone, again.ticket_id, otp=code, number=number), 403, code="otp_invalid")


@check(
    TABLE,
    "a rejected ticket is dead: confirm and claim are 410 ticket_rejected",
    "已拒绝的票据作废：确认、换取会话均为 410 ticket_rejected",
)
def rejected_is_dead(trial: Trial) -> None:
    phone, ticket = trial.scanned()
    state = expect(trial.wire.reject(phone, ticket.ticket_id), 200)["state"]
    holds(state == "rejected", f"after the reject its state is {state}", f"拒绝之后状态为 {state}")
    expect(trial.wire.confirm(phone, ticket.ticket_id), 410, code="ticket_rejected")
    expect(trial.wire.claim(ticket.ticket_id, ticket.claim_secret), 410, code="ticket_rejected")


@check(
    TABLE, "a cancelled ticket is dead: a scan is 410 ticket_cancelled", "已取消的票据作废：扫码为 410 ticket_cancelled"
)
def cancelled_is_dead(trial: Trial) -> None:
    ticket = trial.wire.request()
    expect(trial.wire.cancel(ticket.ticket_id, ticket.claim_secret), 200)
    expect(trial.wire.scan(trial.phone(), ticket.ticket_id), 410, code="ticket_cancelled")


@check("RFC 10027 6.1.4", "a refresh kills the ticket that it replaces", "刷新二维码后，被替换的票据立即作废")
def refresh_kills_the_old(trial: Trial) -> None:
    old = trial.wire.request()
    trial.wire.request(replaces={"ticket_id": old.ticket_id, "claim_secret": old.claim_secret})
    expect(trial.wire.scan(trial.phone(), old.ticket_id), 410, code="ticket_cancelled")


@check(TABLE, "a claim before the confirm is 409 ticket_not_confirmed", "未确认就换取会话为 409 ticket_not_confirmed")
def no_claim_before_the_confirm(trial: Trial) -> None:
    phone, ticket = trial.phone(), trial.wire.request()
    expect(trial.wire.claim(ticket.ticket_id, ticket.claim_secret), 409, code="ticket_not_confirmed")
    expect(trial.wire.scan(phone, ticket.ticket_id), 200)
    expect(trial.wire.claim(ticket.ticket_id, ticket.claim_secret), 409, code="ticket_not_confirmed")


@check(
    TABLE,
    "the same device repeating its scan, confirm or reject gets the same answer",
    "同一设备重复扫码、确认、拒绝，得到相同的应答",
)
def repeats_are_safe(trial: Trial) -> None:
    phone, ticket = trial.scanned()
    expect(trial.wire.scan(phone, ticket.ticket_id), 200)
    number = trial.state(ticket).get("number")
    first = expect(trial.wire.confirm(phone, ticket.ticket_id, number=number), 200)
    again = expect(trial.wire.confirm(phone, ticket.ticket_id, number=number), 200)
    answers = [(answer["state"], answer["version"]) for answer in (first, again)]
    holds(answers[0] == answers[1], f"the answers are {answers}", f"两次应答是 {answers}")
    phone, ticket = trial.scanned()
    versions = {expect(trial.wire.reject(phone, ticket.ticket_id), 200)["version"] for _ in range(2)}
    holds(len(versions) == 1, str(versions))


@check(
    TABLE,
    "a lost claim repeated with its Idempotency-Key gets the same session; with another, 410 ticket_spent",
    "换取会话的应答丢失后，用同一 Idempotency-Key 重试得到同一会话；换一个则为 410 ticket_spent",
)
def claims_are_idempotent_by_their_key(trial: Trial) -> None:
    _, ticket = trial.confirmed()
    first = expect(trial.wire.claim(ticket.ticket_id, ticket.claim_secret, "one"), 200, 201)
    again = expect(trial.wire.claim(ticket.ticket_id, ticket.claim_secret, "one"), 200, 201)
    holds(first["access_token"] == again["access_token"], "another session came back", "返回了另一个会话")
    expect(trial.wire.claim(ticket.ticket_id, ticket.claim_secret, "two"), 410, code="ticket_spent")


@check("ASVS 15.4.2", "of many parallel claims one succeeds", "并发换取会话多次，只有一次成功")
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
    told = (f"{len(won)} of {len(answers)} claims succeeded", f"{len(answers)} 次换取会话中有 {len(won)} 次成功")
    holds(len(won) == 1, *told)


@check(
    TABLE,
    "a ticket that nobody scans is 410 ticket_expired after its lifetime",
    "无人扫码的票据过期后为 410 ticket_expired",
)
def pending_tickets_expire(trial: Trial) -> None:
    phone, ticket = trial.phone(), trial.wire.request()
    trial.advance(ticket.body["expires_in"] + 1)
    expect(trial.wire.scan(phone, ticket.ticket_id), 410, code="ticket_expired")


@check(
    "Keycloak CVE-2026-9798",
    "who logs out between confirm and claim has logged nobody in",
    "确认之后、换取会话之前退出登录的，不会登录任何人",
)
def logout_takes_the_word_back(trial: Trial) -> None:
    phone, ticket = trial.confirmed()
    expect(trial.wire.call("DELETE", "/app/session", token=f"Bearer {phone.token}"), 204, 200)
    answer = trial.wire.claim(ticket.ticket_id, ticket.claim_secret)
    holds(answer.status_code >= 400, "a session came back", "返回了会话")


@check(
    "SECURITY.md, Tickets 7",
    "whose account is disabled between confirm and claim is not logged in, nor by password",
    "确认之后、换取会话之前账号被停用的，不能登录，用密码也不能",
)
def disabling_takes_the_word_back(trial: Trial) -> None:
    if not trial.gateway.has_control:
        raise NotTried("needs the control plane /sim/v1, to disable an account", "需要控制平面 /sim/v1 来停用账号")
    _, ticket = trial.confirmed()
    hall = trial.gateway.control.hall
    hall.disable(trial.first)
    try:
        answer = trial.wire.claim(ticket.ticket_id, ticket.claim_secret)
        holds(answer.status_code >= 400, "a session came back", "返回了会话")
        body = {"identifier": trial.first, "password": trial.gateway.password_of(trial.first), "device": DEVICE}
        expect(trial.wire.call("POST", "/app/sessions", json=body), 403, code="account_disabled")
    finally:
        hall.enable(trial.first)


@check(
    ERRORS,
    "refusals are problem documents with a code: malformed 400, unknown fields 422, type 415, path 404",
    "拒绝时返回带 code 的 problem 文档：格式错误 400，未知字段 422，类型不符 415，路径不存在 404",
)
def errors_are_problem_documents(trial: Trial) -> None:
    wire = trial.wire
    json_type = {"Content-Type": "application/json"}
    answers = (
        (wire.call("POST", "/tickets", data=b"{", headers=json_type), 400, "malformed_request"),
        (wire.call("POST", "/tickets", json={"client": CLIENT, "more": 1}), 422, "invalid_request"),
        (wire.call("POST", "/tickets", json={"client": {**CLIENT, "name": 7}}), 422, "invalid_request"),
        (
            wire.call("POST", "/tickets", data=b"x", headers={"Content-Type": "text/plain"}),
            415,
            "unsupported_media_type",
        ),
        (wire.call("GET", "/nowhere"), 404, "not_found"),
        (wire.call("PUT", "/tickets", json={}), 405, "method_not_allowed"),
    )
    for answer, status, code in answers:
        body = expect(answer, status, code=code)
        kind = answer.headers.get("Content-Type", "")
        holds(kind.startswith("application/problem+json"), f"{status} came as {kind}", f"{status} 的类型是 {kind}")
        holds(body.get("status") == status and body.get("detail"), str(body))


@check(ERRORS, "every answer is Cache-Control: no-store", "所有应答均为 Cache-Control: no-store")
def nothing_is_cached(trial: Trial) -> None:
    answer = trial.wire.call("POST", "/tickets", json={"client": CLIENT})
    holds("no-store" in answer.headers.get("Cache-Control", ""), str(dict(answer.headers)))

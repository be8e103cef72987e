"""Checks of number matching, in whichever mode the gateway has."""

from __future__ import annotations

from scan_to_login.conformance.rules import NotTried, Trial, check, expect, holds

TABLE = "DESIGN.md 3"
SOURCE = "docs/decisions/0024"


@check(
    TABLE,
    "where a number is required or chosen, a wrong one is 403 number_mismatch; a wrong choice rejects; where the "
    "phone's digits are typed at the client, wrong ones are 403 claim_code_invalid, and the third rejects",
    "要求输入或选择数字时，数字错误为 403 number_mismatch，选错即拒绝；须在客户端输入手机上的数字时，"
    "错误为 403 claim_code_invalid，第三次即拒绝",
)
def wrong_numbers(trial: Trial) -> None:
    phone, ticket = trial.phone(), trial.wire.request()
    page = expect(trial.wire.scan(phone, ticket.ticket_id), 200)
    mode = page.get("number_matching")
    shown = trial.state(ticket).get("number")
    if mode == "return":
        shown = expect(trial.wire.confirm(phone, ticket.ticket_id), 200)["claim_code"]
        wrong = "000000" if shown != "000000" else "111111"
        for _ in range(3):
            expect(trial.wire.claim(ticket.ticket_id, ticket.claim_secret, code=wrong), 403, code="claim_code_invalid")
    elif mode in ("require", "choose"):
        wrong = next(number for number in page.get("choices") or ("10", "11") if number != shown)
        expect(trial.wire.confirm(phone, ticket.ticket_id, number=wrong), 403, code="number_mismatch")
    else:
        raise NotTried(f"number_matching is {mode} here", f"此网关的 number_matching 为 {mode}")
    if mode != "require":
        expect(trial.wire.claim(ticket.ticket_id, ticket.claim_secret), 410, code="ticket_rejected")


@check(
    SOURCE,
    "the phone offers three numbers, the client's among them, and the same ones at each scan; where its digits are "
    "typed at the client, a claim without them is 403 claim_code_required, and a repeated confirm shows the same ones",
    "手机提供三个数字，其中一个为客户端的数字，重复扫码时不变；须在客户端输入手机上的数字时，"
    "未输入就换取会话为 403 claim_code_required，重复确认时显示的数字不变",
)
def numbers_tie_both_sides(trial: Trial) -> None:
    phone, ticket = trial.phone(), trial.wire.request()
    page = expect(trial.wire.scan(phone, ticket.ticket_id), 200)
    mode, otp = page.get("number_matching"), phone.otp()
    if mode == "choose":
        choices, shown = page["choices"], trial.state(ticket)["number"]
        holds(len(set(choices)) == 3 and shown in choices, f"{choices}, {shown}")
        holds("number" not in page, str(page))
        again = expect(trial.wire.scan(phone, ticket.ticket_id), 200)["choices"]
        holds(again == choices, f"{choices}, {again}")
        expect(trial.wire.confirm(phone, ticket.ticket_id, otp, shown), 200)
    elif mode == "return":
        codes = [expect(trial.wire.confirm(phone, ticket.ticket_id, otp), 200)["claim_code"] for _ in range(2)]
        holds(codes[0] == codes[1], str(codes))
        bare = trial.wire.call(
            "POST", f"/tickets/{ticket.ticket_id}/claim", json={}, token=f"Ticket {ticket.claim_secret}"
        )
        expect(bare, 403, code="claim_code_required")
    else:
        raise NotTried(f"number_matching is {mode} here", f"此网关的 number_matching 为 {mode}")
    expect(trial.wire.claim(ticket.ticket_id, ticket.claim_secret), 200, 201)

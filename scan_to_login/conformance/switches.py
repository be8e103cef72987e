"""Checks of what the control plane switches at run time."""

from __future__ import annotations

from scan_to_login.conformance.raw_calls import CLIENT, RawTicket
from scan_to_login.conformance.rules import NotTried, Trial, check, expect, holds
from scan_to_login.testing.control import ControlRefused

SOURCE = "SECURITY.md, DESIGN.md 3"


@check(
    SOURCE,
    "QR login switched off for a client, an account or all: request and scan are 403 login_unavailable, and the ticket "
    "that waits is cancelled with that reason",
    "对客户端、账号或全部停用扫码登录后：申请与扫码为 403 login_unavailable，等待中的票据以此原因取消",
)
def qr_login_switched_off(trial: Trial) -> None:
    if not trial.gateway.has_control:
        raise NotTried("needs the control plane /sim/v1, to switch it off", "需要控制平面 /sim/v1 来停用扫码登录")
    switch = trial.gateway.control.qr_login
    phone, ticket = trial.phone(), trial.wire.request()
    try:
        with switch.off(accounts=[trial.first]):
            expect(trial.wire.scan(phone, ticket.ticket_id), 403, code="login_unavailable")
            holds(trial.state(ticket)["state"] == "pending", str(trial.state(ticket)))
        with switch.off(clients=[CLIENT["name"]]):
            _ended(trial, ticket)
        other = trial.wire.request()
        with switch.off():
            _ended(trial, other)
    except ControlRefused as refused:
        if refused.status in (404, 405):
            raise NotTried("its control plane has no switch of QR login", "其控制平面没有扫码登录的开关") from None
        raise
    trial.wire.request()


def _ended(trial: Trial, ticket: RawTicket) -> None:
    told = expect(trial.wire.poll(ticket.ticket_id, ticket.claim_secret, since=1), 200)
    holds((told["state"], told.get("reason")) == ("cancelled", "login_unavailable"), str(told))
    expect(trial.wire.call("POST", "/tickets", json={"client": CLIENT}), 403, code="login_unavailable")

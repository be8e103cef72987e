"""Checks of a QR that rotates, for gateways that have it switched on."""

from __future__ import annotations

from typing import Final

from scan_to_login.conformance.raw_calls import RawTicket
from scan_to_login.conformance.rules import NotTried, Trial, check, expect, holds
from scan_to_login.qr_payload import frame_in
from scan_to_login.rules.rotating_qr import read_step

SOURCE = "docs/decisions/0024"
LONG_AGO: Final = 100  # steps: no gateway takes so many
SOON: Final = 1  # step: the frame that is next is drawn in time for the call


def _shown(trial: Trial) -> RawTicket:
    ticket = trial.wire.request()
    if ticket.rotation is None:
        raise NotTried("its QR does not rotate", "此网关的二维码不变化")
    return ticket


@check(
    SOURCE,
    "a rotating QR holds its ticket's frame of now; the phone scans what the client draws",
    "变化的二维码带有票据的当前帧；手机可以扫描客户端绘制的二维码",
)
def frames_are_drawn_by_the_client(trial: Trial) -> None:
    ticket = _shown(trial)
    told = read_step(frame_in(ticket.qr))
    drawn = read_step(ticket.frame())
    near = told is not None and drawn is not None and abs(drawn - told) <= SOON
    holds(near, f"qr is {ticket.qr!r}", f"qr 是 {ticket.qr!r}")
    poll = trial.wire.poll(ticket.ticket_id, ticket.claim_secret).text
    holds(ticket.rotation and ticket.rotation["secret"] not in poll, poll)
    phone = trial.phone()
    expect(trial.wire.scan(phone, ticket.ticket_id, ticket.frame()), 200)
    expect(trial.wire.scan(phone, ticket.ticket_id, ticket.frame(-LONG_AGO)), 200)  # it repeats its own scan


@check(
    SOURCE,
    "a photo of a rotating QR is soon worth nothing: an old frame, one of a later time and none are 409 qr_stale, "
    "and the same phone may scan again",
    "变化的二维码的照片很快失效：旧帧、未来的帧、没有帧均为 409 qr_stale，同一手机可以重新扫描",
)
def stale_frames_are_refused(trial: Trial) -> None:
    ticket, phone = _shown(trial), trial.phone()
    for frame in (ticket.frame(-LONG_AGO), ticket.frame(LONG_AGO), ""):
        expect(trial.wire.scan(phone, ticket.ticket_id, frame), 409, code="qr_stale")
    state = trial.state(ticket)
    holds((state["state"], state["version"]) == ("pending", 1), str(state))
    expect(trial.wire.scan(phone, ticket.ticket_id, ticket.frame()), 200)


@check(
    SOURCE,
    "a frame of another ticket, and one that is made up, are 409 qr_stale",
    "其他票据的帧、伪造的帧为 409 qr_stale",
)
def frames_belong_to_one_ticket(trial: Trial) -> None:
    ticket, other, phone = _shown(trial), _shown(trial), trial.phone()
    step = read_step(ticket.frame())
    for frame in (other.frame(), f"{step}.AAAAAAAAAAAA", "no frame"):
        expect(trial.wire.scan(phone, ticket.ticket_id, frame), 409, code="qr_stale")
    holds(trial.state(ticket)["state"] == "pending", str(trial.state(ticket)))


@check(
    SOURCE,
    "an ended ticket says so before its frame is looked at: 410 ticket_cancelled",
    "票据结束后，无论帧是否有效都返回 410 ticket_cancelled",
)
def the_end_comes_before_the_frame(trial: Trial) -> None:
    ticket = _shown(trial)
    expect(trial.wire.cancel(ticket.ticket_id, ticket.claim_secret), 200)
    expect(trial.wire.scan(trial.phone(), ticket.ticket_id, ticket.frame(-LONG_AGO)), 410, code="ticket_cancelled")


@check(
    SOURCE,
    "the gateway draws no rotating QR for a caller that knows only the ticket's id: 409 qr_rotates",
    "网关不为只知道票据 ID 的调用方绘制变化的二维码：409 qr_rotates",
)
def pictures_are_not_given_away(trial: Trial) -> None:
    ticket = _shown(trial)
    for kind in ("svg", "png"):
        expect(trial.wire.call("GET", f"/tickets/{ticket.ticket_id}/qr.{kind}"), 409, code="qr_rotates")

"""The receivers of a change; a command repeated after a lost connection changes nothing twice."""

from __future__ import annotations

from typing import Any

import pytest
import redis.crc

from gateway.foundation.secrets import digest, random_id, random_token
from gateway.pairing.model import Action, Actor
from scan_to_login.protocol import TicketState
from tests.contract.stage import ADDRESS, CLIENT, WORKER, Stage


def test_each_watching_worker_gets_one_publication(stage: Stage) -> None:
    """Two workers hold the client's sockets: each gets one message a change."""
    ticket = stage.request()
    stage.store.watch(ticket.ticket_id, ticket.secret, ADDRESS, "worker-2")
    with stage.redis.pubsub() as other:
        other.subscribe(stage.keys.worker_channel("worker-2"))
        other.get_message(timeout=5)
        stage.do(Action.SCAN, Actor.SCANNER, ticket)
        assert [event["version"] for event in stage.heard()] == [2]
        message = other.get_message(timeout=5)
        assert message is not None
        assert message["data"].startswith(f"t{ticket.ticket_id}")
        assert other.get_message(timeout=0) is None


def test_a_ticket_without_watchers_is_not_published(stage: Stage) -> None:
    """A ticket requested over REST has no watcher before its first poll."""
    ticket_id, secret = random_id(), random_token()
    stage.store.add_ticket(ticket_id, secret, CLIENT, ADDRESS)
    stage.service.bind_phone(ticket_id, stage.phone.token, ADDRESS)
    assert stage.heard() == []


def test_only_the_newest_eight_workers_get_publications(stage: Stage) -> None:
    """A client that comes back on worker after worker leaves no growing list behind."""
    ticket = stage.request()
    for number in range(2, 12):
        stage.store.watch(ticket.ticket_id, ticket.secret, ADDRESS, f"worker-{number}")
    assert stage.hash(ticket)["watchers"].split() == [f"worker-{number}" for number in range(11, 3, -1)]


def test_a_publication_has_the_scanners_masked_name_and_the_number(stage: Stage) -> None:
    """No account, no phone number, no token: the masked name, its last character, and two digits."""
    ticket = stage.request()
    stage.do(Action.SCAN, Actor.SCANNER, ticket)
    (event,) = stage.heard()
    assert event == {
        "ticket_id": ticket.ticket_id,
        "state": "scanned",
        "version": 2,
        "at": stage.clock.now_ms(),
        "expires_at": stage.clock.now_ms() + 60_000,
        "expires_in": 60,
        "scanned_by": {"display_name": "*三", "initial": "三"},
        "number": stage.hash(ticket)["number"],
    }


def test_a_refresh_is_pushed_to_clients_of_the_old_ticket(stage: Stage) -> None:
    """Replacing cancels the old ticket and says why."""
    old = stage.ticket(TicketState.SCANNED)
    stage.heard()
    new = stage.request(replaces=old)
    assert [(event["ticket_id"], event["state"], event["reason"]) for event in stage.heard()] == [
        (old.ticket_id, "cancelled", "replaced")
    ]
    assert stage.state(new) is TicketState.PENDING


def test_a_refresh_with_a_foreign_secret_leaves_the_ticket_alone(stage: Stage) -> None:
    """A caller without the secret cannot cancel the ticket, and still gets a new one."""
    old = stage.request()
    stage.store.add_ticket(random_id(), random_token(), CLIENT, ADDRESS, WORKER, (old.ticket_id, random_token()))
    assert stage.state(old) is TicketState.PENDING


@pytest.mark.parametrize("script", ["request", "scan", "confirm", "reject", "cancel"])
def test_the_same_operation_sent_again_gets_its_stored_answer(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    """redis-py repeats it after a lost connection: it gets the first answer byte for byte, and nothing changes."""
    sent: list[tuple[tuple[Any, ...], dict[str, Any]]] = []
    run = stage.store._scripts.run

    def note(*arguments: Any, **named: Any) -> Any:
        sent.append((arguments, dict(named)))
        return run(*arguments, **named)

    ticket = stage.request() if script != "confirm" else stage.ticket(TicketState.SCANNED)
    if script == "reject":
        stage.do(Action.SCAN, Actor.SCANNER, ticket)
    monkeypatch.setattr(stage.store._scripts, "run", note)
    if script == "request":
        ticket = stage.request()
    else:
        stage.do(Action(script), Actor.CLIENT if script == "cancel" else Actor.SCANNER, ticket)
    arguments, named = sent[-1]
    assert arguments[0] == script
    stored = stage.hash(ticket)[f"op:{named['operation']}"]
    held = stage.hash(ticket)
    stage.heard()
    stage.pass_time(3)

    code, answer = run(*arguments, **named)

    assert (code, answer) == ("ok", stored)
    assert stage.hash(ticket) == held
    assert stage.heard() == []


def test_every_key_lies_in_one_slot_of_a_cluster(stage: Stage) -> None:
    """After whole logins and refusals of all kinds, what Redis holds of this gateway is of one hash slot."""
    for state in TicketState:
        stage.ticket(state)
    stage.sessions.end(stage.phone.account_id)
    keys = list(stage.redis.scan_iter(f"{stage.keys.prefix}*"))
    assert len(keys) > 10
    channels = [
        stage.keys.worker_channel(WORKER),
        stage.keys.audit_log,
        stage.keys.clock,
    ]
    assert len({redis.crc.key_slot(name.encode()) for name in keys + channels}) == 1


def test_every_step_is_in_the_audit_log(stage: Stage) -> None:
    """Actor, action, ticket, address and outcome; also of refusals that indicate an attack."""
    ticket = stage.ticket(TicketState.SCANNED)
    stage.do(Action.SCAN, Actor.OTHER_PHONE, ticket)
    stage.do(Action.CONFIRM, Actor.SCANNER, ticket)
    stage.do(Action.CLAIM, Actor.CLIENT, ticket)
    stage.do(Action.CLAIM, Actor.CLIENT, ticket)
    steps = [fields for _, fields in stage.redis.xrange(stage.keys.audit_log)]
    assert [(step["action"], step["outcome"], step["state"]) for step in steps] == [
        ("ticket.request", "ok", "pending"),
        ("ticket.scan", "ok", "scanned"),
        ("ticket.scan", "ticket_taken", "scanned"),
        ("ticket.confirm", "ok", "confirmed"),
        ("ticket.claim", "ok", "claimed"),
        ("ticket.claim", "ticket_spent", "claimed"),
    ]
    assert {step["ticket_id"] for step in steps} == {ticket.ticket_id}
    assert digest(stage.phone.token) not in str(steps)

"""Who is locked, at the control plane: by person and unit, since when and until when; and the way to unlock."""

from __future__ import annotations

import pytest

from scan_to_login.testing.control import ControlRefused
from scan_to_login.testing.control.locks import Lock
from scan_to_login.testing.live import LiveGateway
from tests.integration.wire import Wire

CLIENT = {"name": "client", "version": "1", "device": "device"}


def typed(gateway: LiveGateway, identifier: str, password: str) -> int:
    """The status of a login at the client, with the captcha that it may ask for."""
    wire, body = Wire(gateway.url), {"identifier": identifier, "password": password, "client": CLIENT}
    answer = wire.call("POST", "/sessions", json=body)
    if answer.body.get("code") == "captcha_required":
        issued = wire.call("POST", "/captchas", json={"identifier": identifier}).body["captcha_id"]
        captcha = {"captcha_id": issued, "answer": gateway.control.captcha_answer(issued)}
        answer = wire.call("POST", "/sessions", json={**body, "captcha": captcha})
    return answer.status


def of(gateway: LiveGateway, subject: str) -> list[Lock]:
    return [lock for lock in gateway.control.locks.all() if lock.subject == subject]


def test_a_person_is_named_with_the_lock_and_unlocked(gateway: LiveGateway) -> None:
    person = gateway.account("single")
    gateway.control.clock.freeze()
    for _ in range(4):
        assert typed(gateway, person.phone, "Wrong-2019") == 401
    (before,) = of(gateway, "single")
    assert (before.kind, before.name, before.wrong, before.tries) == ("account", person.name, 4, 5)
    assert (before.captcha_due, before.identifiers, before.locked_until) == (True, ["phone"], 0)
    assert typed(gateway, person.phone, "Wrong-2019") == 401
    (locked,) = of(gateway, "single")
    assert locked.locked_since == gateway.control.clock.now_ms
    assert locked.locked_until == locked.locked_since + 120 * 60_000
    assert typed(gateway, person.phone, "Demo-2019") == 423
    gateway.control.locks.unlock("single")
    assert of(gateway, "single") == []
    assert typed(gateway, person.phone, "Demo-2019") == 201


def test_a_lock_of_the_seed_a_unit_and_an_unknown_identifier_are_there_too(gateway: LiveGateway) -> None:
    (seeded,) = of(gateway, "locked")
    assert seeded.locked_until > gateway.control.clock.now_ms
    assert seeded.identifiers == ["login_name", "phone", "id_number"]
    assert typed(gateway, "nobody", "Wrong-2019") == 401
    (stranger,) = of(gateway, "")
    assert (stranger.name, stranger.wrong) == ("", 1)
    wire, unit = Wire(gateway.url), gateway.unit("A")
    session = wire.call("POST", "/sessions", json={"identifier": "agent", "password": "Demo-2019", "client": CLIENT})
    wrong = wire.call(
        "POST",
        f"/units/{unit.taxpayer_id}/verification",
        json={"declaration_password": "Wrong-2019"},
        token=f"Bearer {session.body['access_token']}",
    )
    assert wrong.status == 403
    (row,) = of(gateway, unit.taxpayer_id)
    assert (row.kind, row.name, row.wrong, row.locked_until) == ("unit", unit.name, 1, 0)
    gateway.control.locks.unlock_unit(unit.taxpayer_id)
    assert of(gateway, unit.taxpayer_id) == []


def test_a_lock_that_is_over_is_no_lock(gateway: LiveGateway) -> None:
    gateway.control.clock.advance(hours=2, seconds=1)
    assert all(lock.locked_until == lock.locked_since == 0 for lock in of(gateway, "locked"))


@pytest.mark.parametrize("path", ["/locks/accounts/nobody", "/locks/units/91310115000000000X"])
def test_nobody_cannot_be_unlocked(path: str, gateway: LiveGateway) -> None:
    with pytest.raises(ControlRefused) as refused:
        gateway.control.call("DELETE", path)
    assert (refused.value.status, refused.value.code) == (404, "not_found")

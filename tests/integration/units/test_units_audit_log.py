"""Every step about units is in the audit log of its actor: action, unit, outcome, address."""

from __future__ import annotations

from tests.integration.units.conftest import RIGHT, WRONG, Caller, Wire


def steps(phone: Caller) -> list[tuple[str, str, str]]:
    """Oldest first: action, outcome, taxpayer_id."""
    events = phone.get("/account/events").json()["events"]
    assert {event["address"] for event in events} <= {"127.0.0.1", ""}
    return [(event["action"], event["outcome"], event.get("taxpayer_id", "")) for event in reversed(events)]


def test_verifications_and_bindings_refused_and_done(wire: Wire) -> None:
    client, a, c = wire.client("single"), wire.units["A"], wire.units["C"]
    client.verify(a, WRONG)
    client.verify(a, RIGHT, captcha=True)
    client.verify(c, RIGHT)
    client.bind(c, WRONG)
    client.bind(c, RIGHT, captcha=True)
    done = [step for step in steps(wire.phone("single")) if step[0].startswith("unit.")]
    assert done == [
        ("unit.verify", "declaration_password_invalid", a),
        ("unit.verify", "ok", a),
        ("unit.verify", "unit_not_found", c),
        ("unit.bind", "unit_credentials_invalid", c),
        ("unit.bind", "ok", c),
    ]


def test_authorizations_and_resets_of_both_sides(wire: Wire) -> None:
    head, agent, unit = wire.phone("legal_rep"), wire.phone("agent"), wire.units["A"]
    granted = head.grant(unit, **wire.person("newcomer")).json()["authorization_id"]
    head.grant(unit, **wire.person("newcomer"))
    path = f"/units/{unit}/authorizations/{granted}"
    head.send("PATCH", path, permission="manage")
    head.send("DELETE", path)
    head.send("POST", f"/units/{unit}/declaration-password", new_password="Fresh-2026", otp="000000")
    agent.grant(unit, **wire.person("newcomer"))
    done = [step[:2] for step in steps(head) if step[0].startswith(("authorization.", "declaration_password."))]
    assert done[:4] == [
        ("authorization.grant", "ok"),
        ("authorization.grant", "authorization_exists"),
        ("authorization.change", "ok"),
        ("authorization.revoke", "ok"),
    ]
    assert done[4][0] == "declaration_password.reset"
    assert ("authorization.grant", "forbidden", unit) in steps(agent)
    told = [action for action, _, _ in steps(wire.phone("newcomer")) if action.startswith("message.")]
    assert told == [f"message.authorization_{what}" for what in ("granted", "changed", "revoked")]


def test_an_invalid_unit_is_not_logged(wire: Wire) -> None:
    client = wire.client("single")
    client.verify("Unit-2019", RIGHT)
    assert steps(wire.phone("single"))[-2] == ("unit.verify", "unit_not_found", "")

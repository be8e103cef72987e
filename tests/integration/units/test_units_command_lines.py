"""``app-simulator`` for units: authorizations, a new declaration password, messages."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.integration import phone_command
from tests.integration.units.conftest import PASSWORD, RIGHT, Wire, code_of


class Line:
    """A phone's command line; each person has a state directory of their own."""

    def __init__(self, wire: Wire, folder: Path, person: str) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PAIRING_", "LC_", "LANG"))}
        self._environment = {**kept, "PAIRING_STATE_DIR": str(folder / person), "COLUMNS": "160"}
        self.json("login", "--gateway", wire.gateway.url, "--identifier", person, "--password", PASSWORD)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return phone_command.run(arguments, self._environment)

    def json(self, *arguments: str) -> dict[str, Any]:
        done = self.run(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        told: dict[str, Any] = json.loads(done.stdout)
        return told


@pytest.fixture
def head(wire: Wire, tmp_path: Path) -> Line:
    return Line(wire, tmp_path, "legal_rep")


def test_an_authorization_is_granted_changed_listed_and_revoked(wire: Wire, head: Line) -> None:
    person = wire.person("newcomer")
    grant = ("authorizations", "grant", "--unit", "A", "--name", person["name"], "--phone", person["phone"])
    granted = head.json(*grant, "--until", "2099-12-31")["authorization"]
    assert (granted["permission"], granted["valid_until"]) == ("handle", "2099-12-31")
    assert wire.client("newcomer").verify(wire.units["A"]).status_code == 200
    one = granted["authorization_id"]
    changed = head.json("authorizations", "change", one, "--unit", "A", "--permission", "manage", "--until", "forever")
    assert (changed["authorization"]["permission"], changed["authorization"]["valid_until"]) == ("manage", None)
    listed = head.json("authorizations", "list", "--unit", wire.units["A"])["authorizations"]
    assert one in {authorization["authorization_id"] for authorization in listed}
    shown = head.run("authorizations", "list", "--unit", "A", "--lang", "zh").stdout
    assert "管理" in shown
    assert "长期" in shown
    assert head.json("authorizations", "revoke", one, "--unit", "A") == {"ended": one}
    assert code_of(wire.client("newcomer").verify(wire.units["A"])) == "declaration_password_required"


def test_an_authorization_from_a_day_is_granted_and_moved(wire: Wire, head: Line) -> None:
    person = wire.person("newcomer")
    grant = ("authorizations", "grant", "--unit", "A", "--name", person["name"], "--phone", person["phone"])
    said = head.run(*grant, "--from", "2098/1/2", "--until", "２０９９年１２月３１日", "--lang", "zh").stdout
    assert "自 2098-01-02 起生效" in said
    (found,) = (
        one
        for one in head.json("authorizations", "list", "--unit", "A")["authorizations"]
        if one["valid_until"] == "2099-12-31"
    )
    assert (found["valid_from"], found["in_force"]) == ("2098-01-02", False)
    assert code_of(wire.client("newcomer").verify(wire.units["A"])) != "ok"
    assert "2098-01-02" in head.run("authorizations", "list", "--unit", "A").stdout
    one = found["authorization_id"]
    changed = head.json("authorizations", "change", one, "--unit", "A", "--from", "today")["authorization"]
    assert (changed["in_force"], changed["valid_until"]) == (True, "2099-12-31")
    assert wire.client("newcomer").verify(wire.units["A"]).status_code == 200


def test_the_other_side_gives_it_up_and_gets_a_message(wire: Wire, tmp_path: Path) -> None:
    authorized = Line(wire, tmp_path, "authorized")
    (own,) = authorized.json("authorizations", "list")["authorizations"]
    assert authorized.json("authorizations", "give-up", own["authorization_id"]) == {"ended": own["authorization_id"]}
    assert authorized.run("authorizations", "list").stdout.strip() == "There are none."
    head = Line(wire, tmp_path, "legal_rep")
    assert "authorization_given_up" in {message["notice"] for message in head.json("messages")["messages"]}
    assert "has given up the authorization" in head.run("messages").stdout
    assert "解除了其在" in head.run("messages", "--lang", "zh").stdout


def test_a_declaration_password_is_reset_by_unit_and_by_qr(wire: Wire, head: Line, tmp_path: Path) -> None:
    unit = wire.units["A"]
    assert head.json("reset-declaration-password", "--unit", "A", "--new-password", "Fresh-2026") == {"reset": unit}
    qr = wire.client("single").get(f"/units/{unit}/declaration-password").json()["qr"]
    finance = Line(wire, tmp_path, "finance")
    done = finance.run("reset-declaration-password", "--qr", qr, "--new-password", RIGHT)
    assert done.returncode == 0, done.stderr
    assert "the unit is unlocked" in done.stdout
    assert wire.client("single").verify(unit, RIGHT).status_code == 200


def test_messages_are_waited_for(wire: Wire, head: Line) -> None:
    last = head.json("messages")["messages"][-1]["message_id"]
    assert head.json("messages", "--since", last, "--wait", "0.2") == {"messages": []}
    wire.client("legal_rep")
    (told,) = head.json("messages", "--since", last, "--wait", "10")["messages"]
    assert (told["notice"], told["channel"]) == ("login", "client")


def test_a_login_that_was_not_ones_own_is_ended_by_its_message(wire: Wire, head: Line) -> None:
    client = wire.client("legal_rep")
    told = head.json("messages")["messages"][-1]
    assert told["message_id"] in head.run("messages").stdout
    assert "Reset your password now" in head.run("messages", "--not-me", told["message_id"]).stdout
    assert client.get("/session").status_code == 401
    assert "此前已结束" in head.run("messages", "--not-me", told["message_id"], "--lang", "zh").stdout
    refused = head.run("messages", "--not-me", told["message_id"], "--since", "x")
    assert (refused.returncode, "without --since" in refused.stderr) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "exit_code", "words"),
    [
        (("authorizations", "grant", "--unit", "A", "--name", "赵敏"), 2, "--phone or by --id-number"),
        (("authorizations", "change", "some", "--unit", "A"), 2, "Say what to change"),
        (("authorizations", "change", "some", "--unit", "A", "--until", "soon"), 2, "2027-12-31"),
        (("authorizations", "change", "some", "--unit", "A", "--from", "2027-02-30"), 2, "2027-12-31"),
        (("authorizations", "revoke", "some", "--unit", "A"), 1, "no such authorization"),
        (("authorizations", "revoke", "some"), 2, "--unit"),
        (("authorizations", "list", "--unit", "nowhere"), 1, "neither a taxpayer number"),
        (("authorizations", "fly"), 2, "fly"),
        (("reset-declaration-password", "--new-password", "x"), 2, "--unit or by --qr"),
        (("reset-declaration-password", "--unit", "A", "--new-password", "weak"), 1, "8 to 15 characters"),
        (("reset-declaration-password", "--unit", "A"), 2, "--new-password"),
    ],
)
def test_a_problem_is_one_sentence(head: Line, arguments: tuple[str, ...], exit_code: int, words: str) -> None:
    done = head.run(*arguments)
    assert (done.returncode, words in done.stderr) == (exit_code, True), done.stderr
    assert "Traceback" not in done.stderr


def test_help_is_there_in_both_languages(head: Line) -> None:
    assert "give-up" in head.run("authorizations", "--help").stdout
    assert "由被授权人解除授权" in head.run("authorizations", "--help", "--lang", "zh").stdout
    assert "--permission" in head.run("authorizations", "grant", "--help").stdout


def test_the_seeded_authorization_is_the_legal_representatives(wire: Wire) -> None:
    seed = requests.get(f"{wire.url}/sim/v1/seed", timeout=10).json()
    assert [(grant["unit"], grant["account"], grant["granted_by"]) for grant in seed["authorizations"]] == [
        ("A", "authorized", "legal_rep")
    ]

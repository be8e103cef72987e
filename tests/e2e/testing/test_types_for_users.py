"""`mypy --strict` on a user's tests: no name of the public API is Any, and mistakes are errors."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

EXAMPLE = Path(__file__).parents[2] / "examples" / "test_with_types.py"
HEAD = """
from app_simulator.phone import Phone
from client_stub.client import Client
from scan_to_login.testing import Control, LiveGateway, scan_to_login

def test(pairing_gateway: LiveGateway, pairing_phone: Phone, pairing_client: Client, control: Control) -> None:
"""
REVEALED = {
    "pairing_gateway.control": "scan_to_login.testing.control.Control",
    "pairing_gateway.url": "str",
    'pairing_gateway.unit("A").declaration_password': "str",
    "pairing_client.request_ticket()": "client_stub.model.Ticket",
    'pairing_client.wait_for("scanned").state': "scan_to_login.protocol.TicketState",
    "pairing_client.claim()": "client_stub.model.Login",
    "pairing_client.menu()": "tuple[client_stub.model.Function, ...]",
    "pairing_phone.devices()": "list[app_simulator.calls.models.Device]",
    'pairing_phone.scan(b"").client_name': "str",
    'scan_to_login(pairing_phone, pairing_client, "A").stage': "scan_to_login.protocol.Stage",
    "control.clock.now": "datetime.datetime",
    'control.sms.wait_for("13800000003").code': "str",
    "control.faults.error(500).fired": "int",
    "control.journal.entries()[0]['seq']": "int",
    "control.await_session('agent')['stage']": "scan_to_login.protocol.Stage",
    "control.phones.make().show()": "scan_to_login.actor_wire.phones.ShownPhone",
    "control.clients.make().claim().units[0].taxpayer_id": "str",
    "control.clients.make().qr_png()": "bytes",
    "control.hall.registration_code('a', 'b')": "str",
}
MISTAKES = {
    "pairing_client.wait_for(5)": "arg-type",
    "pairing_phone.scan(None)": "arg-type",
    'control.faults.push_drop(stat="scanned")': "call-arg",
    'control.faults.add("push_dropp")': "arg-type",
    'control.journal.entries(kind="pushes")': "arg-type",
    "control.clock.advance(minute=2)": "call-arg",
    "control.clients.make().wait_for()": "call-arg",
    'LiveGateway(workers="2")': "arg-type",
}


def mypy(folder: Path, *options: str) -> str:
    """What `mypy --strict` says of the tests in a folder outside this repository, without its configuration."""
    pytest.importorskip("mypy", reason="mypy is missing: `make lint` installs it, and .ci/run runs that first")
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--no-error-summary", *options, "."]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
    assert not done.stderr, done.stderr
    return done.stdout


def test_no_expression_of_the_example_has_the_type_any(tmp_path: Path) -> None:
    shutil.copy(EXAMPLE, tmp_path)
    said = mypy(tmp_path, "--disallow-any-expr")
    # pytest's own `raises` holds a Callable[..., Any] of the error's class.
    others = [line for line in said.splitlines() if not re.search(r'"type\[(Client|Control)\w+\]"', line)]
    assert others == []


def test_types_are_told_and_mistakes_are_errors(tmp_path: Path) -> None:
    lines = [f"    reveal_type({expression})" for expression in REVEALED] + [f"    {mistake}" for mistake in MISTAKES]
    (tmp_path / "test_types.py").write_text(HEAD.lstrip() + "\n".join(lines) + "\n")
    said = mypy(tmp_path)
    assert re.findall(r'Revealed type is "(.*)"', said) == list(REVEALED.values())
    assert re.findall(r"error: .*\[(.*)\]", said) == list(MISTAKES.values()), said

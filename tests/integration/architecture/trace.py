"""The files and functions that one login crosses, seen in a real gateway."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from app_simulator.phone import Phone
from client_stub.client import Client
from scan_to_login.processes import start
from scan_to_login.protocol import TicketState
from scan_to_login.testing.live import isolated_environment
from tests.integration.wire import eventually

Entered = list[tuple[str, str]]
PROGRAM = Path(__file__).with_name("traced_gateway.py")
LOGIN_NAME, PASSWORD = "legal_rep", "Demo-2019"


def trace_login() -> Entered:
    """Each (file, function) that is entered from a ticket's request to its claim, in the order of the first entry.

    A Lua script has its file and no function. Client and phone are connected and logged in before.
    """
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        environment = {**isolated_environment(), "TRACE_FOLDER": scratch, "PAIRING_LAME_DUCK_SECONDS": "0"}
        command = [sys.executable, "-P", str(PROGRAM), "serve", "--no-sim", "--seed", "demo", "--port", "0"]
        with start(
            [*command, "--data-dir", str(folder / "data")],
            stdout=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            env=environment,
            text=True,
        ) as process:
            try:
                ready = json.loads(process.stdout.readline() if process.stdout else "")
                return _log_in(ready["url"], process.pid, folder)
            finally:
                process.terminate()
                process.wait(30)


def _log_in(url: str, pid: int, folder: Path) -> Entered:
    with Client(url) as client, Phone(url) as phone:
        phone.login(LOGIN_NAME, PASSWORD)
        client.request_ticket()
        client.cancel()
        phone.whoami()  # Redis answers in order: its publications about the cancelled ticket are over by then
        os.kill(pid, signal.SIGUSR1)
        eventually(lambda: (folder / "cleared").exists())
        ticket = client.request_ticket()
        page = phone.scan(ticket.qr)
        client.wait_for(TicketState.SCANNED)
        phone.confirm(page)
        client.wait_for(TicketState.CONFIRMED)
        client.claim()
        os.kill(pid, signal.SIGUSR2)
        eventually(lambda: (folder / "entered.json").exists())
        return [(file, function) for file, function in json.loads((folder / "entered.json").read_text())]

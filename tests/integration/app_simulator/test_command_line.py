"""``app-simulator`` as its own process against a real gateway, as a person and as a script run it."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from scan_to_login.terminal.exit_codes import Exit

pytestmark = pytest.mark.slow

TIMEOUT = 30


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """An environment without a login, in English."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PAIRING_", "LC_", "LANG"))}
    return {**kept, "PAIRING_STATE_DIR": str(tmp_path / "state"), "COLUMNS": "120", "PYTHONUTF8": "1"}


class CommandLine:
    """Runs commands, one process each."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = environment

    def command(self, *arguments: str) -> list[str]:
        """The words of a command."""
        return [sys.executable, "-m", "app_simulator", *arguments]

    def run(self, *arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        """Run one to its end, without a terminal."""
        command = self.command(*arguments)
        return subprocess.run(
            command, input=stdin, capture_output=True, env=self.environment, timeout=TIMEOUT, check=False
        )

    def json(self, *arguments: str) -> dict[str, Any]:
        """The output of a command with ``--json``, which must exit with 0."""
        done = self.run(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        told: dict[str, Any] = json.loads(done.stdout)
        return told


@pytest.fixture
def app(environment: dict[str, str], gateway_url: str) -> CommandLine:
    """A command line that is logged in as the tax agent."""
    line = CommandLine({**environment, "PAIRING_PASSWORD": "Demo-2019"})
    told = line.json("login", "--gateway", gateway_url, "--identifier", "agent", "--device-name", "Pixel")
    assert told["account"]["login_name"] == "agent"
    return line


@pytest.fixture
def ticket(gateway_url: str) -> dict[str, Any]:
    """A ticket that waits."""
    client = {"name": "扣缴客户端", "version": "3.1.0", "device": "DESKTOP-1"}
    issued: dict[str, Any] = requests.post(f"{gateway_url}/api/v1/tickets", json={"client": client}, timeout=10).json()
    return issued


@pytest.fixture
def image(gateway_url: str, ticket: dict[str, Any], tmp_path: Path) -> str:
    """Its QR in a file."""
    file = tmp_path / "q.png"
    answer = requests.get(f"{gateway_url}/api/v1/tickets/{ticket['ticket_id']}/qr.png", timeout=10)
    file.write_bytes(answer.content)
    return str(file)


def test_a_script_logs_in_scans_and_confirms(
    app: CommandLine, gateway_url: str, image: str, ticket: dict[str, Any]
) -> None:
    told = app.json("scan", image, "--confirm")
    assert told["page"]["client_device"] == "DESKTOP-1"
    assert told["ticket"] == {**told["ticket"], "ticket_id": ticket["ticket_id"], "state": "confirmed"}
    claimed = requests.post(
        f"{gateway_url}/api/v1/tickets/{ticket['ticket_id']}/claim",
        headers={"Authorization": f"Ticket {ticket['claim_secret']}"},
        timeout=10,
    )
    assert claimed.status_code == 200
    session = app.json("whoami")
    assert (session["gateway"], session["device_name"]) == (gateway_url, "Pixel")
    assert [device["current"] for device in app.json("devices")["devices"]] == [True]
    assert app.json("logout") == {"gateway": gateway_url, "session_ended": True}
    again = app.run("whoami")
    assert again.returncode == Exit.NOT_LOGGED_IN
    assert again.stderr == b"app-simulator: This phone is not logged in. Run `app-simulator login` first.\n"


def test_a_picture_can_be_piped_in(app: CommandLine, image: str) -> None:
    done = app.run("scan", "-", "--reject", stdin=Path(image).read_bytes())
    assert done.returncode == 0
    assert b"Rejected" in done.stdout


def test_the_state_is_its_owners_alone(app: CommandLine, tmp_path: Path) -> None:
    folder = tmp_path / "state" / "app-simulator"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {file.stat().st_mode & 0o777 for file in folder.iterdir()} == {0o600}


def test_two_commands_in_a_row_confirm_two_logins(app: CommandLine, gateway_url: str, ticket: dict[str, Any]) -> None:
    assert app.json("scan", ticket["qr"], "--confirm")["ticket"]["state"] == "confirmed"
    client = {"name": "c", "version": "1", "device": "d"}
    other = requests.post(f"{gateway_url}/api/v1/tickets", json={"client": client}, timeout=10).json()
    told = app.json("scan", other["qr"], "--confirm")
    assert told["ticket"]["state"] == "confirmed"


def test_without_a_terminal_and_a_choice_nothing_is_scanned(app: CommandLine, image: str) -> None:
    done = app.run("scan", image, "--lang", "zh")
    assert (done.returncode, done.stdout) == (2, b"")
    assert "--confirm 或 --reject" in done.stderr.decode()
    assert done.stderr.count(b"\n") == 1


def test_a_spent_code_is_one_sentence(app: CommandLine, image: str) -> None:
    assert app.run("scan", image, "--reject").returncode == 0
    done = app.run("scan", image, "--confirm")
    told = b"app-simulator: The login was rejected on the phone.\n"
    assert (done.returncode, done.stderr) == (Exit.REJECTED, told)


def test_a_gateway_that_is_gone_is_one_sentence(environment: dict[str, str]) -> None:
    line = CommandLine(environment)
    done = line.run("login", "--gateway", "http://127.0.0.1:9", "--identifier", "agent", "--password", "x")
    assert done.returncode == Exit.UNREACHABLE
    assert done.stderr.count(b"\n") == 1
    assert b"http://127.0.0.1:9" in done.stderr


class Terminal:
    """A command at a terminal, with a person who reads and types."""

    def __init__(self, command: list[str], environment: dict[str, str]) -> None:
        self.ours, theirs = os.openpty()
        self.process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment)
        os.close(theirs)
        self.seen = ""

    def read_until(self, words: str) -> str:
        """Wait until the words stand there."""
        raw = b""
        while words not in (shown := self.seen + raw.decode("utf-8", "ignore")):
            ready, _, _ = select.select([self.ours], [], [], TIMEOUT)
            assert ready, f"waited for {words!r}, saw {shown!r}"
            raw += os.read(self.ours, 4096)
        self.seen = shown
        return shown

    def type_in(self, keys: str) -> None:
        """Type."""
        os.write(self.ours, keys.encode())

    def close(self) -> None:
        """Leave."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self.ours)


@pytest.fixture
def terminal(app: CommandLine, image: str) -> Iterator[Terminal]:
    """``app-simulator scan`` at a terminal."""
    sat_down = Terminal(app.command("scan", image, "--lang", "zh"), {**app.environment, "TERM": "xterm"})
    yield sat_down
    sat_down.close()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals of this kind")
@pytest.mark.parametrize(("key", "words"), [("c", "已确认"), ("r", "已拒绝")])
def test_a_person_reads_the_page_and_chooses(terminal: Terminal, key: str, words: str) -> None:
    page = terminal.read_until("c 或 r：")
    for shown in ("扣缴客户端 3.1.0", "DESKTOP-1", "127.0.0.1", "未经核实", "[c] 确认登录    [r] 拒绝登录"):
        assert shown in page
    terminal.type_in(f"{key}\n")
    terminal.read_until(words)
    assert terminal.process.wait(TIMEOUT) == 0


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals of this kind")
def test_a_person_may_walk_away(terminal: Terminal) -> None:
    terminal.read_until("c 或 r：")
    terminal.type_in("\x04")
    terminal.read_until("已中断。")
    assert terminal.process.wait(TIMEOUT) == 130

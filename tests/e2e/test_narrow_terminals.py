"""Terminals of 40 columns: no table is broken, and a QR without room is a sentence with its address."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest

from app_simulator.enrolment import StateDirectory
from app_simulator.phone import Phone
from scan_to_login.terminal.click_words import cells
from scan_to_login.testing.live import LiveGateway
from tests.e2e.test_command_lines import HAN

pytestmark = pytest.mark.slow

COLUMNS = 40
_CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def on_terminal(*arguments: str, rows: int = 30, until: str = "", **environment: str) -> str:
    """What a program shows on a terminal 40 wide, without colours; with ``until`` it is interrupted after that."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, COLUMNS, 0, 0))
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PAIRING_", "COLUMNS", "LINES"))}
    process = subprocess.Popen(
        [sys.executable, "-m", *arguments],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env={**kept, "TERM": "xterm-256color", "LANG": "C.UTF-8", **environment},
        start_new_session=True,
    )
    os.close(slave)
    shown = b""
    try:
        while data := _read(master):
            shown += data
            if until and until.encode() in shown:
                process.send_signal(signal.SIGINT)
                until = ""
        process.wait(30)
    finally:
        process.kill()
        process.wait()
        os.close(master)
    assert "Traceback" not in shown.decode("utf-8", "replace")
    return _CONTROL.sub("", shown.decode("utf-8", "replace")).replace("\r", "")


def _read(master: int) -> bytes:
    try:
        return os.read(master, 65536)
    except OSError:  # the other end is closed
        return b""


@pytest.fixture
def phone(gateway: LiveGateway, tmp_path: Path) -> Phone:
    """A phone whose login the command line finds."""
    with Phone(gateway.url, memory=StateDirectory(str(tmp_path)).of(gateway.url)) as phone:
        phone.login("legal_rep", "Demo-2019")
        phone.grant("A", "陈静", phone="13800000004")
    return phone


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    "command",
    ["devices", "sessions", "sessions --events", "messages", "whoami", "authorizations list --unit A"],
)
def test_the_phones_tables_fit(phone: Phone, gateway: LiveGateway, tmp_path: Path, command: str, language: str) -> None:
    options = ["--gateway", gateway.url, "--state-dir", str(tmp_path)]
    shown = on_terminal("app_simulator", *command.split(), *options, PAIRING_LANG=language)
    lines = [line.rstrip() for line in shown.splitlines()]
    assert any(lines), "something is shown"
    assert language == "en" or HAN.search(re.sub(r"\*+.|北京晨光科技有限公司", "", shown))
    for word in re.findall(r"20\d\d.*", shown):
        assert re.match(r"\d{4}-\d\d-\d\d\b", word), shown
    columns = [line for line in lines if re.search(r"\S {2,}\S", line)]
    assert max(map(cells, columns), default=0) <= COLUMNS, shown
    if command in ("devices", "sessions"):
        assert re.search(r"\b[\w-]{22}\b", shown), "an id stays whole"


def test_the_settings_fit(tmp_path: Path) -> None:
    shown = on_terminal("gateway", "settings", PAIRING_LANG="en")
    assert "Setting  PAIRING_TICKETS_PENDING_SECONDS" in shown.replace("\n", "")
    assert "│" not in shown


def test_a_qr_without_room_is_a_sentence_with_its_address(gateway: LiveGateway) -> None:
    options = ["login", "--gateway", gateway.url]
    address = re.escape(gateway.url) + r"/q/[\w-]{22}"
    for rows, fits in ((12, False), (30, True)):
        shown = on_terminal("client_stub", *options, rows=rows, until="Waiting", PAIRING_LANG="en")
        assert ("window is too small" in shown) is not fits
        assert ("▀▀▀▀▀▀▀" in shown) is fits
        assert re.search(address, shown)


def test_the_demo_plays_in_a_narrow_window() -> None:
    shown = on_terminal("gateway", "demo", "--once", "--port", "0", PAIRING_LANG="en")
    assert "unit_verified" in shown
    drawing = [line for line in shown.splitlines() if re.search("[▀▄█]{2}", line)]
    assert drawing
    assert max(map(cells, drawing)) <= COLUMNS
    small = on_terminal("gateway", "demo", "--once", "--port", "0", rows=10, PAIRING_LANG="en")
    assert "window is too small for the QR" in small
    assert "unit_verified" in small

"""The common behaviour of the three command lines: help, language, signals, and refusals that name their fields."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from client_stub.errors import client_error
from scan_to_login import processes
from scan_to_login.errors import Refusal
from scan_to_login.testing import ControlRefused, LiveGateway
from tests.integration.wire import eventually

PROGRAMS = ("gateway", "app_simulator", "client_stub")
HAN = re.compile("[一-鿿]")


def start(tmp_path: Path, program: str, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    """A program with a folder of its own for temporary files."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PAIRING_")}
    return processes.start(
        [sys.executable, "-m", program, *arguments],
        env={**kept, "TMPDIR": str(tmp_path), "PYTHONIOENCODING": "utf-8", "LC_ALL": "C", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def shown(tmp_path: Path, program: str, *arguments: str, **environment: str) -> str:
    """Standard output of a program that must succeed."""
    process = start(tmp_path, program, *arguments, **environment)
    out, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (0, ""), (arguments, errors)
    return out


def commands(tmp_path: Path, program: str) -> list[str]:
    """The names of its commands, from its help."""
    help_text = shown(tmp_path, program, "-h")
    return re.findall(r"^  ([a-z][a-z-]+)  ", help_text[help_text.lower().index("\ncommands:") :], re.MULTILINE)


@pytest.mark.slow
@pytest.mark.parametrize("program", PROGRAMS)
def test_every_command_has_help_in_both_languages(tmp_path: Path, program: str) -> None:
    found = commands(tmp_path, program)
    assert len(found) >= 2
    for name in found:
        english = shown(tmp_path, program, name, "-h")
        assert not HAN.search(english)
        assert HAN.search(shown(tmp_path, program, name, "-h", PAIRING_LANG="zh"))
        assert english == shown(tmp_path, program, name, "--help")


@pytest.mark.slow
@pytest.mark.parametrize("program", PROGRAMS)
def test_an_interrupt_during_the_imports_leaves_no_process(tmp_path: Path, program: str) -> None:
    process = start(tmp_path, program, "serve", *(["--sim", "--port", "0"] if program == "gateway" else []))
    eventually(lambda: b"_socket" in Path(f"/proc/{process.pid}/maps").read_bytes())
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert process.returncode in (-signal.SIGINT, 128 + signal.SIGINT, 0)
    assert "Traceback" not in errors
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
@pytest.mark.parametrize("program", PROGRAMS)
def test_a_closed_terminal_ends_a_server_in_order(tmp_path: Path, program: str) -> None:
    data = tmp_path.with_name("data")
    options = ["--sim", "--data-dir", str(data)] if program == "gateway" else []
    process = start(tmp_path, program, "serve", "--port", "0", *options)
    assert process.stdout is not None
    assert process.stdout.readline()
    process.send_signal(signal.SIGHUP)
    _, errors = process.communicate(timeout=30)
    assert process.returncode in (0, 128 + signal.SIGHUP), errors
    assert "Traceback" not in errors
    assert list(tmp_path.iterdir()) == []
    assert not list(data.glob("**/*.sock"))


@pytest.mark.slow
@pytest.mark.parametrize("program", PROGRAMS)
def test_a_server_under_nohup_outlives_its_terminal(tmp_path: Path, program: str) -> None:
    options = ["--sim", "--data-dir", str(tmp_path.with_name("data"))] if program == "gateway" else []
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        process = start(tmp_path, program, "serve", "--port", "0", *options)
    finally:
        signal.signal(signal.SIGHUP, before)
    assert process.stdout is not None
    address = json.loads(process.stdout.readline())["url"]
    process.send_signal(signal.SIGHUP)
    assert requests.get(f"{address}/nothing-here", timeout=10).status_code == 404  # it answers
    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate(timeout=30)
    assert process.returncode in (0, 128 + signal.SIGTERM), errors


@pytest.mark.parametrize("signals", [(1,), (15,), (2,), (1, 15), (2, 2)])
def test_a_server_of_phones_ends_in_order_whenever_the_signal_comes(signals: tuple[int, ...]) -> None:
    """Also between its first line of output and its first request."""
    program = """
import os, socket, sys
from scan_to_login.actor_server import serve_at
numbers = [int(text) for text in sys.argv[1:]]
listener = socket.create_server(("127.0.0.1", 0))
serve_at(listener, lambda environ, start: [], 10, lambda: [os.kill(os.getpid(), number) for number in numbers])
"""
    done = subprocess.run(
        [sys.executable, "-c", program, *map(str, signals)], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("number", [2, 15])
def test_a_signal_that_a_library_swallowed_before_ends_the_server(number: int) -> None:
    """As pydantic's core does, where it asks for an attribute in the midst of the imports."""
    program = """
import contextlib, os, socket, sys
from scan_to_login.actor_server import serve_at
from scan_to_login.processes import unwind_on_signals
unwind_on_signals()
with contextlib.suppress(BaseException):
    os.kill(os.getpid(), int(sys.argv[1]))
serve_at(socket.create_server(("127.0.0.1", 0)), lambda environ, start: [], 10, lambda: None)
"""
    command = [sys.executable, "-c", program, str(number)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_refusal_in_a_test_names_its_fields(gateway: LiveGateway) -> None:
    for call in (lambda: gateway.control.faults.push_drop(stat="scanned"), lambda: gateway.control.clock.advance(-5)):
        with pytest.raises(ControlRefused) as refused:
            call()
        assert re.search(r"(stat|seconds): .+", str(refused.value))
        assert "see `errors`" not in str(refused.value)


def test_a_refusal_of_phone_and_client_names_its_fields() -> None:
    field = {"field": "client.name", "rule": "missing", "message": "This is missing.", "values": {}}
    detail = "The request has fields that do not fit; see `errors`."
    refusal = Refusal("invalid_request", detail, 422, {"errors": [field]})
    assert str(client_error(refusal)) == (
        "invalid_request: The request has fields that do not fit. client.name: This is missing."
    )

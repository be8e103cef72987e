"""`scan-to-login exec -- COMMAND`: a gateway around one command, and nothing left of it, however it ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.integration.wire import eventually

SHOW = (
    "import json, os; print(json.dumps({k: v for k, v in os.environ.items() if k.startswith('PAIRING_')}), flush=True)"
)
WAIT = f"{SHOW}; import time; time.sleep(60)"


def start(tmp_path: Path, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    """`exec`, with a folder of its own for temporary files."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PAIRING_")}
    return subprocess.Popen(
        [sys.executable, "-m", "gateway", "exec", *arguments],
        env={**kept, "TMPDIR": str(tmp_path), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=_heed_hangups,  # noqa: PLW1509 - it takes no lock
    )


def _heed_hangups() -> None:
    """Behind nohup this signal is ignored, and a child inherits that."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


def run(tmp_path: Path, *arguments: str, **environment: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error; fails if a temporary file is left."""
    process = start(tmp_path, *arguments, **environment)
    out, errors = process.communicate(timeout=60)
    assert list(tmp_path.iterdir()) == []
    return process.returncode, out, errors


def test_a_command_finds_the_gateway_in_its_environment(tmp_path: Path) -> None:
    asks = "import os, urllib.request as u; print(u.urlopen(os.environ['PAIRING_SIM_URL'] + '/seed').status)"
    reads = "import json; print(json.load(open(os.environ['PAIRING_READY']))['url'] == os.environ['PAIRING_URL'])"
    code, out, errors = run(tmp_path, "--", sys.executable, "-c", f"{asks}; {reads}; exit(3)")
    assert (code, out, errors) == (3, "200\nTrue\n", "")


@pytest.mark.slow
def test_settings_and_options_reach_the_gateway(tmp_path: Path) -> None:
    asks = (
        "import os, urllib.request as u; r = u.Request(os.environ['PAIRING_SIM_URL'] + '/clock', "
        "headers={'Authorization': 'Bearer ' + os.environ['PAIRING_SIM_TOKEN']}); print(u.urlopen(r).status)"
    )
    options = ("--workers", "2", "--data-dir", str(tmp_path.with_name("kept")))
    code, out, errors = run(
        tmp_path, *options, "--", sys.executable, "-c", asks, PAIRING_SIM_TOKEN="of-the-environment", REDIS_URL="x://"
    )
    assert (code, out) == (0, "200\n"), errors
    assert (tmp_path.with_name("kept") / "gateway.sqlite3").exists()


@pytest.mark.parametrize(
    ("command", "code", "words"),
    [
        (("no-such-program",), 127, "Error: The command no-such-program was not found.\n"),
        (("/etc/hostname",), 126, "Error: /etc/hostname is not a program that can be run.\n"),
    ],
)
def test_a_command_that_cannot_be_run_is_one_sentence(
    tmp_path: Path, command: tuple[str, ...], code: int, words: str
) -> None:
    assert run(tmp_path, "--", *command) == (code, "", words)


def test_a_gateway_that_cannot_start_gives_its_reason_and_the_command_does_not_run(tmp_path: Path) -> None:
    code, out, errors = run(tmp_path, "--seed", "/no/such.yaml", "--", "echo", "ran")
    assert (code, out) == (1, "")
    assert errors.startswith("Error: The seed /no/such.yaml cannot be read: ")
    assert len(errors.splitlines()) == 1


@pytest.mark.slow
def test_a_command_ended_by_a_signal_is_128_and_its_number(tmp_path: Path) -> None:
    assert run(tmp_path, "--", "sh", "-c", "kill -9 $$")[0] == 137


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_no_signal_leaves_a_process(tmp_path: Path, number: signal.Signals) -> None:
    process = start(tmp_path, "--", sys.executable, "-c", WAIT)
    assert process.stdout is not None
    told = json.loads(process.stdout.readline())
    ready: dict[str, Any] = json.loads(Path(told["PAIRING_READY"]).read_text("utf-8"))
    process.send_signal(number)
    code = process.wait(30)
    if number == signal.SIGINT:
        assert code in (1, 130)  # Python's own end by ^C: a traceback, or the signal
    else:
        assert code == (-9 if number == signal.SIGKILL else 128 + number)
    eventually(lambda: not _alive(ready["pid"]) and not _alive(ready["redis"]["pid"]))
    eventually(lambda: list(tmp_path.iterdir()) == [])
    with pytest.raises(requests.ConnectionError):
        requests.get(told["PAIRING_URL"], timeout=5)
    process.communicate()


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_during_the_start_leaves_no_process(tmp_path: Path, number: signal.Signals) -> None:
    process = start(tmp_path, "--", "echo", "ran")
    eventually(lambda: list(tmp_path.iterdir()))
    process.send_signal(number)
    out, errors = process.communicate(timeout=30)
    assert (process.returncode, out, errors) == (128 + number, "", "")
    eventually(lambda: list(tmp_path.iterdir()) == [])


def _alive(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text("utf-8")
    except FileNotFoundError:
        return False

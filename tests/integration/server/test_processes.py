"""The gateway's processes from outside: none stays behind, and a failed start has a sentence."""

from __future__ import annotations

import json
import re
import signal
import socket
import sys
import threading
from pathlib import Path

import pytest

from gateway.server.redis.private import PrivateRedis
from tests.integration.machine import alive, descendants
from tests.integration.server.conftest import Forge, Program, Start
from tests.integration.wire import Wire, at_most, eventually

pytestmark = pytest.mark.slow

linux = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


def serve(run: Start, tmp_path: Path, *arguments: str, **environment: str) -> Program:
    """``serve`` on a free port with its data in a folder of the test."""
    return run("serve", "--port", "0", "--data-dir", str(tmp_path / "data"), *arguments, **environment)


def sentence(program: Program) -> str:
    """The one sentence of a program that could not start; it ends with exit code 1 and says nothing else."""
    assert program.ended() == 1
    return only_sentence(program.errors)


def only_sentence(errors: str) -> str:
    """The one line on standard error: a sentence, and no traceback. The log's line about the start may precede it."""
    lines = [line for line in errors.splitlines() if line.strip() and '"event": "gateway_starting"' not in line]
    assert len(lines) == 1, errors
    assert lines[0].startswith("Error: ")
    assert lines[0].endswith((".", "?")), lines[0]
    return lines[0]


def stay_behind(pids: set[int]) -> list[str]:
    """The processes that still live, with their command lines."""
    return [Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ") for pid in pids if alive(pid)]


@linux
@pytest.mark.parametrize(
    ("number", "workers"),
    [(signal.SIGKILL, "1"), (signal.SIGKILL, "2"), (signal.SIGTERM, "2"), (signal.SIGINT, "1")],
    ids=lambda value: value.name if isinstance(value, signal.Signals) else value,
)
def test_no_process_stays_behind_after_any_end(
    run: Start, tmp_path: Path, workers: str, number: signal.Signals
) -> None:
    """Not even kill -9 leaves a Redis or a worker. SIGTERM and ^C end with 0 and close a waiting socket."""
    program = serve(run, tmp_path, "--workers", workers)
    ready = program.ready()
    below = descendants(program.process.pid)
    assert len(below) == (1 if workers == "1" else 3)
    wire = Wire(str(ready["url"]))
    ticket = wire.ticket()
    program.process.send_signal(number)
    assert program.ended() == (-9 if number is signal.SIGKILL else 0)
    eventually(lambda: not stay_behind(below), within=20)
    if (workers, number) not in {("1", signal.SIGKILL), ("2", signal.SIGTERM)}:
        return
    again = serve(run, tmp_path, "--workers", workers)
    assert Wire(str(again.ready()["url"])).call("GET", f"/tickets/{ticket.id}", f"Ticket {ticket.secret}").status == 200
    again.process.terminate()
    assert again.ended() == 0


@linux
def test_workers_that_are_ready_at_one_moment_are_all_seen_at_once(run: Start, tmp_path: Path) -> None:
    program = serve(run, tmp_path, "--workers", "3")
    eventually(lambda: len(descendants(program.process.pid)) == 4, within=30)  # the private Redis, and the workers
    program.process.send_signal(signal.SIGSTOP)
    eventually(lambda: program.errors.count('"worker_ready"') == 3, within=60)
    program.process.send_signal(signal.SIGCONT)
    with at_most(15):  # its longest wait is 30 s
        program.ready()


def test_sigterm_ends_it_while_a_long_poll_waits(run: Start, tmp_path: Path) -> None:
    """A waiting client does not hold it up."""
    program = serve(run, tmp_path)
    wire = Wire(str(program.ready()["url"]))
    ticket = wire.ticket()
    seen: list[str] = []

    def poll() -> None:
        try:
            seen.append(str(ticket.poll(since=1, wait=30, timeout=40).status))
        except OSError as error:
            seen.append(type(error).__name__)

    waiting = threading.Thread(target=poll)
    waiting.start()
    program.process.terminate()
    assert program.ended() == 0
    waiting.join(20)
    assert seen


def test_port_in_use(run: Start, tmp_path: Path) -> None:
    """One sentence that names the port, for one worker and for several."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        for number, workers in enumerate(("1", "2")):
            data = str(tmp_path / f"data{number}")
            program = run("serve", "--port", port, "--workers", workers, "--data-dir", data)
            assert f"port {port}" in sentence(program)


@pytest.mark.parametrize("folder", ["a-file/data", "/proc/no-such-folder"])
def test_data_directory_not_writable(run: Start, tmp_path: Path, folder: str) -> None:
    """Below a file, and where no folder can be made: both stop root too."""
    (tmp_path / "a-file").write_text("")
    program = run("serve", "--port", "0", "--data-dir", str(tmp_path / folder))
    assert "data directory" in sentence(program)
    assert "--data-dir" in program.errors


def test_data_directory_in_use_by_another_gateway(run: Start, tmp_path: Path) -> None:
    """The sentence names the other process, which is unharmed."""
    first = serve(run, tmp_path)
    ready = first.ready()
    assert f"process {first.process.pid}" in sentence(serve(run, tmp_path))
    assert Wire(str(ready["url"])).ticket()
    first.process.terminate()
    assert first.ended() == 0


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"REDIS_URL": "nonsense"}, "REDIS_URL"),
        ({"REDIS_URL": "http://127.0.0.1:6379"}, "REDIS_URL"),
        ({"REDIS_URL": "redis://127.0.0.1:port"}, "REDIS_URL"),
        ({"REDIS_URL": "redis://:secret-word@127.0.0.1:1/0"}, "127.0.0.1:1"),
        ({"REDIS_URL": "unix:///nowhere/redis.sock"}, "/nowhere/redis.sock"),
        ({"PAIRING_DATABASE_URL": "nonsense"}, "PAIRING_DATABASE_URL"),
        ({"PAIRING_DATABASE_URL": "sqlite:////nowhere/at/all.sqlite3"}, "all.sqlite3"),
        ({"PAIRING_WORKERS": "many"}, "PAIRING_WORKERS"),
        ({"PAIRING_TICKETS_PENDING_SECONDS": "0"}, "PAIRING_TICKETS_PENDING_SECONDS"),
        ({"PAIRING_NUMBER_MATCHING": "sometimes"}, "PAIRING_NUMBER_MATCHING"),
        ({"PAIRING_ALLOWED_ORIGINS": "*"}, "PAIRING_ALLOWED_ORIGINS"),
        ({"PAIRING_ALLOWED_ORIGINS": "nonsense"}, "PAIRING_ALLOWED_ORIGINS"),
        ({"PAIRING_ALLOWED_ORIGINS": "https://a.example/page"}, "PAIRING_ALLOWED_ORIGINS"),
        ({"PAIRING_TLS_CERTIFICATE": "/nowhere.pem"}, "/nowhere.pem"),
        ({"PAIRING_TLS_KEY": "/nowhere.pem"}, "PAIRING_TLS_CERTIFICATE"),
        ({"PAIRING_PUBLIC_URL": "nonsense"}, "PAIRING_PUBLIC_URL"),
        ({"PAIRING_SERVER_KEY": "short"}, "PAIRING_SERVER_KEY"),
        ({"PAIRING_LOG_LEVEL": "loud"}, "PAIRING_LOG_LEVEL"),
        ({"PAIRING_SEED": "/nowhere.json"}, "/nowhere.json"),
        ({"PAIRING_HOST": "no.such.host.invalid"}, "no.such.host.invalid"),
        ({"PAIRING_HOST": "a" * 64}, "a" * 64),
    ],
    ids=lambda value: "-".join(f"{k}={v}" for k, v in value.items()) if isinstance(value, dict) else "",
)
def test_a_wrong_setting_is_one_sentence(forge: Forge, tmp_path: Path, environment: dict[str, str], words: str) -> None:
    """It names the setting, shows no password, and ends with 1."""
    done = forge.run("serve", "--port", "0", "--data-dir", str(tmp_path / "data"), **environment)
    assert done.code == 1
    said = only_sentence(done.errors)
    assert words in said
    assert "secret-word" not in said


def test_a_redis_that_asks_for_another_password_is_one_sentence(run: Start, tmp_path: Path) -> None:
    """And the password that was tried is not shown."""
    server = PrivateRedis(tmp_path / "redis")
    server.start()
    try:
        url = re.sub(r"//:[^@]+@", "//:wrong-password@", server.url)
        said = sentence(serve(run, tmp_path, REDIS_URL=url))
        assert server.shown_url.removeprefix("unix://") in said
        assert "wrong-password" not in said
    finally:
        server.stop()


def test_unknown_options_and_commands_are_refused_with_their_name(run: Start) -> None:
    program = run("serve", "--colour", "red")
    assert program.ended() == 2  # click's
    assert "--colour" in program.errors


def test_the_ready_file_is_written_at_once_and_is_its_owners_alone(run: Start, tmp_path: Path) -> None:
    """It alone holds Redis's password; else its text is that of standard output."""
    file = tmp_path / "ready.json"
    program = serve(run, tmp_path, "--ready-file", str(file))
    ready = program.ready()
    whole = json.loads(file.read_text())
    password = whole["redis"]["url"].removeprefix("unix://:").partition("@")[0]
    assert len(password) == 32
    assert ready == {**whole, "redis": {**whole["redis"], "url": whole["redis"]["url"].replace(f":{password}@", "")}}
    assert file.stat().st_mode & 0o777 == 0o600
    assert set(ready) == {"url", "listening", "public_url", "pid", "workers", "redis", "database"}
    program.process.terminate()
    assert program.ended() == 0


def test_a_ready_file_in_no_folder_is_one_sentence(run: Start, tmp_path: Path) -> None:
    """Before the start of any process. A ready file that is a folder fails when it is written."""
    (tmp_path / "folder").mkdir()
    assert "ready file" in sentence(serve(run, tmp_path, "--ready-file", str(tmp_path / "folder")))
    assert "ready file" in sentence(serve(run, tmp_path, "--ready-file", str(tmp_path / "none" / "ready.json")))

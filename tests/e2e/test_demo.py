"""`gateway demo`, as a newcomer runs it."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

DEMO = [sys.executable, "-m", "gateway", "demo"]


def environment(language: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PAIRING_", "REDIS_URL"))}
    return {**kept, "PAIRING_LANG": language, "NO_COLOR": "1", "COLUMNS": "120"}


@pytest.mark.parametrize(("language", "words"), [("en", "told by push after"), ("zh", "毫秒后收到推送")])
def test_once_plays_a_login_and_exits_0(language: str, words: str) -> None:
    done = subprocess.run(
        [*DEMO, "--once", "--port", "0"],
        env=environment(language),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count(words) == 2
    assert "unit_verified" in done.stdout
    assert done.stderr == ""


def test_a_taken_port_is_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            [*DEMO, "--once", "--port", port],
            env=environment("en"),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 1
    assert re.fullmatch(
        rf"Error: The gateway did not start\. Cannot listen on 127\.0\.0\.1 port {port}: .*\n", done.stderr
    )


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_runs_until_a_signal_and_leaves_nothing_behind(number: signal.Signals) -> None:
    with subprocess.Popen(
        [*DEMO, "--port", "0", "--no-browser"],
        env=environment("en"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as demo:
        assert demo.stdout is not None
        shown = ""
        while "^C stops everything" not in shown:
            line = demo.stdout.readline()
            assert line, demo.stderr.read() if demo.stderr else ""
            shown += line
        children = [int(pid) for pid in re.findall(r"pid (\d+)", shown)]
        assert len(children) == 2
        os.killpg(demo.pid, number)
        rest, errors = demo.communicate(timeout=20)
    assert demo.returncode == 0, errors
    assert "nothing is left behind" in rest
    assert errors == ""
    assert not [pid for pid in children if Path(f"/proc/{pid}").exists()]

"""What the log says of a gateway's life: start, ready, reload, a dead worker, drain, stop."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from gateway.http.app import VERSION
from tests.integration.server.conftest import Program, Start
from tests.integration.wire import at_most, eventually

pytestmark = pytest.mark.slow


def lines(program: Program) -> list[dict[str, Any]]:
    """Its log, whole lines alone."""
    return [json.loads(line) for line in program.errors.splitlines(keepends=True) if line.endswith("\n")]


def told(program: Program, event: str) -> list[dict[str, Any]]:
    """The lines of one event."""
    return [line for line in lines(program) if line["event"] == event]


def test_two_workers_tell_their_life_in_its_order(run: Start, tmp_path: Path) -> None:
    program = run("serve", "--port", "0", "--workers", "2", "--data-dir", str(tmp_path / "data"))
    ready = program.ready()
    parent, first = program.process.pid, ready["workers"]
    assert isinstance(first, list)

    (starting,) = told(program, "gateway_starting")
    assert (starting["pid"], starting["version"], starting["workers"]) == (parent, VERSION, 2)
    assert starting["compiled"] is False
    assert "worker" not in starting
    assert {(line["pid"], line["worker"]) for line in told(program, "worker_ready")} == set(
        zip(first, (0, 1), strict=True)
    )
    eventually(lambda: len(told(program, "gateway_ready")) == 1)
    assert told(program, "gateway_ready")[0]["workers"] == first

    program.process.send_signal(signal.SIGHUP)
    eventually(lambda: len(told(program, "gateway_reloaded")) == 1, within=60)
    assert told(program, "gateway_reloading")[0]["workers"] == first
    second = told(program, "gateway_reloaded")[0]["workers"]
    assert not set(first) & set(second)
    assert {line["pid"] for line in told(program, "worker_draining")} == set(first)
    assert {line["pid"] for line in told(program, "worker_stopped")} == set(first)

    os.kill(second[1], signal.SIGKILL)
    eventually(lambda: len(told(program, "worker_ready")) == 5, within=60)
    assert [line["died"] for line in told(program, "worker_died")] == [second[1]]
    assert told(program, "worker_ready")[-1]["worker"] == 1

    program.process.terminate()
    assert program.ended() == 0
    events = [line["event"] for line in lines(program)]
    assert events[0] == "gateway_starting"
    assert events[-1] == "gateway_stopped"
    assert events.index("gateway_reloading") < events.index("gateway_reloaded") < events.index("worker_died")
    assert events.count("gateway_stopping") == events.count("gateway_stopped") == 1


def test_a_second_sighup_within_a_reload_is_obeyed_right_after_it(run: Start, tmp_path: Path) -> None:
    program = run("serve", "--port", "0", "--workers", "2", "--data-dir", str(tmp_path / "data"))
    program.ready()
    program.process.send_signal(signal.SIGHUP)
    eventually(lambda: told(program, "gateway_reloading"))
    program.process.send_signal(signal.SIGHUP)
    eventually(lambda: told(program, "gateway_reloaded"), within=60)
    with at_most(5):  # its longest wait is 30 s
        eventually(lambda: len(told(program, "gateway_reloading")) == 2, within=60)
    eventually(lambda: len(told(program, "gateway_reloaded")) == 2, within=60)


def test_one_worker_tells_it_too(run: Start, tmp_path: Path) -> None:
    program = run("serve", "--port", "0", "--data-dir", str(tmp_path / "data"), PAIRING_LAME_DUCK_SECONDS="0.2")
    program.ready()
    program.process.terminate()
    assert program.ended() == 0
    events = [line["event"] for line in lines(program)]
    life = ("starting", "ready", "leaving", "stopping", "stopped")
    expected = [f"gateway_{word}" for word in life]
    assert [event for event in events if event.startswith("gateway_")] == expected
    assert "worker_draining" in events
    assert {(line["pid"], line["worker"]) for line in lines(program)} == {(program.process.pid, 0)}


def test_a_gateway_that_cannot_start_says_its_one_sentence_and_logs_no_life(run: Start, tmp_path: Path) -> None:
    program = run("serve", "--data-dir", str(tmp_path / "data"), REDIS_URL="redis://127.0.0.1:1/0")
    assert program.ended() == 1
    (sentence,) = program.errors.splitlines()
    assert sentence.startswith("Error: ")

"""Starting the load generator's process, and talking with one that holds waiting clients."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bench.progress import say
from bench.targets import WIDE, Target

LONGEST_SECONDS = 180
WARM_UP, SHORT_WARM_UP = 400, 100  # logins of each worker


def generate(target: Target, task: str, **task_settings: Any) -> dict[str, Any]:
    """Run one task against one target and answer what the generator saw.

    Raises RuntimeError where it fails, or takes too long. The error names no command: Redis's password is in it.
    """
    command = _command(target, task, task_settings)
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False, timeout=LONGEST_SECONDS)
    except subprocess.TimeoutExpired:
        raise RuntimeError(f"the load generator took more than {LONGEST_SECONDS} s") from None
    if done.returncode:
        raise RuntimeError("the load generator failed; what it said is above")
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def warm_up(target: Target, *, short: bool) -> None:
    """Logins that do not count: a worker's first ones are compiled, cached, and cost more."""
    flows = (SHORT_WARM_UP if short else WARM_UP) * len(target["pids"])
    generate(target, "saturated", flows=flows, wide=WIDE)


def warm_all_up(measured: dict[str, Target], *, short: bool) -> None:
    """The same for several targets, telling which."""
    for name, target in measured.items():
        say(f"warming up {name}")
        warm_up(target, short=short)


class Waiting:
    """Clients that wait at one target, in a generator's process of their own."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def grow(self, count: int) -> dict[str, Any]:
        """Have ``count`` of them in all; answers what those that came cost, and the resident bytes of each."""
        return self._ask({"count": count})

    def leave(self) -> dict[str, Any]:
        """Disconnect all; answers what that cost."""
        return self._ask({"leave": True})

    def _ask(self, question: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the load generator ended; what it said is above")
        answer: dict[str, Any] = json.loads(line)
        return answer


@contextmanager
def waiting_at(target: Target, **task_settings: Any) -> Iterator[Waiting]:
    """A generator that holds waiting clients, none at first."""
    command = _command(target, "hold", task_settings)
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Waiting(process)
        finally:
            process.kill()


def _command(target: Target, task: str, task_settings: dict[str, Any]) -> list[str]:
    return [sys.executable, "-m", "bench.load.__main__", json.dumps({**target, "task": task, **task_settings})]

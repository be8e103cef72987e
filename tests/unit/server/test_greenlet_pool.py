"""Greenlets that are used again: nothing of a call is left for the next one."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import contextvars
import warnings
import weakref

warnings.simplefilter("ignore")
import eventlet
import greenlet
from gateway.server.greenlet_pool import run_now

seen, runners = [], []
go_on, over = eventlet.Event(), eventlet.Event()
present = contextvars.ContextVar("present", default="none")


class Held:
    pass


def work(name, held=None):
    seen.append((name, present.get()))
    runners.append(weakref.ref(greenlet.getcurrent()))
    present.set(name)
    if name == "waits":
        go_on.wait()
        seen.append((name, present.get()))
        over.send()
    elif name == "from a greenlet":
        go_on.send()


def from_the_hub():
    held = Held()
    run_now(work, "first", held)
    left = weakref.ref(held)
    del held
    seen.append(("held", left()))
    run_now(work, "waits")
    run_now(work, "second")
    run_now(work, "third")
    seen.append(("hub", present.get()))


eventlet.hubs.get_hub().schedule_call_global(0, from_the_hub)
run_now(work, "from a greenlet")
seen.append(("this one goes on", present.get()))
over.wait()
for what in seen:
    print(*what)
print(len({runner() for runner in runners}))
"""


def test_each_call_has_its_own_context_and_leaves_nothing_behind() -> None:
    """In a process of its own: the hub belongs to its thread."""
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=60, check=False)
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        "this one goes on none",
        "first none",
        "held None",
        "waits none",
        "second none",
        "third none",
        "hub none",
        "from a greenlet none",
        "waits waits",
        "3",  # one waits, and one was asked for before the hub had its turn
    ]

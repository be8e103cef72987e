"""Peers that cannot run here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from bench import targets
from bench.packages import Unavailable
from bench.targets import Target


@contextmanager
def one(reason: str, stopped: list[str]) -> Iterator[Target]:
    """A target that runs, or cannot for a reason."""
    if reason:
        raise Unavailable(reason)
    yield {"url": "http://127.0.0.1:1"}
    stopped.append("stopped")


def test_a_target_that_cannot_run_is_omitted_and_its_reason_reported_once() -> None:
    stopped: list[str] = []
    with ExitStack() as stack:
        wanted = {"gateway": one("", stopped), "bare": one("No Node.", stopped), "express": one("No Node.", stopped)}
        running, reasons = targets.started(stack, wanted)
        assert (list(running), reasons, stopped) == (["gateway"], ["No Node."], [])
    assert stopped == ["stopped"]

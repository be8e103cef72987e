"""Readiness never hangs: each check has a limit of its own, and one look at a time."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from gateway.foundation.errors import Refusal
from gateway.foundation.readiness import Check, Readiness
from scan_to_login.protocol import Code


@pytest.fixture
def held() -> Iterator[threading.Event]:
    """Set at the end, so that no thread stays behind."""
    event = threading.Event()
    yield event
    event.set()


def fails() -> str:
    raise Refusal(Code.UNAVAILABLE, "The database is away.")


def breaks() -> str:
    raise KeyError("mistake")


def test_each_part_is_fine_or_has_a_sentence() -> None:
    """A check's success, its refusal, and its exception."""
    checks = [Check("fine", lambda: ""), Check("told", lambda: "It is full."), Check("refused", fails)]
    readiness = Readiness([*checks, Check("broken", breaks)], {"all": ["fine", "told", "refused", "broken"]})
    assert readiness.parts("all") == {
        "fine": "", "told": "It is full.", "refused": "The database is away.", "broken": "KeyError: 'mistake'",
    }  # fmt: skip


def test_a_purpose_looks_at_its_own_parts_alone(held: threading.Event) -> None:
    """A hanging part does not delay a purpose that does not need it."""

    def hangs() -> str:
        held.wait()
        return ""

    readiness = Readiness([Check("fine", lambda: ""), Check("hanging", hangs, seconds=60)], {"scan": ["fine"]})
    assert readiness.parts("scan") == {"fine": ""}


def test_a_part_that_hangs_is_given_up_and_looked_at_once(held: threading.Event) -> None:
    """With any number of requests it costs one thread, and recovers with its answer."""
    looks: list[int] = []

    def hangs() -> str:
        looks.append(1)
        held.wait()
        return ""

    readiness = Readiness(
        [Check("one", hangs, seconds=0.05), Check("two", hangs, seconds=0.05)], {"all": ["one", "two"]}
    )
    began = time.monotonic()
    for _ in range(10):
        assert set(readiness.parts("all").values()) == {"It has not answered within 0.05 seconds."}
    assert time.monotonic() - began < 20
    assert len(looks) == 2
    held.set()
    deadline = time.monotonic() + 20
    while any(readiness.parts("all").values()):
        assert time.monotonic() < deadline

"""Calls that wait: for news, for a while, as long as their caller is there, and not too many at a time."""

from __future__ import annotations

import contextvars
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from gateway.foundation import callers
from gateway.foundation.errors import Refusal

LONG = 60.0  # seconds: no test waits so long


def test_a_hang_up_ends_a_wait() -> None:
    caller, news = callers.Caller(), threading.Event()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(caller.wait, news, LONG)
        while not caller._waits:
            assert not waiting.done()
        caller.hang_up()
        waiting.result(LONG / 2)
    assert caller.gone
    caller.wait(threading.Event(), LONG)  # and there is no other


def test_news_end_a_wait_and_leave_nothing_behind() -> None:
    caller, news = callers.Caller(), threading.Event()
    news.set()
    caller.wait(news, LONG)
    assert not caller.gone
    assert not caller._waits


def test_the_caller_of_the_present_request_counts() -> None:
    """In a context of its own, as each request has; without one a wait is a wait."""

    def request() -> bool:
        caller = callers.Caller()
        callers.current.set(caller)
        caller.hang_up()
        callers.wait(threading.Event(), LONG)
        return callers.gone()

    assert contextvars.Context().run(request)
    assert not callers.gone()
    callers.wait(threading.Event(), 0.001)


@pytest.mark.parametrize(("subjects", "addresses"), [("aaa", "xyz"), ("abc", "xxx")], ids=["subject", "address"])
def test_so_many_wait_and_the_next_is_refused(subjects: str, addresses: str) -> None:
    waits = callers.Waits(2, 2)
    with waits.one(subjects[0], addresses[0]):
        with waits.one(subjects[1], addresses[1]):
            with pytest.raises(Refusal) as refused, waits.one(subjects[2], addresses[2]):
                pass
            assert refused.value.code == "slow_down"
            assert refused.value.extra["retry_after"] > 0
        with waits.one(subjects[2], addresses[2]):
            pass
    assert not any(waits._waiting)


def test_zero_is_no_limit() -> None:
    waits = callers.Waits(0, 0)
    with waits.one("a", "x"), waits.one("a", "x"), waits.one("a", "x"):
        pass


def test_a_wait_counts_for_the_network_of_its_address() -> None:
    """As every other limit by address: a host of IPv6 may choose among 2^64 (SECURITY.md 37)."""
    waits = callers.Waits(0, 1)

    def refused(address: str) -> bool:
        try:
            with waits.one("another", address):
                return False
        except Refusal:
            return True

    with waits.one("a", "2001:db8:0:1::1"), waits.one("b", "192.0.2.1"):
        assert refused("2001:db8:0:1::2")
        assert refused("::ffff:192.0.2.1")
        assert not refused("2001:db8:0:2::1")
        assert not refused("192.0.2.2")

"""Draining: waits end, new requests are refused, requests under way are counted."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from gateway.foundation.draining import Draining
from gateway.foundation.errors import Refusal


def test_new_calls_are_refused_during_draining() -> None:
    """With 503, and the time after which to ask again."""
    draining = Draining()
    draining.refuse_new()
    draining.begin()
    with pytest.raises(Refusal) as refused:
        draining.refuse_new()
    assert (refused.value.code, refused.value.extra["retry_after"]) == ("unavailable", 1)


def test_a_wait_ends_when_draining_begins() -> None:
    """A wait under way, and a later one."""
    draining = Draining()
    done = threading.Thread(target=lambda: draining.wait(threading.Event(), 60))
    done.start()
    while not draining._waits:
        pass
    draining.begin()
    done.join(10)
    assert not done.is_alive()
    draining.wait(threading.Event(), 60)


def test_calls_are_counted_and_their_connections_closed() -> None:
    """Sockets and the control plane are not counted."""
    draining = Draining()
    idle: list[bool] = []
    told: list[list[tuple[str, str]]] = []

    def app(_environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        idle.append(draining.wait_until_idle(0))
        start("200 OK", [])
        return []

    wsgi = draining.watch(app)
    wsgi({"PATH_INFO": "/api/v1/tickets"}, lambda _, headers: told.append(headers))
    draining.begin()
    wsgi({"PATH_INFO": "/api/v1/tickets"}, lambda _, headers: told.append(headers))
    wsgi({"PATH_INFO": "/socket.io/"}, lambda _, headers: told.append(headers))
    assert idle == [False, False, True]
    assert told == [[], [("Connection", "close")], []]
    assert draining.wait_until_idle(0)


def test_answers_beside_wsgi_are_counted_until_the_end_is_announced() -> None:
    draining = Draining()
    idle: list[bool] = []

    def answers(*_request: Any) -> None:
        idle.append(draining.wait_until_idle(0))

    assert draining.watch_plain(answers)("POST", "/a", {}, b"", "1.2.3.4") is None
    draining.announce()
    assert draining.watch_plain(answers)("POST", "/a", {}, b"", "1.2.3.4") is None
    assert idle == [False]
    assert draining.wait_until_idle(0)

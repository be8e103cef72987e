"""Options of the long histories: how many logins, and which seed decides the faults."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--history-seed`` repeats the faults of another run; ``--history-logins`` makes it shorter or longer."""
    group = parser.getgroup("histories")
    group.addoption("--history-seed", type=int, default=0, help="the seed of the faults; 0 takes a new one")
    group.addoption("--history-logins", type=int, default=5_000, help="how many logins the long history has")
    group.addoption("--soak-seconds", type=float, default=600, help="how long the soak lasts")

"""Clients that wait, held by the load generator at a real gateway."""

from __future__ import annotations

from collections import Counter

import pytest

from bench import targets
from bench.generator import generate, waiting_at
from bench.load.waiting import FROM_ONE_ADDRESS, source_of


def test_a_crowd_comes_from_so_many_addresses_that_each_has_ports_left() -> None:
    sources = Counter(source_of({"network": "127.0.7"}, number) for number in range(17_000))
    assert max(sources.values()) == FROM_ONE_ADDRESS < 28_232 / 2
    assert list(sources) == ["127.0.7.1", "127.0.7.2", "127.0.7.3", "127.0.7.4"]
    assert source_of({}, 17_000) == ""


@pytest.mark.slow
def test_a_crowd_is_held_and_grows() -> None:
    with targets.gateway() as target, waiting_at(target, network="127.0.7") as crowd:
        assert crowd.grow(3)["lost"] == []
        told = crowd.grow(5)
        assert told["lost"] == []
        assert told["connects_per_second"] > 0
        assert crowd.grow(5)["connects_per_second"] == 0
        assert crowd.leave()["disconnect_cpu_us"] >= 0


@pytest.mark.slow
def test_the_least_peer_does_whole_logins() -> None:
    """The generator refuses any answer that is not a login's; and it counts them."""
    with targets.least() as target:
        told = generate(target, "saturated", flows=5, wide=2)
        assert told["server_cpu_us"] > 0
        assert told["redis_cpu_us"] > 0

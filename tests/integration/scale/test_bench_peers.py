"""The benchmark's peers do a whole login with the gateway's own scripts, as they are now."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial

import pytest

from bench import targets
from bench.generator import generate
from bench.packages import Unavailable
from bench.targets import Target


@pytest.mark.slow
@pytest.mark.parametrize(
    "peer",
    [
        pytest.param(partial(targets.node, "bare"), id="node"),
        pytest.param(partial(targets.node, "express"), id="express"),
        pytest.param(targets.bun, id="bun"),
        pytest.param(partial(targets.bun, workers=2), id="bun, 2 workers"),
    ],
)
def test_a_peer_logs_people_in(peer: Callable[[], AbstractContextManager[Target]]) -> None:
    try:
        with peer() as target:
            row = generate(target, "paced", flows=8, rate=20, connections=4)
    except Unavailable as reason:
        pytest.skip(str(reason))
    assert len(row["told"]) == 8
    assert min(row["told"]) > 0

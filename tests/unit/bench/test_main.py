"""A whole run: one part's failure, and how long it will take."""

from __future__ import annotations

import pytest

from bench import __main__ as bench
from bench.report import Section


def broken(*, short: bool) -> Section:
    """A part with a fault of its own."""
    raise TypeError(f"short is {short}")


def test_a_part_that_fails_by_any_error_leaves_the_others(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    parts = {"bad": bench.Part(broken, 60, 5), "good": bench.Part(lambda short: Section("Good"), 90, 5)}  # noqa: ARG005
    monkeypatch.setattr(bench, "PARTS", parts)
    bad, good = bench.measure_all(["bad", "good"], short=False)
    assert (bad.failed, bad.remarks) == (True, ["Not measured: short is False"])
    assert (good.failed, good.title) == (False, "Good")
    told = capsys.readouterr().err
    assert "all: about 2:30 min on two quiet cores" in told
    assert "== good, 2 of 2: about 1:30 min; 1:30 min until the end" in told


def test_each_part_says_how_long_it_takes() -> None:
    assert all(0 < part.short_seconds <= part.seconds for part in bench.PARTS.values())

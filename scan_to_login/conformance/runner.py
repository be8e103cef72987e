"""Runs the checks on any gateway; ``scan_to_login.conformance.report`` formats the results."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from scan_to_login.conformance import (  # noqa: F401 - they register their checks
    disowned,
    flaws,
    numbers,
    oauth,
    refusals,
    rotating,
    switches,
    targeted,
)
from scan_to_login.conformance.raw_calls import TrialWire
from scan_to_login.conformance.rules import CHECKS, Bilingual, Broken, NotTried, Trial
from scan_to_login.testing.external_gateway import ExternalGateway

NOTHING = Bilingual("", "")


class Outcome(StrEnum):
    """The outcome of a check."""

    HELD = "held"
    BROKEN = "broken"
    NOT_TRIED = "not tried"


@dataclass(frozen=True, slots=True)
class Result:
    """One check's result."""

    name: str
    source: Bilingual
    rule: Bilingual
    outcome: Outcome
    detail: Bilingual = NOTHING


def run(gateway: ExternalGateway, first: str, second: str) -> Iterable[Result]:
    """Run every check, one after the other; reset the gateway before each, if possible."""
    wire = TrialWire(gateway.url)
    for source, rule, function in CHECKS:
        name = function.__name__
        try:
            gateway.reset()
            function(Trial(gateway, wire, first, second))
        except NotTried as why:
            yield Result(name, source, rule, Outcome.NOT_TRIED, why.told)
        except Broken as why:
            yield Result(name, source, rule, Outcome.BROKEN, why.told)
        except Exception as error:  # noqa: BLE001 - whatever a strange gateway brings about is its finding
            words = f"{type(error).__name__}: {error}"
            yield Result(name, source, rule, Outcome.BROKEN, Bilingual(words, words))
        else:
            yield Result(name, source, rule, Outcome.HELD)

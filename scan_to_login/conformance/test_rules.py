"""One test for each rule; ``gateway conformance`` runs the same and writes a report in two languages."""

from __future__ import annotations

import pytest

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
from scan_to_login.conformance.rules import CHECKS, Check, NotTried, Trial


@pytest.mark.parametrize("check", [pytest.param(check, id=check.__name__) for _, _, check in CHECKS])
def test_the_gateway_keeps_the_rule(trial: Trial, check: Check) -> None:
    """Fails with what the gateway answered; skipped where the check needs a control plane and there is none."""
    try:
        check(trial)
    except NotTried as why:
        pytest.skip(why.told.en)

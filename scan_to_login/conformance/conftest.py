"""``pytest --pyargs scan_to_login.conformance --pairing-url URL``: each rule of the wire is a test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from scan_to_login.conformance.rules import Trial
    from scan_to_login.testing.external_gateway import ExternalGateway
    from scan_to_login.testing.live import LiveGateway


@pytest.fixture(scope="session")
def accounts(pairing_gateway_process: LiveGateway | ExternalGateway) -> tuple[str, str]:
    """The two people who log in: the first two of the seed whose account is not locked."""
    known = [account.login_name for account in pairing_gateway_process.seed.accounts if not account.locked]
    if len(known) < 2:
        raise pytest.UsageError("Two accounts of the seed are needed: name one with --pairing-seed FILE.")
    return known[0], known[1]


@pytest.fixture
def trial(pairing_gateway: LiveGateway | ExternalGateway, accounts: tuple[str, str]) -> Trial:
    """What a rule has at hand; the gateway has just been started over, where it can be."""
    from scan_to_login.conformance.raw_calls import TrialWire
    from scan_to_login.conformance.rules import Trial

    return Trial(pairing_gateway, TrialWire(pairing_gateway.url), *accounts)

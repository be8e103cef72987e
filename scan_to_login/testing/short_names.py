"""Short names of the fixtures, for a project that has no others of these names.

Write ``pytest_plugins = ["scan_to_login.testing.short_names"]`` in the top-level ``conftest.py``; ``client`` is then
``pairing_client``, and so on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from app_simulator.phone import Phone
    from client_stub.client import Client
    from scan_to_login.testing.control import ClockOfGateway, JournalOfGateway, SmsOutbox
    from scan_to_login.testing.control.faults import FaultsOfGateway
    from scan_to_login.testing.makers import ClientMaker, PhoneMaker


@pytest.fixture
def phones(pairing_phones: PhoneMaker) -> PhoneMaker:
    """``pairing_phones``."""
    return pairing_phones


@pytest.fixture
def phone(pairing_phone: Phone) -> Phone:
    """``pairing_phone``."""
    return pairing_phone


@pytest.fixture
def clients(pairing_clients: ClientMaker) -> ClientMaker:
    """``pairing_clients``."""
    return pairing_clients


@pytest.fixture
def client(pairing_client: Client) -> Client:
    """``pairing_client``."""
    return pairing_client


@pytest.fixture
def clock(pairing_clock: ClockOfGateway) -> ClockOfGateway:
    """``pairing_clock``."""
    return pairing_clock


@pytest.fixture
def sms_outbox(pairing_sms: SmsOutbox) -> SmsOutbox:
    """``pairing_sms``."""
    return pairing_sms


@pytest.fixture
def faults(pairing_faults: FaultsOfGateway) -> FaultsOfGateway:
    """``pairing_faults``."""
    return pairing_faults


@pytest.fixture
def journal(pairing_journal: JournalOfGateway) -> JournalOfGateway:
    """``pairing_journal``."""
    return pairing_journal

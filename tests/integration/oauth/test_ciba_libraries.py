"""CIBA by libraries that nobody here wrote, unmodified: the login, and the refusals in their own words."""

from __future__ import annotations

from pathlib import Path

import pytest
import requests_oauth2client

from app_simulator.phone import Phone
from scan_to_login.testing.control import ClockOfGateway
from scan_to_login.testing.live import LiveGateway
from tests.examples.oauth import ciba_with_requests_oauth2client as by_python
from tests.integration.oauth.conftest import Protocol
from tests.integration.oauth.programs import Refused, lines, run

EXAMPLE = "ciba_with_openid_client.mjs"


def open_newest(phone: Phone) -> str:
    """Open the request that waits; its ticket."""
    return phone.open_request(phone.login_requests(wait=20)[0]).ticket_id


@pytest.mark.slow
class TestRequestsOauth2Client:
    """In Python."""

    def test_logs_in_and_is_refused_when_the_request_is_replayed(
        self, gateway: LiveGateway, phone: Phone, clock: ClockOfGateway, protocol: Protocol
    ) -> None:
        client, started = by_python.begin(gateway.url, "agent", "07")
        phone.confirm(open_newest(phone), number="07")
        token = by_python.wait(client, started)
        told = protocol.userinfo({"access_token": str(token.access_token)}).json()
        assert told["sub"] == phone.account.account_id
        clock.advance(31)
        with pytest.raises(requests_oauth2client.InvalidGrant):
            by_python.wait(client, started)

    def test_is_refused_by_a_rejection_and_after_the_deadline(
        self, gateway: LiveGateway, phone: Phone, clock: ClockOfGateway
    ) -> None:
        client, started = by_python.begin(gateway.url, "agent", "07")
        phone.reject(open_newest(phone))
        with pytest.raises(requests_oauth2client.AccessDenied):
            by_python.wait(client, started)
        client, started = by_python.begin(gateway.url, "agent", "07")
        clock.advance(301)
        with pytest.raises(requests_oauth2client.ExpiredToken):
            by_python.wait(client, started)

    def test_a_number_that_is_none_is_refused(self, gateway: LiveGateway) -> None:
        with pytest.raises(
            requests_oauth2client.BackChannelAuthenticationError, match="binding_message is the two digits"
        ):
            by_python.begin(gateway.url, "agent", "W4SCT")


@pytest.mark.slow
class TestOpenidClient:
    """On npm."""

    def test_logs_in(self, gateway: LiveGateway, phone: Phone, npm: Path) -> None:
        with run(npm, EXAMPLE, gateway.url, "agent", "42") as program:
            told = lines(program)
            assert next(told)["interval"] == 1
            phone.confirm(open_newest(phone), number="42")
            assert next(told)["person"]["sub"] == phone.account.account_id

    def test_is_refused_by_a_rejection(self, gateway: LiveGateway, phone: Phone, npm: Path) -> None:
        with run(npm, EXAMPLE, gateway.url, "agent", "42") as program:
            told = lines(program)
            next(told)
            phone.reject(open_newest(phone))
            with pytest.raises(Refused, match="access_denied"):
                next(told)

    def test_is_refused_after_the_deadline_also_for_nobody(
        self, gateway: LiveGateway, clock: ClockOfGateway, npm: Path
    ) -> None:
        with run(npm, EXAMPLE, gateway.url, "nobody_has_this", "42") as program:
            told = lines(program)
            next(told)
            clock.advance(301)
            with pytest.raises(Refused, match="expired_token"):
                next(told)

    def test_is_refused_without_the_two_digits(self, gateway: LiveGateway, npm: Path) -> None:
        with run(npm, EXAMPLE, gateway.url, "agent", "x") as program, pytest.raises(Refused, match="binding_message"):
            next(lines(program))

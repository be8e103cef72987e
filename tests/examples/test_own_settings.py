"""A gateway with settings of one's own: any of docs/reference/settings.md."""

import pytest

from app_simulator.phone import Phone
from client_stub.client import Client
from client_stub.errors import ClientError
from scan_to_login.testing import LiveGateway


@pytest.fixture(scope="module")
def strict_gateway():
    settings = {"PAIRING_NUMBER_MATCHING": "require", "PAIRING_TICKETS_PENDING_SECONDS": "30"}
    with LiveGateway(environment=settings) as gateway:
        yield gateway


def test_the_number_on_the_screen_is_required(strict_gateway):
    with Phone(strict_gateway.url) as phone, Client(strict_gateway.url) as client:
        phone.login("agent", strict_gateway.password_of("agent"))
        page = phone.scan(client.request_ticket().qr)
        phone.confirm(page, number=client.wait_for("scanned").number)
        client.wait_for("confirmed")


def test_a_qr_runs_out_after_half_a_minute(strict_gateway):
    with Client(strict_gateway.url) as client:
        client.request_ticket()
        strict_gateway.control.clock.advance(30)
        with pytest.raises(ClientError, match="expired"):
            client.wait_for("scanned")

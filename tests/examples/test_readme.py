"""The README's example."""

import pytest

from client_stub.errors import ClientError


def test_a_confirmed_login_gets_a_session(client, phone):  # the package provides the fixtures
    ticket = client.request_ticket()
    page = phone.scan(ticket.qr)  # a text, or an image: its path, or its bytes
    phone.confirm(page)
    client.wait_for("confirmed")  # an event, not a sleep
    client.claim()
    assert client.verify_unit("A", "Unit-2019").stage == "unit_verified"


def test_a_ticket_expires_after_two_minutes(client, clock):
    client.request_ticket()
    clock.advance(minutes=2)  # two minutes in a millisecond
    with pytest.raises(ClientError, match="expired"):
        client.wait_for("scanned")

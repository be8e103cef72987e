"""The README's example."""

import pytest

from client_stub.errors import ClientError


def test_who_confirms_is_logged_in(pairing_client, pairing_phone):  # the fixtures come with the package
    ticket = pairing_client.request_ticket()
    page = pairing_phone.scan(ticket.qr)  # or a picture: a path, or the bytes of a screenshot
    pairing_phone.confirm(page)
    pairing_client.wait_for("confirmed")  # an event, not a sleep
    pairing_client.claim()
    assert pairing_client.verify_unit("A", "Unit-2019").stage == "unit_verified"


def test_a_ticket_runs_out(pairing_client, pairing_clock):
    pairing_client.request_ticket()
    pairing_clock.advance(minutes=2)  # two minutes in a millisecond
    with pytest.raises(ClientError, match="expired"):
        pairing_client.wait_for("scanned")

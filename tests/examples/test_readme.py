"""What the README shows, run."""

import pytest

from client_stub.errors import ClientError


def test_who_confirms_is_logged_in(client, phone):  # the fixtures come with the package
    ticket = client.request_ticket()
    page = phone.scan(ticket.qr)  # or a picture: a path, or the bytes of a screenshot
    phone.confirm(page)
    client.wait_for("confirmed")  # an event, not a sleep
    client.claim()
    assert client.verify_unit("A", "Unit-2019").stage == "unit_verified"


def test_a_ticket_runs_out(client, clock):
    client.request_ticket()
    clock.advance(minutes=2)  # two minutes in a millisecond
    with pytest.raises(ClientError, match="expired"):
        client.wait_for("scanned")

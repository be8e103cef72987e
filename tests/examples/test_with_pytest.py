"""Scan-to-login in pytest: the package provides the fixtures, and you set up nothing."""

import pytest

from client_stub.errors import ClientError
from scan_to_login.testing import scan_to_login


def test_a_confirmed_login_gets_a_session(phone, client):
    ticket = client.request_ticket()  # the desktop program shows ticket.qr
    page = phone.scan(ticket.qr)  # a text here; an image's path or bytes work too
    assert page.client_unverified

    phone.confirm(page)
    client.wait_for("confirmed")  # an event, not a sleep
    client.claim()
    assert client.verify_unit("A", "Unit-2019").stage == "unit_verified"


def test_a_qr_expires_after_two_minutes(client, clock):
    client.request_ticket()
    clock.advance(minutes=2)  # takes a millisecond
    with pytest.raises(ClientError, match="expired"):
        client.wait_for("scanned")


def test_a_lost_push_does_no_harm(phone, client, faults):
    faults.push_drop(state="scanned", times=1)
    assert scan_to_login(phone, client, "A", "Unit-2019").unit.via == ("binding",)


@pytest.mark.pairing_account("authorized")
def test_an_authorized_person_needs_no_declaration_password(phone, client, journal):
    scan_to_login(phone, client, "A")
    assert journal.entries(kind="push")[-1]["body"]["state"] in ("confirmed", "claimed")

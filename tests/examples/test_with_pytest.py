"""Scan-to-login in pytest: the package provides the fixtures, and you set up nothing."""

import pytest

from client_stub.errors import ClientError
from scan_to_login.testing import scan_to_login


def test_who_confirms_is_logged_in(pairing_phone, pairing_client):
    ticket = pairing_client.request_ticket()  # the desktop program shows ticket.qr
    page = pairing_phone.scan(ticket.qr)  # a text here; a path or the bytes of a picture do as well
    assert page.client_unverified

    pairing_phone.confirm(page)
    pairing_client.wait_for("confirmed")  # an event, not a sleep
    pairing_client.claim()
    assert pairing_client.verify_unit("A", "Unit-2019").stage == "unit_verified"


def test_a_qr_runs_out_after_two_minutes(pairing_client, pairing_clock):
    pairing_client.request_ticket()
    pairing_clock.advance(minutes=2)  # takes a millisecond
    with pytest.raises(ClientError, match="expired"):
        pairing_client.wait_for("scanned")


def test_a_lost_push_does_no_harm(pairing_phone, pairing_client, pairing_faults):
    pairing_faults.push_drop(state="scanned", times=1)
    assert scan_to_login(pairing_phone, pairing_client, "A", "Unit-2019").unit.via == ("binding",)


@pytest.mark.pairing_account("authorized")
def test_who_is_authorized_needs_no_declaration_password(pairing_phone, pairing_client, pairing_journal):
    scan_to_login(pairing_phone, pairing_client, "A")
    assert pairing_journal.entries(kind="push")[-1]["body"]["state"] in ("confirmed", "claimed")

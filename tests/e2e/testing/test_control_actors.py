"""``control.phones`` and ``control.clients``: the gateway's own phones and clients, from Python."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
import requests

from scan_to_login.captcha import Captcha
from scan_to_login.protocol import Stage, TicketState
from scan_to_login.testing import Control, ControlRefused, LiveGateway


@pytest.fixture
def control(gateway: LiveGateway) -> Control:
    """The shared gateway's."""
    return gateway.control


@pytest.mark.parametrize("form", ["text", "bytes", "path"])
def test_a_whole_login_by_hand(control: Control, form: str, tmp_path: Path) -> None:
    client = control.clients.make(name="mine", version="3.1", device="till", transport="poll", ticket=False)
    shown = client.request_ticket()
    phone = control.phones.make("agent", "Demo-2019")
    picture = tmp_path / "qr.png"
    picture.write_bytes(client.qr_png())
    page = phone.scan({"text": str(shown.qr), "bytes": client.qr_png(), "path": picture}[form])
    assert (page.client_name, page.client_version, page.client_device) == ("mine", "3.1", "till")
    assert phone.page() == page
    scanned = client.wait_for("scanned")
    assert scanned.number == page.number
    assert phone.confirm(page.ticket_id).state == TicketState.CONFIRMED
    client.wait_for(TicketState.CONFIRMED)
    login = client.claim("a key of the test's own")
    assert {unit.taxpayer_id for unit in login.units} == {unit.taxpayer_id for unit in client.units()}
    assert client.session().stage is Stage.LOGGED_IN
    assert client.verify_unit("A", "Unit-2019").stage is Stage.UNIT_VERIFIED
    client.logout()
    with pytest.raises(ControlRefused) as refused:
        client.session()
    assert refused.value.code == "no_session"
    phone.logout()
    assert phone.show().account is None


def test_a_password_login_and_its_captcha(control: Control) -> None:
    client = control.clients.make(ticket=False)
    phone = control.phones.make()
    with pytest.raises(ControlRefused):
        client.login("agent", "wrong")
    control.set_captchas("TEST")
    captcha = control_captcha(control, "agent")
    assert client.login("agent", "Demo-2019", captcha=captcha).account.login_name == "agent"
    with pytest.raises(ControlRefused):
        phone.login("single", "wrong")
    assert phone.login("single", "Demo-2019", captcha=control_captcha(control, "single")).account is not None
    with pytest.raises(ControlRefused) as refused:
        client.bind_unit("A", "wrong")
    assert refused.value.status == 403


def control_captcha(control: Control, identifier: str) -> Captcha:
    """The answer to a new captcha, where every text is TEST."""
    answer = requests.post(f"{control.url}/api/v1/captchas", json={"identifier": identifier}, timeout=10)
    return Captcha(answer.json()["captcha_id"], "TEST")


def test_personas_act_by_themselves(control: Control) -> None:
    client = control.clients.make()
    slow = control.phones.make(persona="rejects", delay=0)
    slow.watch(str(client.show().qr))
    deeds = slow.deeds(wait=10)
    assert [deed.did for deed in deeds.deeds] == ["rejected"]
    assert slow.deeds(since=deeds.next).deeds == []
    with pytest.raises(ControlRefused) as refused:
        client.wait_for("confirmed")
    assert (refused.value.status, refused.value.code) == (410, "ticket_rejected")


def test_screens_wait_and_time_out(control: Control) -> None:
    client = control.clients.make()
    assert client.screen(since=client.show().serial, wait=0).serial == client.show().serial
    began = time.monotonic()
    with pytest.raises(ControlRefused) as refused:
        client.wait_for("scanned", 0.2)
    assert refused.value.status == 408
    assert time.monotonic() - began >= 0.2
    assert client.cancel().state == TicketState.CANCELLED


def test_what_was_made_is_listed_and_removed(control: Control) -> None:
    phones = [control.phones.make() for _ in range(2)]
    clients = [control.clients.make(ticket=False) for _ in range(2)]
    assert [phone.phone_id for phone in control.phones.all()] == [phone.phone_id for phone in phones]
    assert [client.client_id for client in control.clients.all()] == [client.client_id for client in clients]
    phones[0].remove()
    clients[0].remove()
    with pytest.raises(ControlRefused) as refused:
        phones[0].show()
    assert refused.value.code == "not_found"
    control.phones.clear()
    control.clients.clear()
    assert (control.phones.all(), control.clients.all()) == ([], [])


def test_a_refusal_names_the_field(control: Control) -> None:
    with pytest.raises(ControlRefused, match="persona"):
        control.phones.make(persona="nice")

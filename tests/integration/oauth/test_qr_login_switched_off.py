"""QR login switched off for a registered client: its flows are refused in the words of OAuth, and of our own page."""

from __future__ import annotations

from app_simulator.phone import Phone
from tests.integration.oauth.conftest import Browser, Protocol, error_of


def test_the_device_flow_is_denied(protocol: Protocol, phone: Phone) -> None:
    """A code that is out is denied at its next poll, and there is no new one; another client goes on."""
    started = protocol.begin()
    with protocol.gateway.control.qr_login.off(clients=["desk"]):
        assert error_of(protocol.poll(started, wait=5)) == "access_denied"
        refused = protocol.post("device_authorization", {"client_id": "desk", "scope": "openid"})
        assert error_of(refused) == "access_denied"
        assert protocol.begin("web", client_secret="demo-secret")["user_code"]
    assert protocol.log_in(phone)["access_token"]


def test_the_authorize_page_is_told(protocol: Protocol, web_browser: Browser) -> None:
    """Its request for a ticket is refused in the words of our own wire, which lead it to the password."""
    page = web_browser.open()
    with protocol.gateway.control.qr_login.off(clients=["desk"]):
        refused = web_browser.step(page, "tickets")
        assert (refused.status_code, refused.json()["code"]) == (403, "login_unavailable")
    assert web_browser.step(page, "tickets").status_code == 201

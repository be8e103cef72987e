"""A client or a phone cannot give itself a name with invisible characters (SECURITY.md 42)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from scan_to_login.testing.live import LiveGateway
from tests.integration.wire import CLIENT, DEVICE, PASSWORD, Socket, Wire

HIDDEN = ["\u202e", "\u200b", "\u2066", "\ufeff", "\u2028", "\x85", "\ue000", "\U000e0041"]


@pytest.fixture
def wire(gateway: LiveGateway) -> Iterator[Wire]:
    before = len(gateway.log)
    yield Wire(gateway.url)
    assert "Traceback" not in gateway.log[before:]


@pytest.mark.parametrize("hidden", HIDDEN, ids=lambda hidden: f"U+{ord(hidden):04X}")
def test_they_are_refused_in_every_label(wire: Wire, hidden: str) -> None:
    for field in CLIENT:
        body = {"client": {**CLIENT, field: f"a{hidden}b"}}
        for path, extra in (("/tickets", {}), ("/sessions", {"identifier": "agent", "password": PASSWORD})):
            refused = wire.call("POST", path, json=body | extra)
            assert (refused.status, refused.code) == (422, "invalid_request")
            assert [error["field"] for error in refused.body["errors"]] == [f"client.{field}"]
            assert f"U+{ord(hidden):04X}" in refused.body["errors"][0]["message"]
    for field in DEVICE:
        body = {"identifier": "agent", "password": PASSWORD, "device": {**DEVICE, field: f"a{hidden}b"}}
        assert wire.call("POST", "/app/sessions", json=body).code == "invalid_request"


def test_they_are_refused_over_socket_io_too(wire: Wire) -> None:
    with Socket(wire.url) as socket:
        for hidden in HIDDEN:
            told = socket.call("request_ticket", {"client": {**CLIENT, "name": f"a{hidden}b"}})
            assert told["error"]["code"] == "invalid_request"
        assert socket.request()["state"] == "pending"


def test_names_of_other_scripts_and_emoji_are_shown_as_they_are(wire: Wire) -> None:
    name = "می\u200cخواهم 👩\u200d💻"
    ticket = wire.call("POST", "/tickets", json={"client": {**CLIENT, "name": name}}).body
    assert wire.phone().scan(ticket["ticket_id"]).body["client"]["name"] == name

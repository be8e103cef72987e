"""A login through both pages is one trace: the client's page begins it, and the phone's page need not know of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Request, expect

from scan_to_login.testing.live import LiveGateway
from scan_to_login.tracing.trace_context import trace_id_of
from tests.e2e.pages.actors import ClientPage, PhonePage
from tests.e2e.pages.conftest import PHONE, OpenPage
from tests.integration.tracing.collector import Collector

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def collector() -> Iterator[Collector]:
    with Collector() as running:
        yield running


@pytest.fixture
def gateway(collector: Collector) -> Iterator[LiveGateway]:
    """A gateway of this test's own, in place of the others': it sends its spans."""
    with LiveGateway(environment=collector.environment) as running:
        yield running


def test_a_login_through_the_pages_is_one_trace(open_page: OpenPage, collector: Collector, tmp_path: Path) -> None:
    client = ClientPage(open_page("/client/"))
    phone = PhonePage(open_page("/app/", size=PHONE)).logged_in("agent")
    claims: list[Request] = []
    client.page.on("request", lambda sent: claims.append(sent) if sent.url.endswith("/claim") else None)
    client.show_qr()
    phone.scan_picture(client.picture_of_screen(tmp_path))
    phone.asks()
    phone.confirm()
    expect(client.window.get_by_role("listbox", name="单位")).to_be_visible()
    begun = claims[0].headers["traceparent"]
    ticket = re.split("[/?]", claims[0].url)[-2]
    whole = {
        "request_ticket",
        "EVALSHA request",
        "POST /api/v1/tickets/{ticket_id}/scan",
        "EVALSHA scan",
        "send ticket_state",
        "POST /api/v1/tickets/{ticket_id}/confirm",
        "EVALSHA confirm",
        "POST /api/v1/tickets/{ticket_id}/claim",
        "EVALSHA claim",
    }
    spans = collector.until(lambda spans: whole <= {one.name for one in spans if one.trace == trace_id_of(begun)})
    request = collector.one("request_ticket", pairing__ticket_id=ticket)
    assert begun == f"00-{request.trace}-{request.parent}-01"  # of the page, which sends no span
    claim = collector.one("POST /api/v1/tickets/{ticket_id}/claim", pairing__ticket_id=ticket)
    scan = collector.one("POST /api/v1/tickets/{ticket_id}/scan", pairing__ticket_id=ticket)
    assert (claim.parent, scan.parent) == (request.parent, request.id)
    assert {one.trace for one in spans if one.attributes.get("pairing.ticket_id") == ticket} == {request.trace}

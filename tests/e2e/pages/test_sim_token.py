"""A page reaches a control plane that has a token, once it was told it, and keeps it out of its address."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from scan_to_login.testing.live import LiveGateway

pytestmark = pytest.mark.slow


def test_a_page_sends_the_token_that_its_address_was_opened_with(browser: Browser) -> None:
    with LiveGateway(environment={"PAIRING_SIM_TOKEN": "let-me-in-please"}) as gateway:
        context = browser.new_context()
        page = context.new_page()
        with page.expect_response(lambda answer: "/sim/v1/" in answer.url) as refused:
            page.goto(f"{gateway.url}/inspector/")
        assert refused.value.status == 401
        page.goto("about:blank")
        with page.expect_response(lambda answer: "/sim/v1/" in answer.url) as told:
            page.goto(f"{gateway.url}/inspector/#sim_token=let-me-in-please")
        assert told.value.status == 200
        assert "let-me-in-please" not in page.url
        with page.expect_response(lambda answer: "/sim/v1/" in answer.url) as kept:
            page.reload()
        assert kept.value.status == 200
        context.close()

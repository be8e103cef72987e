"""Gateways as they are deployed: over TLS, and with several workers; openid-client logs in by both flows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app_simulator.phone import Phone
from gateway.demo.lan import make_certificate
from scan_to_login.testing.live import LiveGateway
from tests.integration.oauth.conftest import Browser
from tests.integration.oauth.programs import lines, run

pytestmark = pytest.mark.slow


@pytest.fixture(params=["https", "2 workers"])
def deployed(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LiveGateway]:
    """A gateway of its own; while it lasts, everybody trusts its certificate."""
    if request.param == "2 workers":
        with LiveGateway(workers=2) as running:
            yield running
        return
    certificate, key = make_certificate(tmp_path, "127.0.0.1")
    for name in ("REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"):
        monkeypatch.setenv(name, str(certificate))
    with LiveGateway(environment={"PAIRING_TLS_CERTIFICATE": str(certificate), "PAIRING_TLS_KEY": str(key)}) as running:
        assert running.url.startswith("https:")
        yield running


def test_both_flows_work(deployed: LiveGateway, npm: Path) -> None:
    """Each call may reach another worker; over TLS the cookies are for TLS alone."""
    with Phone(deployed.url) as phone:
        phone.login("agent", deployed.password_of("agent"))
        with run(npm, "with_openid_client.mjs", "device", deployed.url) as program:
            told = lines(program)
            phone.confirm(phone.scan(next(told)["verification_uri_complete"]))
            assert next(told)["person"]["sub"] == phone.account.account_id
            assert next(told) == {"refreshed": True}
        browser = Browser(deployed)
        browser.http.trust_env = True  # where the certificate is named
        browser.http.headers["Connection"] = "close"
        with run(npm, "with_openid_client.mjs", "code", deployed.url) as program:
            told = lines(program)
            page = browser.visit(next(told)["address"])
            assert ("Secure" in page.headers["Set-Cookie"]) == deployed.url.startswith("https:")
            phone.login("single", deployed.password_of("single"))  # whose one-time codes are all unused
            browser.http.get(browser.scan(page, phone).json()["location"], timeout=10)
            assert next(told)["person"]["sub"] == phone.account.account_id
            assert next(told) == {"refreshed": True}
    assert "Traceback" not in deployed.log, deployed.log

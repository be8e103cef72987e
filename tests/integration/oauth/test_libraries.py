"""Libraries that nobody here wrote log in by the phone's scan, unmodified, and are refused in their own words."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import oauthlib.oauth2
import pytest
import requests
import requests_oauth2client
from authlib.integrations.base_client import OAuthError
from authlib.oauth2.rfc6749 import MismatchingStateException
from social_core.exceptions import SocialAuthBaseException

from app_simulator.phone import Phone
from scan_to_login.testing.control import ClockOfGateway
from scan_to_login.testing.live import LiveGateway
from tests.examples.oauth import with_authlib, with_requests_oauth2client, with_requests_oauthlib, with_social_auth
from tests.integration.oauth.conftest import CALLBACK, Browse, Browser, Protocol
from tests.integration.pairing.test_npm_client import ROOT, node

EXAMPLES = ROOT / "tests" / "examples" / "oauth"
PACKAGES = ("openid-client@6.9.0", "jose@6.2.18", "oidc-client-ts@3.5.0")

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


class TestRequestsOauth2Client:
    """The device flow."""

    def test_logs_in(self, gateway: LiveGateway, phone: Phone) -> None:
        """And has the id_token checked."""
        client, started = with_requests_oauth2client.begin(gateway.url)
        phone.confirm(phone.scan(str(started.verification_uri_complete)))
        token = with_requests_oauth2client.wait(client, started)
        assert token.id_token is not None
        assert token.id_token.sub == phone.account.account_id

    def test_is_refused_by_a_rejection(self, gateway: LiveGateway, phone: Phone) -> None:
        client, started = with_requests_oauth2client.begin(gateway.url)
        phone.reject(phone.scan(str(started.verification_uri_complete)))
        with pytest.raises(requests_oauth2client.AccessDenied):
            with_requests_oauth2client.wait(client, started)

    def test_is_refused_after_the_deadline(self, gateway: LiveGateway, clock: ClockOfGateway) -> None:
        client, started = with_requests_oauth2client.begin(gateway.url)
        clock.advance(301)
        with pytest.raises(requests_oauth2client.ExpiredToken):
            with_requests_oauth2client.wait(client, started)


class TestRequestsOauthlib:
    """The code flow of a public client."""

    def test_logs_in_and_refreshes(self, gateway: LiveGateway, phone: Phone, browse: Browse) -> None:
        session = with_requests_oauthlib.log_in(gateway.url, CALLBACK, browse)
        assert with_requests_oauthlib.who_am_i(gateway.url, session)["sub"] == phone.account.account_id
        before = session.token["access_token"]
        with_requests_oauthlib.refresh(gateway.url, session)
        assert session.token["access_token"] != before
        assert with_requests_oauthlib.who_am_i(gateway.url, session)["sub"] == phone.account.account_id

    def test_is_refused_when_a_code_is_replayed(self, gateway: LiveGateway, browse: Browse) -> None:
        seen: list[str] = []
        session = with_requests_oauthlib.log_in(
            gateway.url,
            CALLBACK,
            lambda address: seen.append(browse(address)) or seen[-1],  # type: ignore[func-returns-value]
        )
        with pytest.raises(oauthlib.oauth2.InvalidGrantError):
            session.fetch_token(f"{gateway.url}/oauth/token", authorization_response=seen[0], include_client_id=True)


class TestAuthlib:
    """The code flow of a confidential client."""

    def test_logs_in(self, gateway: LiveGateway, phone: Phone, browse: Browse) -> None:
        claims = with_authlib.log_in(gateway.url, CALLBACK, browse)
        assert claims["sub"] == phone.account.account_id
        assert claims["amr"] == ["swk", "otp", "mca"]

    def test_is_refused_by_another_s_answer(self, gateway: LiveGateway, browse: Browse) -> None:
        with pytest.raises(MismatchingStateException):
            with_authlib.log_in(gateway.url, CALLBACK, lambda address: browse(address).replace("state=", "state=x"))

    def test_is_refused_after_the_code_has_expired(
        self, gateway: LiveGateway, browse: Browse, clock: ClockOfGateway
    ) -> None:
        def late(address: str) -> str:
            answer = browse(address)
            clock.advance(61)
            return answer

        with pytest.raises(OAuthError, match="invalid_grant"):
            with_authlib.log_in(gateway.url, CALLBACK, late)


class TestSocialAuth:
    """The generic OpenID Connect backend."""

    def test_logs_in(self, gateway: LiveGateway, phone: Phone, browse: Browse) -> None:
        site = with_social_auth.backend(gateway.url, CALLBACK)
        answer = dict(parse_qsl(urlsplit(browse(site.auth_url())).query))
        assert with_social_auth.finish(site, answer)["sub"] == phone.account.account_id

    def test_is_refused_by_another_s_answer(self, gateway: LiveGateway, browse: Browse) -> None:
        site = with_social_auth.backend(gateway.url, CALLBACK)
        answer = dict(parse_qsl(urlsplit(browse(site.auth_url())).query))
        with pytest.raises(SocialAuthBaseException):
            with_social_auth.finish(site, {**answer, "state": "another"})

    def test_is_refused_when_a_code_is_replayed(self, gateway: LiveGateway, browse: Browse) -> None:
        site = with_social_auth.backend(gateway.url, CALLBACK)
        answer = dict(parse_qsl(urlsplit(browse(site.auth_url())).query))
        with_social_auth.finish(site, answer)
        with pytest.raises(requests.HTTPError, match="400"):
            with_social_auth.finish(site, answer)


@pytest.fixture(scope="session")
def npm(worker_id: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the examples, from which the packages are found; made once under ``.cache``."""
    kept = ROOT / ".cache" / "npm" / worker_id / "oauth"
    if not all((kept / "node_modules" / name.partition("@")[0]).is_dir() for name in PACKAGES):
        kept.mkdir(parents=True, exist_ok=True)
        arguments = ["install", "--prefix", str(kept), "--no-save", "--ignore-scripts", "--no-audit", "--no-fund"]
        subprocess.run([node("npm"), *arguments, *PACKAGES], check=True, capture_output=True, timeout=180)
    folder = tmp_path_factory.mktemp("npm")
    (folder / "node_modules").symlink_to(kept / "node_modules")
    for example in EXAMPLES.glob("*.mjs"):
        (folder / example.name).write_text(example.read_text("utf-8"))
    return folder


def run(npm: Path, name: str, *arguments: str) -> subprocess.Popen[str]:
    """An example, which tells lines of JSON."""
    command = [node("node"), str(npm / name), *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def lines(program: subprocess.Popen[str]) -> Iterator[dict[str, Any]]:
    """What it tells."""
    assert program.stdout is not None
    for line in program.stdout:
        yield json.loads(line)


@pytest.mark.slow
class TestOpenidClient:
    """From npm; it stands on oauth4webapi."""

    def test_logs_in_by_the_device_flow(self, gateway: LiveGateway, phone: Phone, npm: Path) -> None:
        with run(npm, "with_openid_client.mjs", "device", gateway.url) as program:
            told = lines(program)
            phone.confirm(phone.scan(next(told)["verification_uri_complete"]))
            assert next(told)["person"]["sub"] == phone.account.account_id
            assert next(told) == {"refreshed": True}

    def test_is_refused_by_a_rejection(self, gateway: LiveGateway, phone: Phone, npm: Path) -> None:
        with run(npm, "with_openid_client.mjs", "device", gateway.url) as program:
            told = lines(program)
            phone.reject(phone.scan(next(told)["verification_uri_complete"]))
            assert next(told) == {"error": "access_denied"}

    def test_is_refused_after_the_deadline(self, gateway: LiveGateway, clock: ClockOfGateway, npm: Path) -> None:
        with run(npm, "with_openid_client.mjs", "device", gateway.url) as program:
            told = lines(program)
            next(told)
            clock.advance(301)
            assert next(told) == {"error": "expired_token"}

    def test_logs_in_by_the_code_flow(
        self, gateway: LiveGateway, phone: Phone, npm: Path, web_browser: Browser
    ) -> None:
        with run(npm, "with_openid_client.mjs", "code", gateway.url) as program:
            told = lines(program)
            page = web_browser.visit(next(told)["address"])
            requests.get(web_browser.scan(page, phone).json()["location"], timeout=10)
            assert next(told)["person"]["sub"] == phone.account.account_id
            assert next(told) == {"refreshed": True}

    def test_is_refused_by_the_answer_of_another_issuer(
        self, gateway: LiveGateway, phone: Phone, npm: Path, web_browser: Browser
    ) -> None:
        """A mix-up: `iss` tells (RFC 9207)."""
        with run(npm, "with_openid_client.mjs", "code", gateway.url) as program:
            told = lines(program)
            page = web_browser.visit(next(told)["address"])
            location = web_browser.scan(page, phone).json()["location"]
            issuer = parse_qs(urlsplit(location).query)["iss"][0]
            assert issuer == f"{gateway.url}/oauth"
            requests.get(location.partition("&iss=")[0] + "&iss=https%3A%2F%2Fevil.test", timeout=10)
            assert "error" in next(told)


@pytest.mark.slow
def test_a_resource_server_checks_jwts_by_jose(
    gateway: LiveGateway, phone: Phone, npm: Path, protocol: Protocol
) -> None:
    """Issuer, audience, type, signature, deadline; keys are found again after a rotation."""
    gateway.control.call("POST", "/oauth/clients", body={"client_id": "api", "access_token_format": "jwt"})
    with run(npm, "resource_server.mjs", gateway.url) as program:
        resource = next(lines(program))["url"]

        def ask(token: str) -> requests.Response:
            return requests.get(resource, headers={"Authorization": f"Bearer {token}"}, timeout=10)

        tokens = protocol.log_in(phone, "api", "openid unit")
        assert ask(tokens["access_token"]).json()["sub"] == phone.account.account_id
        assert ask(tokens["id_token"]).json()["code"] == "ERR_JWT_CLAIM_VALIDATION_FAILED"
        assert ask(tokens["access_token"][:-4] + "AAAA").status_code == 401
        gateway.control.call("POST", "/oauth/keys")
        assert ask(protocol.refresh(tokens, "api").json()["access_token"]).status_code == 200
        program.terminate()

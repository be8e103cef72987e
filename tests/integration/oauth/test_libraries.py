"""Libraries that nobody here wrote log in by the phone's scan, unmodified, and are refused in their own words."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import oauthlib.oauth2
import pytest
import requests
import requests_oauth2client
from authlib.integrations.base_client import OAuthError
from authlib.oauth2.rfc6749 import MismatchingStateException
from social_core.exceptions import AuthCanceled, AuthStateForbidden

from app_simulator.phone import Phone
from scan_to_login.testing.control import ClockOfGateway
from scan_to_login.testing.live import LiveGateway
from tests.examples.oauth import with_authlib, with_requests_oauth2client, with_requests_oauthlib, with_social_auth
from tests.integration.oauth.conftest import CALLBACK, Browse, Person, Protocol
from tests.integration.oauth.programs import Refused, lines, run

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
slow = pytest.mark.slow


def requests_oauthlib(url: str, browse: Browse, _npm: Callable[[], Path]) -> str:
    """Log in by its code flow; who has logged in."""
    session = with_requests_oauthlib.log_in(url, CALLBACK, browse)
    before = session.token["access_token"]
    with_requests_oauthlib.refresh(url, session)
    assert session.token["access_token"] != before
    return str(with_requests_oauthlib.who_am_i(url, session)["sub"])


def authlib(url: str, browse: Browse, _npm: Callable[[], Path]) -> str:
    """The same."""
    claims = with_authlib.log_in(url, CALLBACK, browse)
    assert claims["amr"] == ["swk", "otp", "mca"]
    return str(claims["sub"])


def social_auth(url: str, browse: Browse, _npm: Callable[[], Path]) -> str:
    """The same."""
    site = with_social_auth.backend(url, CALLBACK)
    brought = dict(parse_qsl(urlsplit(browse(site.auth_url())).query))
    return str(with_social_auth.finish(site, brought)["sub"])


def openid_client(url: str, browse: Browse, npm: Callable[[], Path]) -> str:
    """The same, in a process of its own, which hears the answer itself."""
    return in_node("with_openid_client.mjs", url, browse, npm)


def oauth4webapi(url: str, browse: Browse, npm: Callable[[], Path]) -> str:
    """The same, each step by itself."""
    return in_node("with_oauth4webapi.mjs", url, browse, npm)


def in_node(example: str, url: str, browse: Browse, npm: Callable[[], Path]) -> str:
    """Log in by the code flow of an example; who has logged in. Raises Refused."""
    with run(npm(), example, "code", url) as program:
        told = lines(program)
        requests.get(browse(next(told)["address"]), timeout=10)
        person = next(told)["person"]
        assert next(told) == {"refreshed": True}
    return str(person["sub"])


# What each raises: for a rejection on the phone, and for a code that has expired or was used.
CODE_FLOWS = [
    pytest.param(
        requests_oauthlib,
        (oauthlib.oauth2.AccessDeniedError, "access_denied"),
        (oauthlib.oauth2.InvalidGrantError, "invalid_grant"),
        id="requests-oauthlib",
    ),
    # Its bare session reads no error from an answer: it sends what it has, and is refused.
    pytest.param(authlib, (OAuthError, "unsupported_grant_type"), (OAuthError, "invalid_grant"), id="Authlib"),
    pytest.param(
        social_auth, (AuthCanceled, "rejected on the phone"), (AuthCanceled, "process canceled"), id="social-auth-core"
    ),
    pytest.param(openid_client, (Refused, "access_denied"), (Refused, "invalid_grant"), id="openid-client", marks=slow),
    pytest.param(oauth4webapi, (Refused, "access_denied"), (Refused, "invalid_grant"), id="oauth4webapi", marks=slow),
]


@pytest.mark.parametrize(("library", "rejected", "spent"), CODE_FLOWS)
def test_the_code_flow_logs_in_and_is_refused(
    gateway: LiveGateway, person: Person, npm_folder: Callable[[], Path], library: Any, rejected: Any, spent: Any
) -> None:
    """By a rejection on the phone, by the end of the code, by a code that was used."""
    assert library(gateway.url, person.confirm, npm_folder) == person.phone.account.account_id
    for browse, (error, word) in ((person.replay, spent), (person.reject, rejected), (person.dawdle, spent)):
        with pytest.raises(error, match=word):
            library(gateway.url, browse, npm_folder)


@pytest.mark.parametrize(
    ("library", "error"),
    [
        (authlib, MismatchingStateException),
        (requests_oauthlib, oauthlib.oauth2.MismatchingStateError),
        (social_auth, AuthStateForbidden),
    ],
    ids=["Authlib", "requests-oauthlib", "social-auth-core"],
)
def test_the_answer_to_another_request_is_refused(
    gateway: LiveGateway, person: Person, npm_folder: Callable[[], Path], library: Any, error: type[Exception]
) -> None:
    """`state` tells (RFC 9700 section 4.7)."""
    with pytest.raises(error):
        library(gateway.url, lambda address: person.confirm(address).replace("state=", "state=x"), npm_folder)


@slow
def test_the_answer_of_another_issuer_is_refused(
    gateway: LiveGateway, person: Person, npm_folder: Callable[[], Path]
) -> None:
    """A mix-up: `iss` tells (RFC 9207)."""
    with pytest.raises(Refused):
        openid_client(
            gateway.url,
            lambda address: person.confirm(address).partition("&iss=")[0] + "&iss=https%3A%2F%2Fevil.test",
            npm_folder,
        )


class TestRequestsOauth2Client:
    """The device flow."""

    def test_logs_in_and_is_refused_when_the_code_is_replayed(
        self, gateway: LiveGateway, phone: Phone, clock: ClockOfGateway
    ) -> None:
        """And has the id_token checked."""
        client, started = with_requests_oauth2client.begin(gateway.url)
        phone.confirm(phone.scan(str(started.verification_uri_complete)))
        token = with_requests_oauth2client.wait(client, started)
        assert token.id_token is not None
        assert token.id_token.sub == phone.account.account_id
        clock.advance(31)  # until then a lost answer is repeated
        with pytest.raises(requests_oauth2client.InvalidGrant):
            with_requests_oauth2client.wait(client, started)

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


@slow
class TestDeviceFlowOnNpm:
    """oauth4webapi, whose program polls by itself, and openid-client, which stands on it."""

    both = pytest.mark.parametrize("example", ["with_oauth4webapi.mjs", "with_openid_client.mjs"])

    @both
    def test_logs_in(self, gateway: LiveGateway, phone: Phone, npm: Path, example: str) -> None:
        with run(npm, example, "device", gateway.url) as program:
            told = lines(program)
            phone.confirm(phone.scan(next(told)["verification_uri_complete"]))
            assert next(told)["person"]["sub"] == phone.account.account_id
            assert next(told) == {"refreshed": True}

    def test_is_refused_when_the_code_is_replayed(
        self, gateway: LiveGateway, phone: Phone, npm: Path, clock: ClockOfGateway
    ) -> None:
        with run(npm, "with_openid_client.mjs", "device", gateway.url) as program:
            told = lines(program)
            started = next(told)
            phone.confirm(phone.scan(started["verification_uri_complete"]))
            assert next(told)["person"]["sub"] == phone.account.account_id
        clock.advance(31)
        again = run(npm, "with_openid_client.mjs", "device", gateway.url, json.dumps(started))
        with again as program, pytest.raises(Refused, match="invalid_grant"):
            next(lines(program))

    @both
    def test_is_refused_by_a_rejection(self, gateway: LiveGateway, phone: Phone, npm: Path, example: str) -> None:
        with run(npm, example, "device", gateway.url) as program:
            told = lines(program)
            phone.reject(phone.scan(next(told)["verification_uri_complete"]))
            with pytest.raises(Refused, match="access_denied"):
                next(told)

    @both
    def test_is_refused_after_the_deadline(
        self, gateway: LiveGateway, clock: ClockOfGateway, npm: Path, example: str
    ) -> None:
        with run(npm, example, "device", gateway.url) as program:
            told = lines(program)
            next(told)
            clock.advance(301)
            with pytest.raises(Refused, match="expired_token"):
                next(told)


@pytest.mark.slow
def test_a_resource_server_checks_jwts_by_jose(
    gateway: LiveGateway, phone: Phone, npm: Path, protocol: Protocol, clock: ClockOfGateway
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
        elsewhere = Protocol(gateway, gateway.url.replace("127.0.0.1", "localhost"))
        assert ask(elsewhere.log_in(phone, "api")["access_token"]).json()["code"] == "ERR_JWT_CLAIM_VALIDATION_FAILED"
        clock.set(clock.now_ms - 2 * 86_400_000)  # it looks at the machine's clock
        phone.login("single", gateway.password_of("single"))
        assert ask(protocol.log_in(phone, "api")["access_token"]).json()["code"] == "ERR_JWT_EXPIRED"
        program.terminate()

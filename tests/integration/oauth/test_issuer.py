"""The issuer follows the address that a client has called, as every address that the gateway tells."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from joserfc import jwt

from app_simulator.phone import Phone
from scan_to_login.testing.live import LiveGateway
from tests.examples.oauth import with_authlib
from tests.integration.forwarder import Forwarder
from tests.integration.oauth.conftest import CALLBACK, Browser, Person, Protocol, as_known, error_of, reply_of
from tests.integration.oauth.programs import lines, run
from tests.integration.oauth.test_tokens import claims_of, keys_of

METADATA = (
    "/oauth/.well-known/openid-configuration",
    "/.well-known/oauth-authorization-server/oauth",
    "/.well-known/openid-configuration",
)


@pytest.fixture
def mapped(gateway: LiveGateway) -> Iterator[str]:
    """The gateway's address behind a mapped port, as in Testcontainers or compose."""
    with Forwarder(gateway.url) as forwarder:
        yield f"http://127.0.0.1:{forwarder.port}"


def issuers_told(protocol: Protocol) -> set[str]:
    """The issuer in each of the three documents."""
    return {protocol.http.get(protocol.url + path, timeout=10).json()["issuer"] for path in METADATA}


def test_authlib_logs_in_through_a_mapped_port(mapped: str, phone: Phone, person: Person) -> None:
    """Unmodified: its endpoints come from the metadata, and it compares the id_token's issuer with them."""
    assert with_authlib.log_in(mapped, CALLBACK, person.confirm)["iss"] == f"{mapped}/oauth"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_openid_client_logs_in_through_a_mapped_port(mapped: str, phone: Phone, npm: Any, name: str) -> None:
    """It refuses metadata and tokens of any other issuer than the one that it was given."""
    with run(npm, "with_openid_client.mjs", "device", mapped.replace("127.0.0.1", name)) as program:
        told = lines(program)
        started = next(told)
        assert started["verification_uri"] == f"{mapped.replace('127.0.0.1', name)}/device"
        phone.confirm(phone.scan(as_known(phone, started["verification_uri_complete"])))
        assert next(told)["person"]["sub"] == phone.account.account_id
        assert next(told) == {"refreshed": True}


def test_everything_names_the_issuer_that_was_called(mapped: str, gateway: LiveGateway, phone: Phone) -> None:
    """Metadata, the authorization response, tokens of both kinds, introspection, the page for a code."""
    there = Protocol(gateway, mapped)
    issuer = f"{mapped}/oauth"
    assert issuers_told(there) == {issuer}
    refused = Browser(gateway, mapped).open(prompt="none").headers["Location"]
    assert reply_of(refused)["iss"] == issuer
    gateway.control.call("POST", "/oauth/clients", body={"client_id": "api", "access_token_format": "jwt"})
    started = there.begin("api")
    assert started["verification_uri"] == f"{mapped}/device"
    assert started["verification_uri_complete"].startswith(f"{mapped}/q/")
    phone.confirm(phone.scan(as_known(phone, started["verification_uri_complete"])))
    tokens = there.poll(started, "api").json()
    assert claims_of(there, tokens["id_token"])[1]["iss"] == issuer
    access = claims_of(there, tokens["access_token"])[1]
    assert (access["iss"], access["aud"]) == (issuer, mapped)
    assert there.introspect(tokens["access_token"])["iss"] == issuer
    assert there.introspect(tokens["refresh_token"])["iss"] == issuer


def test_one_gateway_s_tokens_work_at_each_of_its_addresses(
    mapped: str, gateway: LiveGateway, protocol: Protocol, phone: Phone
) -> None:
    """And keep their issuer through a refresh (OpenID Connect Core section 12.2)."""
    gateway.control.call("POST", "/oauth/clients", body={"client_id": "api", "access_token_format": "jwt"})
    here, there = f"{gateway.url}/oauth", Protocol(gateway, mapped)
    tokens = protocol.log_in(phone, "api")
    assert there.userinfo(tokens).status_code == 200
    assert there.introspect(tokens["access_token"])["iss"] == here
    renewed = there.refresh(tokens, "api").json()
    assert claims_of(protocol, renewed["id_token"])[1]["iss"] == here
    hint = {"id_token_hint": renewed["id_token"]}
    there.http.get(f"{mapped}/oauth/logout", params=hint, timeout=10)
    assert error_of(protocol.userinfo(renewed)) == "invalid_token"


def test_a_name_that_the_gateway_does_not_tell_is_no_issuer(gateway: LiveGateway, protocol: Protocol) -> None:
    """A foreign name server may have made it ours (DNS rebinding); then the listening address is told."""
    protocol.http.headers["Host"] = "rebound.example"
    assert issuers_told(protocol) == {f"{gateway.url}/oauth"}


def test_the_control_plane_sets_the_issuer(mapped: str, gateway: LiveGateway, protocol: Protocol, phone: Phone) -> None:
    """For everybody, until it is taken back; a JWT of the issuer before is another issuer's then."""
    gateway.control.call("POST", "/oauth/clients", body={"client_id": "api", "access_token_format": "jwt"})
    before, opaque = protocol.log_in(phone, "api"), protocol.log_in(phone)
    gateway.control.set_public_url("https://login.example/pairing")
    issuer = "https://login.example/pairing/oauth"
    assert issuers_told(protocol) == issuers_told(Protocol(gateway, mapped)) == {issuer}
    page = Browser(gateway).open()
    assert {"Secure", "Path=/pairing/oauth"} <= set(page.headers["Set-Cookie"].split("; "))
    started = protocol.begin()
    assert started["verification_uri"] == "https://login.example/pairing/device"
    phone.confirm(phone.scan(as_known(phone, started["verification_uri_complete"])))
    claims = jwt.decode(protocol.poll(started).json()["id_token"], keys_of(protocol), ["ES256"]).claims
    assert claims["iss"] == issuer
    assert error_of(protocol.userinfo(before)) == "invalid_token"
    assert protocol.userinfo(opaque).status_code == 200
    gateway.control.set_public_url(None)
    assert protocol.userinfo(before).status_code == 200

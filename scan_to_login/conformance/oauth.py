"""Checks of the refusals of OAuth (RFC 6749, 8628, 9700) and CIBA, for a gateway that speaks them."""

from __future__ import annotations

from typing import Any

import requests

from scan_to_login.conformance.rules import NotTried, Trial, check, holds

SOURCE = "RFC 6749, 8628, 9700"
DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
PUBLIC_CLIENT = "desk"  # of the demo seed, like the next
CONFIDENTIAL_CLIENT = {"client_id": "web", "client_secret": "demo-secret"}
_SECONDS = 20


class _Issuer:
    """The endpoints that a gateway's metadata names."""

    def __init__(self, trial: Trial) -> None:
        url = f"{trial.gateway.url.rstrip('/')}/oauth/.well-known/openid-configuration"
        answer = requests.get(url, timeout=_SECONDS)
        if answer.status_code != 200:
            raise NotTried("this gateway does not speak OAuth", "此网关不支持 OAuth")
        self.metadata: dict[str, Any] = answer.json()

    def post(self, endpoint: str, fields: Any) -> requests.Response:
        """A form."""
        return requests.post(self.metadata[f"{endpoint}_endpoint"], data=fields, timeout=_SECONDS)

    def authorize(self, **fields: str) -> requests.Response:
        """An authorization request; no redirect is followed."""
        url = self.metadata["authorization_endpoint"]
        return requests.get(url, params=fields, timeout=_SECONDS, allow_redirects=False)

    def device(self) -> dict[str, Any]:
        """A device authorization of the demo's public client."""
        answer = self.post("device_authorization", {"client_id": PUBLIC_CLIENT})
        if answer.status_code != 200:
            raise NotTried("this gateway has no client desk", "此网关没有客户端 desk")
        started: dict[str, Any] = answer.json()
        return started


def _refused(answer: requests.Response, error: str) -> None:
    told = answer.json().get("error") if "json" in answer.headers.get("Content-Type", "") else answer.text[:80]
    holds(
        400 <= answer.status_code < 500 and told == error,
        f"{answer.status_code} {told} instead of {error}",
        f"返回 {answer.status_code} {told}，应为 {error}",
    )


@check(SOURCE, "an unknown client begins nothing: invalid_client", "未注册的客户端无法发起登录：invalid_client")
def unknown_oauth_clients(trial: Trial) -> None:
    _refused(_Issuer(trial).post("device_authorization", {"client_id": "nobody-knows-it"}), "invalid_client")


@check(
    SOURCE,
    "a redirect_uri that is not registered gets no redirect, not even an error",
    "未登记的 redirect_uri 不会收到任何重定向，错误也不例外",
)
def unregistered_redirect_uris(trial: Trial) -> None:
    answer = _Issuer(trial).authorize(
        client_id=PUBLIC_CLIENT, response_type="code", redirect_uri="https://evil.invalid/callback", prompt="none"
    )
    holds(
        answer.status_code >= 400 and "Location" not in answer.headers,
        f"{answer.status_code} to {answer.headers.get('Location')}",
        f"返回 {answer.status_code}，重定向至 {answer.headers.get('Location')}",
    )


@check(
    SOURCE,
    "a repeated parameter, a guessed code and an unknown grant are refused in the words of RFC 6749",
    "重复的参数、猜测的授权码、未知的授权类型按 RFC 6749 的错误码拒绝",
)
def wrong_token_requests(trial: Trial) -> None:
    issuer = _Issuer(trial)
    issuer.device()
    doubled = [("client_id", PUBLIC_CLIENT), ("client_id", PUBLIC_CLIENT), ("grant_type", DEVICE_GRANT)]
    _refused(issuer.post("token", doubled), "invalid_request")
    own = {"client_id": PUBLIC_CLIENT}
    guess = {**own, "grant_type": DEVICE_GRANT, "device_code": "A" * 65}
    _refused(issuer.post("token", guess), "invalid_grant")
    _refused(issuer.post("token", {**own, "grant_type": "password"}), "unsupported_grant_type")


@check(
    SOURCE,
    "a device's poll is authorization_pending, too soon slow_down, and after a rejection access_denied",
    "设备轮询返回 authorization_pending，过快返回 slow_down，被拒绝后返回 access_denied",
)
def polls_of_a_device(trial: Trial) -> None:
    issuer = _Issuer(trial)
    started = issuer.device()
    poll = {"client_id": PUBLIC_CLIENT, "grant_type": DEVICE_GRANT, "device_code": started["device_code"]}
    _refused(issuer.post("token", poll), "authorization_pending")
    _refused(issuer.post("token", poll), "slow_down")
    ticket_id, phone = started["verification_uri_complete"].rpartition("/")[2], trial.phone()
    trial.wire.scan(phone, ticket_id)
    trial.wire.reject(phone, ticket_id)
    _refused(issuer.post("token", poll), "access_denied")


@check(
    "OpenID Connect CIBA Core 1.0, 7.1, 13",
    "CIBA: no hint and two hints are invalid_request; so is a signed request, unless the metadata offers it",
    "CIBA：没有 hint 或有两个 hint 为 invalid_request；元数据未声明时，签名请求也是",
)
def wrong_backchannel_requests(trial: Trial) -> None:
    issuer = _Issuer(trial)
    if "backchannel_authentication_endpoint" not in issuer.metadata:
        raise NotTried("this gateway does not speak CIBA", "此网关不支持 CIBA")
    wish = {**CONFIDENTIAL_CLIENT, "scope": "openid", "binding_message": "42"}
    hint = {"login_hint": trial.first}
    wrong: list[dict[str, str]] = [{}, {**hint, "id_token_hint": "a.b.c"}]
    if "backchannel_authentication_request_signing_alg_values_supported" not in issuer.metadata:
        wrong.append({"request": "a.b.c"})
    for fields in wrong:
        answer = issuer.post("backchannel_authentication", {**wish, **fields})
        if answer.status_code == 401:
            raise NotTried("this gateway has no client web", "此网关没有客户端 web")
        _refused(answer, "invalid_request")

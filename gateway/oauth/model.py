"""Rules about registered clients: pure functions and plain data."""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import urlsplit

from gateway.foundation.secrets import digest
from scan_to_login.protocol import DeliveryMode

DEVICE_GRANT: Final = "urn:ietf:params:oauth:grant-type:device_code"
CODE_GRANT: Final = "authorization_code"
CIBA_GRANT: Final = "urn:openid:params:grant-type:ciba"
REFRESH_GRANT: Final = "refresh_token"
GRANTS: Final = (CODE_GRANT, DEVICE_GRANT, CIBA_GRANT, REFRESH_GRANT)
# What each scope adds; `openid` makes it OpenID Connect, `offline_access` asks for a refresh token by name.
SCOPES: Final = ("openid", "profile", "phone", "unit", "offline_access")
ALGORITHMS: Final = ("ES256", "RS256")
AUTH_METHODS: Final = ("client_secret_basic", "client_secret_post", "none")
LOGGED_IN: Final = "urn:scan-to-login:logged_in"
UNIT_VERIFIED: Final = "urn:scan-to-login:unit_verified"
# RFC 8176: a key that the phone holds, its one-time code, over another channel.
AMR_SCAN: Final = ("swk", "otp", "mca")
AMR_PASSWORD: Final = ("pwd",)
USER_CODE_LETTERS: Final = "BCDFGHJKLMNPQRSTVWXZ"  # RFC 8628 section 6.1: no vowels, so no words
USER_CODE_LENGTH: Final = 8

_LOOPBACK: Final = frozenset({"127.0.0.1", "::1"})
_WAIT: Final = re.compile(r"(?:^|[,;]\s*)wait\s*=\s*\"?(\d{1,5})\"?\s*(?:$|[,;])", re.I)
_NO_URI: Final = re.compile(r"[^!-~]|[\"<>\\^`{|}]")
AuthMethod = Literal["client_secret_basic", "client_secret_post", "none"]


@dataclass(frozen=True, slots=True)
class Client:
    """A registered client. The methods are those that Authlib asks (``ClientMixin``)."""

    client_id: str
    name: str
    secret_digest: str
    redirect_uris: tuple[str, ...]
    post_logout_redirect_uris: tuple[str, ...]
    backchannel_logout_uri: str
    grant_types: tuple[str, ...]
    access_token_format: str
    id_token_signed_response_alg: str
    backchannel_token_delivery_mode: str = DeliveryMode.POLL
    backchannel_client_notification_endpoint: str = ""

    @property
    def confidential(self) -> bool:
        """Whether it has a secret."""
        return bool(self.secret_digest)

    def get_client_id(self) -> str:
        """Its id."""
        return self.client_id

    def check_client_secret(self, secret: str) -> bool:
        """Whether this is its secret."""
        return hmac.compare_digest(self.secret_digest, digest(secret)) if self.confidential else False

    def check_endpoint_auth_method(self, method: AuthMethod, _endpoint: str) -> bool:
        """A confidential client always shows its secret (RFC 6749 section 3.2.1); either way is right."""
        return (method != "none") == self.confidential

    def check_grant_type(self, grant_type: str) -> bool:
        """Whether it may use a grant."""
        return grant_type in self.grant_types

    def fits(self, redirect_uri: str) -> bool:
        """Whether a redirect URI is a registered one."""
        return any(fits(registered, redirect_uri) for registered in self.redirect_uris)


def fits(registered: str, asked: str) -> bool:
    """Whether ``asked`` is ``registered``, byte for byte; on loopback with any port (RFC 8252 section 7.3)."""
    if registered == asked:
        return True
    if _NO_URI.search(asked):
        return False
    try:
        one, other = urlsplit(registered), urlsplit(asked)
        host, port = one.hostname, other.port
    except ValueError:
        return False
    if one.scheme != "http" or host not in _LOOPBACK or port == 0:
        return False
    shown = f"[{host}]" if ":" in host else host
    return other.netloc in (shown, f"{shown}:{port}") and (one.scheme, *one[2:]) == (other.scheme, *other[2:])


def scope_of(asked: str | None) -> str | None:
    """The scope in its one order, each word once; None if a word is unknown."""
    words = set((asked or "openid").split(" ")) - {""}
    return " ".join(word for word in SCOPES if word in words) if words <= set(SCOPES) else None


def narrowed(asked: str | None, granted: str) -> str | None:
    """The part of what was granted that is asked for, all of it without a wish; None for a wish for more."""
    words = set((asked or granted).split(" ")) - {""}
    has = granted.split()
    return " ".join(word for word in has if word in words) if words <= set(has) else None


def preferred_wait(prefer: str) -> int:
    """The seconds of ``Prefer: wait=N`` (RFC 7240 section 4.3); 0 without one."""
    found = _WAIT.search(prefer)
    return int(found[1]) if found else 0


def user_code_of(typed: str) -> str:
    """A user code as people type it, in its one form: letters alone, in upper case; empty if it cannot be one."""
    code = re.sub(r"[\s\-\u2010-\u2015\uff0d]", "", typed).upper()
    return code if len(code) == USER_CODE_LENGTH and set(code) <= set(USER_CODE_LETTERS) else ""


def shown_user_code(code: str) -> str:
    """The form that people read: ``XXXX-XXXX``."""
    return f"{code[:4]}-{code[4:]}"

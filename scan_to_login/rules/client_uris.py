"""Addresses that a client of OAuth registers."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import SplitResult, urlsplit

_NOT_IN_A_URI: Final = re.compile(r"[^!-~]|[\"<>\\^`{|}]")


def checked_redirect_uri(uri: str) -> str:
    """``uri``, to which a browser may be sent (RFC 6749 section 3.1.2, RFC 9700 section 4.1). Raises ValueError."""
    parts = _parts(uri)
    own_scheme = "." in parts.scheme and bool(parts.path)  # an app's, in reverse domain order (RFC 8252)
    if not (own_scheme or _is_web(parts)) or not _is_bare(uri):
        raise ValueError("a redirect URI is absolute, in ASCII, without fragment and login")
    return uri


def checked_logout_uri(uri: str) -> str:
    """``uri``, to which the gateway sends logout tokens (OpenID Connect Back-Channel Logout section 2.2), or nothing.

    Raises ValueError.
    """
    if uri and not (_is_web(_parts(uri)) and _is_bare(uri)):
        raise ValueError("a logout URI is an http or https address, in ASCII, without fragment and login")
    return uri


def _parts(uri: str) -> SplitResult:
    try:
        parts = urlsplit(uri)
        _ = parts.port  # urlsplit looks at it last
    except ValueError:
        raise ValueError("it is not an address") from None
    return parts


def _is_web(parts: SplitResult) -> bool:
    return parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc and parts.port != 0


def _is_bare(uri: str) -> bool:
    return "#" not in uri and not _NOT_IN_A_URI.search(uri)

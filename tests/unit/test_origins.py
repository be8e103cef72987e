"""An origin has one form: settings, sockets and control plane compare that."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from gateway.config import Settings
from scan_to_login.qr_payload import origin_of

FORMS = [
    ("HTTPS://Example.com:443/", "https://example.com"),
    ("http://EXAMPLE.com:80", "http://example.com"),
    ("http://example.com:8080/", "http://example.com:8080"),
    ("https://登录.example", "https://xn--w2t382c.example"),
    ("http://[0:0:0:0:0:0:0:1]:8080", "http://[::1]:8080"),
    ("https://[2001:DB8::0A]", "https://[2001:db8::a]"),
]


@pytest.mark.parametrize(("given", "normal"), FORMS)
def test_every_spelling_becomes_the_one_that_browsers_send(given: str, normal: str) -> None:
    assert origin_of(given) == normal
    assert origin_of(normal) == normal
    assert Settings(allowed_origins=given).allowed_origins == (normal,)


@pytest.mark.parametrize(
    "given",
    ["*", "https://*.example", "null", "example.com", "https://a.example/page", "https://a.example//", "ftp://a.example",
     "https://a.example?x", "https://a.example#x", "https://me@a.example", "https://a.example:port", "https://",
     "https://a.example:65536", "https://a b.example", "https://a.exa\nmple", "https:/a.example", "https://[::1"],
)  # fmt: skip
def test_an_invalid_origin_is_refused(given: str) -> None:
    with pytest.raises(ValidationError):
        Settings(allowed_origins=given)

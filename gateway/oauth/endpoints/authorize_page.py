"""The page of a login in a browser, and the redirects around it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from gateway.http.built_pages import CONTENT_SECURITY_POLICY, page_text
from gateway.http.pages import HEADERS
from gateway.http.routes import Raw
from gateway.oauth.authorization_request import Reply
from gateway.oauth.issuer import Issuer

BROWSER_COOKIE: Final = "pairing_browser"  # which browser has begun a login
LOGIN_COOKIE: Final = "pairing_login"  # the token of the browser's session
HTML: Final = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Cookies:
    """The two cookies: no script reads them, no other site's form sends them (RFC 6265bis, SameSite)."""

    issuer: Issuer

    @staticmethod
    def read(headers: Any, name: str) -> str:
        """The value of a cookie; empty without one."""
        for pair in headers.get("cookie", "").split(";"):
            known, _, value = pair.strip().partition("=")
            if known == name and value.isascii() and len(value) <= 128:
                return str(value)
        return ""

    def header(self, name: str, value: str, asked: str) -> str:
        """The header that sets a cookie in a browser that has called ``asked``; an empty value removes it."""
        ends = "" if value else "; Max-Age=0"
        issuer = urlsplit(self.issuer.told_to(asked))
        secure = "; Secure" if issuer.scheme == "https" else ""
        return f"{name}={value}; Path={issuer.path}; HttpOnly; SameSite=Lax{secure}{ends}"


@dataclass(frozen=True, slots=True)
class AuthorizePage:
    """Serves the page with what it needs to know, in its configuration."""

    config: Callable[[str], dict[str, Any]]

    def page(self, asked: str, told: dict[str, Any], *, status: int = 200, cookie: str = "", posts_to: str = "") -> Raw:
        """The page, at the address ``asked``. ``posts_to`` is that of a client that takes its answer by a form."""
        policy = CONTENT_SECURITY_POLICY
        if posts_to:
            parts = urlsplit(posts_to)
            policy = policy.replace("form-action 'self'", f"form-action 'self' {parts.scheme}://{parts.netloc}")
        headers = {**HEADERS, "Content-Security-Policy": policy, "Cache-Control": "no-store"}
        if cookie:
            headers["Set-Cookie"] = cookie
        return Raw(page_text("authorize", {**self.config(asked), "authorize": told}).encode(), HTML, headers, status)

    def refused(self, asked: str, sentence: str, chinese: str, *, status: int = 400) -> Raw:
        """The page that tells a person why a request leads nowhere."""
        return self.page(asked, {"refused": sentence, "refused_zh": chinese}, status=status)

    def unavailable(self, asked: str) -> Raw:
        """The same where the gateway lacks its Redis or its database."""
        told = ("The gateway cannot answer now; try again.", "网关暂时无法响应，请稍后重试。")
        return self.refused(asked, *told, status=503)

    def reply(self, asked: str, reply: Reply) -> Raw:
        """Send the browser back to the client: by a redirect, or by a form that posts itself."""
        if reply.response_mode == "form_post":
            fields = [{"name": name, "value": _shown(value)} for name, value in reply.fields]
            return self.page(asked, {"location": reply.redirect_uri, "fields": fields}, posts_to=reply.redirect_uri)
        return Raw(b"", HTML, {"Location": reply.location}, 303)


def _shown(value: str) -> str:
    return value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")

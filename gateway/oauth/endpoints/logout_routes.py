"""Routes of logout in a browser (OpenID Connect RP-Initiated Logout)."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit, urlunsplit

from gateway.accounts.service import AccountService
from gateway.foundation.errors import Refusal
from gateway.http.routes import Call, Fields, Raw, Router
from gateway.oauth.authorization_request import UNREADABLE
from gateway.oauth.browser_login import BrowserLogin
from gateway.oauth.endpoints.authorize_page import HTML, LOGIN_COOKIE, AuthorizePage, Cookies
from gateway.oauth.endpoints.schemas import LogoutForm
from gateway.oauth.errors import OAuthError
from gateway.oauth.logout.browser_logout import BrowserLogout

LOGOUT_PATH = "/oauth/logout"
# Sent by the page's own button: another site cannot, for its form brings no cookie (SameSite) and knows no hint.
CONFIRMED = "confirmed"


def router(
    logout: BrowserLogout, login: BrowserLogin, identity: AccountService, page: AuthorizePage, cookies: Cookies
) -> Router:
    """The routes."""

    def end(call: Call, fields: Fields | None) -> Raw:
        given = {name: value for name, value in fields or [] if value}
        if fields is None or len(fields) != len({name for name, _ in fields}):
            return page.refused(call.asked, *UNREADABLE)
        client, sid = logout.asked_by(given)
        returns = given.get("post_logout_redirect_uri", "")
        if returns and not logout.returns_to(client, returns):
            return page.refused(
                call.asked,
                "The post_logout_redirect_uri is not registered.",
                "此 post_logout_redirect_uri 未登记，请联系应用的开发者。",
            )
        session = login.session_of(Cookies.read(call.headers, LOGIN_COOKIE))
        if not sid and session and CONFIRMED not in given:
            return page.page(call.asked, {"logout": {**given, CONFIRMED: "yes"}})
        if sid:
            logout.end_login(sid)
        # An id_token of another login leaves this browser's alone.
        if session and (not sid or session.session_id == sid):
            identity.logout(session)
        if not returns:
            return page.page(call.asked, {"logged_out": True}, cookie=cookies.header(LOGIN_COOKIE, "", call.asked))
        parts = urlsplit(returns)
        added = urlencode({"state": given["state"]}, errors="surrogateescape") if "state" in given else ""
        target = urlunsplit((*parts[:3], "&".join(filter(None, (parts.query, added))), ""))
        return Raw(b"", HTML, {"Location": target, "Set-Cookie": cookies.header(LOGIN_COOKIE, "", call.asked)}, 303)

    def answered(call: Call, fields: Fields | None) -> Raw:
        try:
            return end(call, fields)
        except (Refusal, OAuthError):
            return page.unavailable(call.asked)

    def oauth_logout(call: Call, fields: Fields | None) -> Raw:
        """End a login, and everything that clients have got by it."""
        return answered(call, fields)

    def oauth_logout_post(call: Call, fields: Fields | None) -> Raw:
        """The same by a form."""
        return answered(call, fields)

    room = Router("oauth", "")
    for method, handler in (("GET", oauth_logout), ("POST", oauth_logout_post)):
        room.add(method, LOGOUT_PATH, handler, form=LogoutForm, returns=HTML)
    return room

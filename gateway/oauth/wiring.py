"""Puts the parts of this room together; ``gateway.bootstrap`` alone calls it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import redis

from gateway.accounts.wiring import AccountsRoom
from gateway.config import Settings
from gateway.foundation.clock import Clock
from gateway.foundation.database.engine import Database
from gateway.foundation.keys import Keys
from gateway.foundation.offload import Offload
from gateway.foundation.secrets import ServerKey
from gateway.http.origins.public_address import PublicAddress
from gateway.http.routes import Router
from gateway.oauth.browser_login import BrowserLogin
from gateway.oauth.client_store import ClientStore
from gateway.oauth.code_flow import CodeFlow
from gateway.oauth.endpoints import authorize_routes, logout_routes, phone_routes, registration_routes, routes
from gateway.oauth.endpoints.authorize_page import AuthorizePage, Cookies
from gateway.oauth.endpoints.introspection import Introspection
from gateway.oauth.granting import Granting
from gateway.oauth.issuer import Issuer
from gateway.oauth.logout.backchannel import BackchannelLogout
from gateway.oauth.logout.browser_logout import BrowserLogout
from gateway.oauth.owed_logouts import OwedLogouts
from gateway.oauth.signing_keys import SigningKeys
from gateway.oauth.store import GrantStore
from gateway.oauth.tickets.backchannel_authentication import BackchannelAuthentication, Secrets
from gateway.oauth.tickets.device_flow import DeviceFlow
from gateway.oauth.tickets.notifications import Notifications
from gateway.oauth.tickets.owed_notifications import OwedNotifications
from gateway.oauth.tickets.ticket_polls import TicketPolls
from gateway.oauth.tokens import Tokens
from gateway.pairing.wiring import PairingRoom
from gateway.units.service import UnitService

if TYPE_CHECKING:
    from gateway.oauth.endpoints.server import Server


@dataclass(frozen=True, slots=True)
class OAuthRoom:
    """The room, wired: what the simulation uses of it, and its routes."""

    clients: ClientStore
    signing_keys: SigningKeys
    tokens: Tokens
    backchannel: BackchannelLogout
    notifications: Notifications
    routers: list[Router]


def build_oauth(
    settings: Settings,
    client: redis.Redis,
    keys: Keys,
    clock: Clock,
    database: Database,
    server_key: ServerKey,
    accounts: AccountsRoom,
    pairing: PairingRoom,
    units: UnitService,
    offload: Offload,
    public: PublicAddress,
    *,
    slack_ms: int,
) -> OAuthRoom:
    """Wire the room for one worker. Authlib is loaded at the first call that needs it."""
    issuer = Issuer(public)
    clients = ClientStore(database, clock)
    signing_keys = SigningKeys(database, clock, server_key, offload)
    grants = GrantStore(client, keys, clock, settings, slack_ms=slack_ms)
    sessions = accounts.sessions
    tokens = Tokens(settings, clock, issuer, grants, signing_keys, sessions, units, accounts.store, server_key)
    granting = Granting(settings, clock, grants, tokens, sessions, accounts.store, units, server_key)
    polls = TicketPolls(settings, pairing.service, sessions, grants, granting)
    device_flow = DeviceFlow(pairing.service, grants, polls.interval)
    secrets = Secrets(server_key)
    ciba = BackchannelAuthentication(settings, pairing.service, pairing.targeted, issuer, secrets, polls.interval)
    owed = OwedNotifications(client, keys, clock)
    notifications = Notifications(clock, clients, pairing.store, polls, tokens, owed, secrets, on=ciba.on)
    ciba.on_begin.append(notifications.wake)
    code_flow = CodeFlow(sessions, units, grants, granting, tokens)
    login = BrowserLogin(clock, pairing.service, accounts.service, units, code_flow)
    logout = BrowserLogout(issuer, clients, grants, granting, signing_keys)
    backchannel = BackchannelLogout(clock, clients, granting, OwedLogouts(client, keys, clock), signing_keys)
    cookies = Cookies(issuer)
    page = AuthorizePage(lambda asked: {"public_url": public.told_to(asked), "simulation": settings.sim})
    authorize = authorize_routes.AuthorizeRoutes(issuer, clients, login, page, cookies)
    introspection = Introspection(grants, granting, tokens)

    def make_server() -> Server:
        from gateway.oauth.endpoints.server import Server

        return Server(clients, polls, code_flow, granting, tokens, issuer)

    return OAuthRoom(
        clients,
        signing_keys,
        tokens,
        backchannel,
        notifications,
        [
            routes.public_router(issuer, signing_keys, registration=settings.sim, ciba=ciba.on),
            routes.router(make_server, device_flow, ciba, introspection, tokens),
            authorize_routes.router(authorize),
            logout_routes.router(logout, login, accounts.service, page, cookies),
            phone_routes.router(grants, accounts.service),
            *([registration_routes.router(clients, clock)] if settings.sim else []),
        ],
    )

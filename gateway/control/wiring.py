"""Builds the simulation for one worker; only ``gateway.bootstrap`` calls it, and only with `sim` on."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final

import redis
from flask import Flask, Request, request

from gateway.accounts.wiring import AccountsRoom
from gateway.config import Settings
from gateway.control import inspection, oauth_routes, public_url, qr_login, waiter_routes
from gateway.control import routes as control_routes
from gateway.control.access import Access
from gateway.control.actors import routes as actor_routes
from gateway.control.actors.relay import ActorRelay
from gateway.control.broadcast import Broadcast
from gateway.control.clock.clock_control import ClockControl
from gateway.control.faults import routes
from gateway.control.faults.faults import Faults
from gateway.control.faults.redis_outage import Outage
from gateway.control.inspection import Inspection
from gateway.control.journal import routes as journal_routes
from gateway.control.journal.journal import Journal
from gateway.control.middleware import CONTROL_PATH, Middleware
from gateway.control.people import locks, present, unit_routes
from gateway.control.people import routes as people_routes
from gateway.control.people.captchas import CaptchaReader
from gateway.control.people.faces import SimulatedFaces
from gateway.control.people.locks import LockedPeople
from gateway.control.people.outbox import Outbox
from gateway.control.public_url import PublicUrlControl
from gateway.control.seed import routes as seed_routes
from gateway.control.seed.export import SeedExport
from gateway.control.seed.simulation_state import SimulationState
from gateway.control.sockets import JournalledSockets
from gateway.control.waiters import Waiters
from gateway.foundation.clock import Clock
from gateway.foundation.database.engine import Database
from gateway.foundation.errors import Refusal
from gateway.foundation.keys import Keys
from gateway.foundation.redis.scripts import redis_faults_as_503
from gateway.foundation.secrets import digest
from gateway.foundation.wsgi import Environ
from gateway.http.app import LARGER_BODIES, make_app
from gateway.http.origins.public_address import PublicAddress
from gateway.http.routes import Router
from gateway.oauth.wiring import OAuthRoom
from gateway.pairing.events import SocketServer
from gateway.pairing.wiring import PairingRoom
from gateway.registration.wiring import RegistrationRoom
from gateway.throttling.captchas import Captchas
from gateway.units.wiring import UnitsRoom

SEED_PATH: Final = f"{CONTROL_PATH}/seed"
OPENAPI_PATH: Final = f"{CONTROL_PATH}/openapi.json"
LISTENING_WITHIN_SECONDS: Final = 5.0


class Simulation:
    """The control plane of one worker, and the layers between it and the product.

    ``client`` is the control plane's own Redis client: it works while a fault cuts off the product's.
    """

    def __init__(
        self,
        settings: Settings,
        client: redis.Redis,
        keys: Keys,
        clock: Clock,
        broadcast: Broadcast,
        clock_control: ClockControl,
        simulation_state: SimulationState,
        public: PublicAddress,
        actors: str,
    ) -> None:
        self._settings = settings
        self._redis = client
        self._keys = keys
        self._clock = clock
        self._broadcast = broadcast
        self._clock_control = clock_control
        self._simulation_state = simulation_state
        self._access = Access(settings, public)
        self.journal = Journal(client, keys, clock, alone=settings.workers == 1)
        self.faults = Faults(client, keys, clock, broadcast, self.journal)
        self.outage = Outage(lambda: self.faults.redis_unreachable)
        self.faults.on_load.append(self.outage.look)
        self.outbox = Outbox(client, keys, clock)
        self.faces = SimulatedFaces(client, keys)
        simulation_state.keep.add(self.journal.place_key)
        simulation_state.on_reset.append(self.faults.load)
        self._public_url = PublicUrlControl(client, keys, broadcast, public)
        simulation_state.on_reset.append(self._public_url.load)
        self._actors = ActorRelay(public, actors)
        simulation_state.before_reset.append(self._actors.start_over)

    def start(self) -> None:
        """Begin to hear announcements; returns when the subscription is ready."""
        self._broadcast.start(LISTENING_WITHIN_SECONDS)

    def stop(self) -> None:
        """Stop hearing announcements."""
        self._broadcast.stop()
        self._redis.close()

    def install(
        self,
        app: Flask,
        captchas: Captchas,
        accounts: AccountsRoom,
        registration: RegistrationRoom,
        pairing: PairingRoom,
        seeds: SeedExport,
        cut_connection: Callable[[dict[str, Any]], None],
        *rooms: Router,
    ) -> None:
        """Put journal and faults before ``app``, and mount the control plane with the ``rooms`` of others."""
        pairing.push.redis_is_away = self.outage.is_away
        reader = CaptchaReader(self._redis, self._keys, captchas, always=self._settings.sim_captcha)
        switch = qr_login.QrLoginControl(self._redis, self._keys, self._broadcast, pairing.store)
        self._simulation_state.on_reset.append(switch.load)
        waiters = Waiters(self._redis, self._keys, self._clock, self.journal, pairing.store, accounts.store)
        control = make_app(
            "Scan-to-login control plane of the simulation",
            self._clock,
            [
                control_routes.router(self._clock_control, self._simulation_state, self.journal),
                public_url.router(self._public_url, self.journal, CONTROL_PATH),
                qr_login.router(switch, accounts.store, self.journal, CONTROL_PATH),
                seed_routes.router(
                    self._simulation_state, seeds, self.journal, CONTROL_PATH, body_bytes=self._settings.seed_bytes
                ),
                people_routes.router(
                    self.outbox,
                    reader,
                    self.faces,
                    registration.service,
                    registration.resets,
                    accounts.account_status,
                    self._clock,
                    CONTROL_PATH,
                ),
                waiter_routes.router(waiters, self.outbox, CONTROL_PATH),
                routes.router(self.faults, CONTROL_PATH),
                inspection.router(Inspection(self._redis, self._keys, self._clock, reader), CONTROL_PATH),
                journal_routes.router(self.journal, CONTROL_PATH),
                *actor_routes.routers(self._actors, CONTROL_PATH),
                *rooms,
            ],
            body_bytes=self._settings.body_bytes,
            openapi_url=OPENAPI_PATH,
        )
        control.before_request(lambda: self._access.check(request))
        app.config[LARGER_BODIES] = self._larger_body
        app.wsgi_app = Middleware(  # type: ignore[method-assign]
            app.wsgi_app,
            control.wsgi_app,
            self.journal,
            self.faults,
            self._simulation_state.turnover,
            self._kind_of_token,
            cut_connection,
            body_bytes=self._settings.body_bytes,
        )

    def oauth_router(self, oauth: OAuthRoom) -> Router:
        """The control plane of OAuth; faults reach its tokens from now on."""
        oauth.tokens.distortion = partial(oauth_routes.spoiled, self.faults)
        oauth.backchannel.on_attempt.append(partial(oauth_routes.record_logout, self.journal))
        oauth.notifications.on_attempt.append(partial(oauth_routes.record_notification, self.journal))
        return oauth_routes.router(oauth.clients, oauth.signing_keys, self.journal, CONTROL_PATH)

    def unit_routers(self, database: Database, accounts: AccountsRoom, units: UnitsRoom) -> list[Router]:
        """The hall's counter for units, the locks of accounts and units, and who is there."""
        locked = LockedPeople(self._redis, self._keys, self._clock, accounts, units)
        people = present.PresentPeople(database, self._clock, accounts.locks)
        return [
            unit_routes.router(units.resets, CONTROL_PATH),
            locks.router(locked, CONTROL_PATH),
            present.router(people, CONTROL_PATH),
        ]

    def _larger_body(self, environ: Environ) -> int:
        """The extra bytes of a request's body: callers of the control plane may send a large seed, or a picture."""
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        if (method, path) == ("PUT", SEED_PATH):
            most = self._settings.seed_bytes
        else:
            most = actor_routes.more_bytes(method, path, CONTROL_PATH)
        if not most:
            return 0
        try:
            self._access.check(Request(environ))
        except Refusal:
            return 0
        return most

    def sockets(self, server: SocketServer, cut_socket: Callable[[Any, str, str], None]) -> SocketServer:
        """The Socket.IO server for the pairing room."""
        return JournalledSockets(
            server,
            self.journal,
            self.faults,
            self._simulation_state.turnover,
            lambda sid, namespace: cut_socket(server, sid, namespace),
        )

    def _kind_of_token(self, token: str) -> str | None:
        try:
            with redis_faults_as_503():
                kind = self._redis.hget(self._keys.session(digest(token)), "kind")
        except Refusal:
            return None
        return None if kind is None else str(kind)

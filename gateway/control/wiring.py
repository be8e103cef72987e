"""Puts the simulation together for one worker; ``gateway.bootstrap`` alone calls it, and only with `sim` on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import redis
from flask import Flask, Request, request

from gateway.accounts.store import AccountStore
from gateway.config import Settings
from gateway.control import inspection, waiter_routes
from gateway.control import routes as world_rest
from gateway.control.access import Access
from gateway.control.broadcast import Announcements
from gateway.control.clock.clock_control import ClockControl
from gateway.control.faults import routes
from gateway.control.faults.faults import Faults
from gateway.control.faults.redis_outage import Outage
from gateway.control.inspection import Inspection
from gateway.control.journal import routes as journal_routes
from gateway.control.journal.journal import Journal
from gateway.control.middleware import CONTROL_PATH, Middleware
from gateway.control.people import routes as people_routes
from gateway.control.people.captchas import CaptchaReader
from gateway.control.people.outbox import Outbox
from gateway.control.seed import routes as seed_routes
from gateway.control.seed.export import SeedExport
from gateway.control.seed.simulation_state import World
from gateway.control.sockets import JournalledSockets
from gateway.control.waiters import Awaiting
from gateway.foundation.clock import Clock
from gateway.foundation.errors import Refusal
from gateway.foundation.keys import Keys
from gateway.foundation.redis.scripts import redis_faults_as_503
from gateway.foundation.secrets import digest
from gateway.foundation.wsgi import Environ
from gateway.http.app import LARGER_BODIES, make_app
from gateway.http.routes import Doors
from gateway.pairing.events import SocketServer
from gateway.pairing.push import Push
from gateway.pairing.store import TicketStore
from gateway.registration.wiring import IdentityRoom

SEED_PATH: Final = f"{CONTROL_PATH}/seed"
OPENAPI_PATH: Final = f"{CONTROL_PATH}/openapi.json"
LISTENING_WITHIN_SECONDS: Final = 5.0


class Simulation:
    """The control plane of one worker, and what stands between it and the product.

    ``client`` is the control plane's own Redis client: it goes on while a fault keeps the product's away.
    """

    def __init__(
        self,
        settings: Settings,
        client: redis.Redis,
        keys: Keys,
        clock: Clock,
        announcements: Announcements,
        clock_control: ClockControl,
        world: World,
        public_url: str,
    ) -> None:
        self._settings = settings
        self._redis = client
        self._keys = keys
        self._clock = clock
        self._announcements = announcements
        self._clock_control = clock_control
        self._world = world
        self._access = Access(settings, public_url)
        self.journal = Journal(client, keys, clock, alone=settings.workers == 1)
        self.faults = Faults(client, keys, clock, announcements, self.journal)
        self.outage = Outage(lambda: self.faults.redis_unreachable)
        self.faults.on_load.append(self.outage.look)
        self.outbox = Outbox(client, keys, clock)
        world.keep.add(self.journal.place_key)
        world.on_reset.append(self.faults.load)

    def start(self) -> None:
        """Hear what other workers are told; returns once it does."""
        self._announcements.start(LISTENING_WITHIN_SECONDS)

    def stop(self) -> None:
        """Hear no more."""
        self._announcements.stop()
        self._redis.close()

    def install(
        self,
        app: Flask,
        people: IdentityRoom,
        tickets: TicketStore,
        accounts: AccountStore,
        push: Push,
        seeds: SeedExport,
        cut_connection: Callable[[dict[str, Any]], None],
        *rooms: Doors,
    ) -> None:
        """Put journal and faults in front of ``app``, and the control plane, with ``rooms`` of others, beside it."""
        push.redis_is_away = self.outage.is_away
        reader = CaptchaReader(self._redis, self._keys, people.captchas, always=self._settings.sim_captcha)
        awaiting = Awaiting(self._redis, self._keys, self._clock, self.journal, tickets, accounts)
        control = make_app(
            "Scan-to-login control plane of the simulation",
            self._clock,
            [
                world_rest.doors(self._clock_control, self._world, self.journal),
                seed_routes.doors(self._world, seeds, self.journal, CONTROL_PATH, body_bytes=self._settings.seed_bytes),
                people_routes.doors(
                    self.outbox,
                    reader,
                    people.registrations,
                    people.resets,
                    people.standing,
                    self._clock,
                    CONTROL_PATH,
                ),
                waiter_routes.doors(awaiting, self.outbox, CONTROL_PATH),
                routes.doors(self.faults, CONTROL_PATH),
                inspection.doors(Inspection(self._redis, self._keys, self._clock, reader), CONTROL_PATH),
                journal_routes.doors(self.journal, CONTROL_PATH),
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
            self._world.turnover,
            self._kind_of_token,
            cut_connection,
            body_bytes=self._settings.body_bytes,
        )

    def _larger_body(self, environ: Environ) -> int:
        """How many bytes a request's body may have: a seed is large, from whom the control plane lets in."""
        if (environ["REQUEST_METHOD"], environ["PATH_INFO"]) != ("PUT", SEED_PATH):
            return 0
        try:
            self._access.check(Request(environ))
        except Refusal:
            return 0
        return self._settings.seed_bytes

    def sockets(self, server: SocketServer, cut_socket: Callable[[Any, str, str], None]) -> SocketServer:
        """The Socket.IO server for the pairing room."""
        return JournalledSockets(
            server,
            self.journal,
            self.faults,
            self._world.turnover,
            lambda sid, namespace: cut_socket(server, sid, namespace),
        )

    def _kind_of_token(self, token: str) -> str | None:
        try:
            with redis_faults_as_503():
                kind = self._redis.hget(self._keys.session(digest(token)), "kind")
        except Refusal:
            return None
        return None if kind is None else str(kind)

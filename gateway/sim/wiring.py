"""Puts the simulation together for one worker; ``gateway.bootstrap`` alone calls it, and only with `sim` on."""

from __future__ import annotations

from typing import Final

import redis
from flask import Flask

from gateway.config import Settings
from gateway.foundation.clock import Clock
from gateway.foundation.keys import Keys
from gateway.foundation.redis import redis_faults_as_503
from gateway.foundation.secrets import digest
from gateway.http.app import make_app, mount
from gateway.http.doors import Doors
from gateway.pairing.sockets import SocketServer
from gateway.sim import journal_rest
from gateway.sim import rest as world_rest
from gateway.sim.clock_control import ClockControl
from gateway.sim.journal import Journal
from gateway.sim.middleware import CONTROL_PATH, Middleware
from gateway.sim.sockets import JournalledSockets
from gateway.sim.world import World

OPENAPI_PATH: Final = f"{CONTROL_PATH}/openapi.json"


class Simulation:
    """The control plane of one worker, and what stands between it and the product."""

    def __init__(
        self,
        settings: Settings,
        client: redis.Redis,
        keys: Keys,
        clock: Clock,
        clock_control: ClockControl,
        world: World,
    ) -> None:
        self._settings = settings
        self._redis = client
        self._keys = keys
        self._clock = clock
        self.journal = Journal(client, keys, clock)
        world.keep.add(self.journal.place_key)
        clock_control.load()
        self._rooms = [
            world_rest.doors(clock_control, world, self.journal),
            journal_rest.doors(self.journal, CONTROL_PATH),
        ]

    def install(self, app: Flask, *rooms: Doors) -> None:
        """Put the control plane, with ``rooms`` of others in it, and the journal in front of ``app``."""
        control = make_app(
            "Scan-to-login control plane of the simulation",
            self._clock,
            body_bytes=self._settings.body_bytes,
            openapi_url=OPENAPI_PATH,
        )
        mount(control, [*self._rooms, *rooms])
        app.wsgi_app = Middleware(  # type: ignore[method-assign]
            app.wsgi_app,
            control.wsgi_app,
            self.journal,
            self._kind_of_token,
            body_bytes=self._settings.body_bytes,
        )

    def sockets(self, server: SocketServer) -> SocketServer:
        """The Socket.IO server for the pairing room."""
        return JournalledSockets(server, self.journal)

    def _kind_of_token(self, token: str) -> str | None:
        with redis_faults_as_503():
            kind = self._redis.hget(self._keys.session(digest(token)), "kind")
        return None if kind is None else str(kind)

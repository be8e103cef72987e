"""Settings to wired services: the one place where the parts meet. Nothing is built at import."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from flask import Flask
from flask_socketio import SocketIO
from redis import Redis
from sqlalchemy import URL

import gateway.pairing.rest
import gateway.sim.units_rest
from gateway import server
from gateway.config import Settings
from gateway.foundation import metrics
from gateway.foundation.background import Loop
from gateway.foundation.clock import Clock
from gateway.foundation.database import Database, sqlite_url
from gateway.foundation.draining import Draining
from gateway.foundation.keys import Keys
from gateway.foundation.pool_metrics import pool_metrics
from gateway.foundation.readiness import Readiness
from gateway.foundation.redis import connect
from gateway.foundation.redis_replicas import replica_count
from gateway.foundation.secrets import ServerKey, load_server_key, random_id
from gateway.foundation.wsgi import PlainAnswers
from gateway.http import ops
from gateway.http.api_docs import docs_blueprint
from gateway.http.app import VERSION, make_app
from gateway.http.hot import HotDoors
from gateway.http.observed_sockets import ObservedSockets
from gateway.http.pages import pages_blueprint
from gateway.identity.assembly import account_locks, build_identity, configured_sms
from gateway.identity.passwords import Offload, Passwords
from gateway.identity.store import AccountStore
from gateway.identity.subjects import Subjects
from gateway.identity.trail import TrailDrain
from gateway.pairing.push import Push
from gateway.pairing.service import PairingService
from gateway.pairing.sockets import EVENTS, PairingSockets
from gateway.pairing.store import TicketStore
from gateway.protocol import NAMESPACE, origin_of
from gateway.sim.announcements import Announcements
from gateway.sim.clock_control import ClockControl
from gateway.sim.middleware import CONTROL_PATH
from gateway.sim.ownership import Ownership
from gateway.sim.seed import Seed, load_seed
from gateway.sim.seed_export import SeedExport
from gateway.sim.seeding import Hashes, Seeder, lock_seeded
from gateway.sim.wiring import Simulation
from gateway.sim.world import World
from gateway.units.assembly import build_units

# A clock that a test moves or freezes must not have Redis forget what is still alive on it.
SIMULATION_SLACK_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Core:
    """What every process of the gateway has: its stores, and the world of the simulation."""

    settings: Settings
    clock: Clock
    keys: Keys
    redis: Redis
    control_redis: Redis  # the simulation's own, which its faults leave alone
    database: Database
    passwords: Passwords
    announcements: Announcements
    clock_control: ClockControl
    world: World


@dataclass(frozen=True, slots=True)
class Gateway:
    """One worker, wired and not yet serving."""

    core: Core
    app: Flask
    sockets: SocketIO
    push: Push
    trail: TrailDrain
    draining: Draining
    simulation: Simulation | None
    measures: Sequence[Loop]  # for /metrics alone
    plain: PlainAnswers | None  # where nothing stands before the app that every request has to go through

    def start(self) -> None:
        """Begin to listen for pushes and to keep the trail."""
        self.push.start()
        self.trail.start()
        for loop in self.measures:
            loop.start()
        if self.simulation is not None:
            self.simulation.start()

    def stop(self) -> None:
        """Let go of everything."""
        self.push.stop()
        self.trail.stop()
        for loop in self.measures:
            loop.stop()
        if self.simulation is not None:
            self.simulation.stop()
        self.core.redis.close()
        self.core.database.close()


def database_url(settings: Settings) -> str | URL:
    """The database's URL: the setting, else SQLite in the data directory."""
    return settings.database_url.get_secret_value() or sqlite_url(settings.data_dir / "gateway.sqlite3")


@dataclass(frozen=True, slots=True)
class Sowing:
    """The seed that a gateway starts with, and the hashes of its passwords."""

    seed: Seed
    hashes: Hashes

    @classmethod
    def read(cls, settings: Settings, offload: Offload) -> Self:
        """Read it. Raises StartupError for a seed that cannot be read."""
        return cls(load_seed(settings.seed) if settings.seed else Seed(), Hashes(Passwords(offload)))

    @classmethod
    def begin(cls, settings: Settings, offload: Offload) -> Self:
        """Read it, and make the hashes meanwhile: they need neither Redis nor a database."""
        sowing = cls.read(settings, offload)
        sowing.hashes.begin(sowing.seed)
        return sowing


def build_core(
    settings: Settings, offload: Offload, *, clock: Clock | None = None, sowing: Sowing | None = None
) -> Core:
    """Stores and the simulation's world. Raises StartupError with one sentence for what is wrong."""
    clock = clock or Clock()
    keys = Keys(settings.redis_prefix)
    client = server.fast_redis(_connect(settings), settings)
    database = Database(database_url(settings))
    passwords = Passwords(offload)
    # The simulation's client, which its faults leave alone. The scripts of both go over one connection: so the journal
    # has what has happened in the order in which it happened.
    control = server.same_line(_connect(settings), client) if settings.sim else client
    announcements = Announcements(control, keys)
    clock_control = ClockControl(control, keys, clock, announcements)
    sowing = sowing or Sowing.read(settings, offload)
    seeder = Seeder(database, clock, sowing.hashes)
    ownership = Ownership(database, simulation=settings.sim, allowed=settings.allow_sim_database)
    world = World(control, keys, sowing.seed, seeder, ownership, clock_control, announcements)
    locks, accounts = account_locks(settings, client, keys, clock), AccountStore(database)
    world.keep.add(keys.installation)
    # The server key is made before anything is planted, and after this.
    world.on_planted.append(lambda planted: lock_seeded(planted, accounts, locks, Subjects(server_key_of(settings))))
    return Core(settings, clock, keys, client, control, database, passwords, announcements, clock_control, world)


def _connect(settings: Settings) -> Redis:
    return connect(
        settings.redis_url.get_secret_value(),
        connections=settings.redis_connections,
        timeout=settings.redis_timeout_seconds,
        key=settings.redis_prefix,
        replicas=settings.redis_replicas_acknowledge,
    )


def build_gateway(core: Core, public_url: str, offload: Offload) -> Gateway:
    """Wire one worker; ``public_url`` is where clients and phones reach it."""
    settings, clock, keys, client = core.settings, core.clock, core.keys, core.redis
    slack_ms = SIMULATION_SLACK_MS if settings.sim else 0
    server_key = server_key_of(settings)
    worker_id = f"{os.getpid()}-{random_id()[:6]}"

    simulation = None
    if settings.sim:
        simulation = Simulation(
            settings,
            core.control_redis,
            keys,
            clock,
            core.announcements,
            core.clock_control,
            core.world,
            public_url,
        )
        simulation.outage.make_breakable(client)
    people = build_identity(
        settings,
        client,
        keys,
        clock,
        core.database,
        core.passwords,
        server_key,
        offload,
        simulation.outbox if simulation and not settings.sms_webhook_url else configured_sms(settings),
        worker_id,
        slack_ms=slack_ms,
    )

    tickets = TicketStore(client, keys, clock, settings, slack_ms=slack_ms)
    push = Push(
        settings.redis_url.get_secret_value(), keys, clock, tickets, worker_id, channel=getattr(client, "channel", None)
    )
    pairing = PairingService(settings, clock, tickets, push, server_key, public_url)
    draining = pairing.draining
    people.sessions.on_end.append(tickets.withdraw_scanned_by)
    pairing.on_guessing.append(people.service.log_out_guesser)

    units = build_units(
        settings,
        client,
        keys,
        clock,
        core.database,
        core.passwords,
        server_key,
        people,
        pairing,
        worker_id,
        seeded_cut_over=lambda: core.world.seed.cut_over,
    )
    push.on_message.append(units.inbox.hear)
    units.inbox.draining = draining

    rooms = [
        *people.doors(),
        gateway.pairing.rest.doors(pairing, offload),
        *units.doors(),
        ops.doors(Readiness.of_worker(client, keys, draining, push, core.database)),
    ]
    app = make_app("Scan-to-login gateway", clock, rooms, body_bytes=settings.body_bytes, openapi_url="/openapi.json")
    app.register_blueprint(docs_blueprint(simulation=settings.sim))
    app.register_blueprint(
        pages_blueprint(public_url=public_url, simulation=settings.sim, unit_login=lambda: not units.cut_over.passed)
    )
    app.add_url_rule("/asyncapi.json", "asyncapi", lambda: ops.asyncapi(VERSION, NAMESPACE, EVENTS))

    sockets = server.make_sockets(
        app,
        origins=[*_own_origins(public_url), *settings.allowed_origins],
        packet_bytes=settings.body_bytes,
        ping_interval=settings.ping_interval_seconds,
        ping_timeout=settings.ping_timeout_seconds,
        websocket_only=settings.workers > 1,
        connect_deadline=settings.connect_deadline_seconds,
    )
    hot = HotDoors(rooms, clock, body_bytes=settings.body_bytes)
    app.wsgi_app = hot.before(app.wsgi_app)  # type: ignore[assignment,method-assign]
    if simulation is not None:
        hall = gateway.sim.units_rest.doors(units.resets, CONTROL_PATH)
        accounts = AccountStore(core.database)
        locks = account_locks(settings, client, keys, clock)
        seeds = SeedExport(core.database, clock, core.passwords, locks, units.cut_over)
        simulation.install(app, people, tickets, accounts, push, seeds, server.cut_connection, hall)

    observed = ObservedSockets(sockets.server)
    PairingSockets(simulation.sockets(observed, server.cut_socket) if simulation else observed, pairing, settings)
    app.wsgi_app = draining.watch(app.wsgi_app)  # type: ignore[assignment,method-assign]
    plain = draining.watch_plain(hot.answer) if simulation is None else None
    metrics.tell_build(VERSION)
    replicas = replica_count(client)
    measures = [pool_metrics(core.database, client, core.control_redis), *([replicas] if replicas else [])]
    return Gateway(core, app, sockets, push, people.drain, draining, simulation, measures, plain)


def server_key_of(settings: Settings) -> ServerKey:
    """The server key, with those before it. Raises StartupError."""
    previous = settings.server_key_previous.get_secret_value()
    return load_server_key(settings.server_key.get_secret_value(), settings.data_dir, previous)


def _own_origins(public_url: str) -> list[str]:
    """The origins of the gateway's own pages: on this machine `localhost` and 127.0.0.1 are one place."""
    origin = origin_of(public_url)
    for name, other in (("//127.0.0.1", "//localhost"), ("//localhost", "//127.0.0.1")):
        if name in origin:
            return [origin, origin.replace(name, other)]
    return [origin]

"""Settings to wired services: the one place where the parts meet. Nothing is built at import."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from flask import Flask
from flask_socketio import SocketIO
from redis import Redis

import gateway.control.people.unit_routes
import gateway.pairing.routes
from gateway.accounts.passwords import Passwords
from gateway.accounts.store import AccountStore
from gateway.accounts.subjects import Subjects
from gateway.audit.audit_log import AuditRelay
from gateway.config import Settings
from gateway.control.broadcast import Broadcast
from gateway.control.clock.clock_control import ClockControl
from gateway.control.middleware import CONTROL_PATH
from gateway.control.seed.export import SeedExport
from gateway.control.seed.loader import Hashes, SeedLoader, lock_seeded
from gateway.control.seed.ownership import Ownership
from gateway.control.seed.simulation_state import SimulationState
from gateway.control.wiring import Simulation
from gateway.foundation.background import Loop
from gateway.foundation.clock import Clock
from gateway.foundation.database.engine import Database, DatabaseAddress, sqlite_url
from gateway.foundation.draining import Draining
from gateway.foundation.keys import Keys
from gateway.foundation.offload import Offload
from gateway.foundation.pool_metrics import pool_metrics
from gateway.foundation.readiness import Readiness
from gateway.foundation.redis.connect import connect
from gateway.foundation.redis.replicas import replica_count
from gateway.foundation.secrets import ServerKey, load_server_key, random_id
from gateway.foundation.telemetry import metrics
from gateway.foundation.wsgi import PlainAnswers
from gateway.http import ops
from gateway.http.api_docs import docs_blueprint
from gateway.http.app import VERSION, make_app
from gateway.http.fast_path import FastPath
from gateway.http.observed_sockets import ObservedSockets
from gateway.http.pages import pages_blueprint
from gateway.pairing.events import EVENTS, PairingSockets
from gateway.pairing.push import Push
from gateway.pairing.service import PairingService
from gateway.pairing.store import TicketStore
from gateway.registration.wiring import account_locks, build_people, configured_sms
from gateway.server import server
from gateway.server.redis.client import fast_redis, same_line
from gateway.server.socketio.server import cut_socket, make_sockets
from gateway.units.wiring import build_units
from scan_to_login.protocol import NAMESPACE, origin_of
from scan_to_login.seed import Seed, load_seed

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
    broadcast: Broadcast
    clock_control: ClockControl
    simulation_state: SimulationState


@dataclass(frozen=True, slots=True)
class Gateway:
    """One worker, wired and not yet serving."""

    core: Core
    app: Flask
    sockets: SocketIO
    push: Push
    audit_log: AuditRelay
    draining: Draining
    simulation: Simulation | None
    measures: Sequence[Loop]  # for /metrics alone
    plain: PlainAnswers | None  # where nothing stands before the app that every request has to go through

    def start(self) -> None:
        """Begin to listen for pushes and to keep the audit log."""
        self.push.start()
        self.audit_log.start()
        for loop in self.measures:
            loop.start()
        if self.simulation is not None:
            self.simulation.start()

    def stop(self) -> None:
        """Let go of everything."""
        self.push.stop()
        self.audit_log.stop()
        for loop in self.measures:
            loop.stop()
        if self.simulation is not None:
            self.simulation.stop()
        self.core.redis.close()
        self.core.database.close()


def database_url(settings: Settings) -> DatabaseAddress:
    """The database's URL: the setting, else SQLite in the data directory."""
    return settings.database_url.get_secret_value() or sqlite_url(settings.data_dir / "gateway.sqlite3")


@dataclass(frozen=True, slots=True)
class InitialSeed:
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
        initial_seed = cls.read(settings, offload)
        initial_seed.hashes.begin(initial_seed.seed)
        return initial_seed


def build_core(
    settings: Settings, offload: Offload, *, clock: Clock | None = None, initial_seed: InitialSeed | None = None
) -> Core:
    """Stores and the simulation's world. Raises StartupError with one sentence for what is wrong."""
    clock = clock or Clock()
    keys = Keys(settings.redis_prefix)
    client = fast_redis(_connect(settings), settings)
    database = Database(database_url(settings))
    passwords = Passwords(offload)
    # The simulation's client, which its faults leave alone. The scripts of both go over one connection: so the journal
    # has what has happened in the order in which it happened.
    control = same_line(_connect(settings), client) if settings.sim else client
    broadcast = Broadcast(control, keys)
    clock_control = ClockControl(control, keys, clock, broadcast)
    initial_seed = initial_seed or InitialSeed.read(settings, offload)
    loader, ownership = SeedLoader(database, clock, initial_seed.hashes), Ownership(database, settings)
    simulation_state = SimulationState(control, keys, initial_seed.seed, loader, ownership, clock_control, broadcast)
    locks, accounts = account_locks(settings, client, keys, clock), AccountStore(database)
    simulation_state.keep.add(keys.installation)
    # The server key is made before anything is planted, and after this.
    simulation_state.on_loaded.append(
        lambda loaded: lock_seeded(loaded, accounts, locks, Subjects(server_key_of(settings)))
    )
    return Core(settings, clock, keys, client, control, database, passwords, broadcast, clock_control, simulation_state)


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
            core.broadcast,
            core.clock_control,
            core.simulation_state,
            public_url,
        )
        simulation.outage.make_breakable(client)
    people = build_people(
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
        seeded_cut_over=lambda: core.simulation_state.seed.cut_over,
    )
    push.on_message.append(units.inbox.hear)
    units.inbox.draining = draining

    rooms = [
        *people.routers(),
        gateway.pairing.routes.router(pairing, offload),
        *units.routers(),
        ops.router(Readiness.of_worker(client, keys, draining, push, core.database)),
    ]
    app = make_app("Scan-to-login gateway", clock, rooms, body_bytes=settings.body_bytes, openapi_url="/openapi.json")
    app.register_blueprint(docs_blueprint(simulation=settings.sim))
    app.register_blueprint(
        pages_blueprint(public_url=public_url, simulation=settings.sim, unit_login=lambda: not units.cut_over.passed)
    )
    app.add_url_rule("/asyncapi.json", "asyncapi", lambda: ops.asyncapi(VERSION, NAMESPACE, EVENTS))

    sockets = make_sockets(
        app,
        origins=[*_own_origins(public_url), *settings.allowed_origins],
        packet_bytes=settings.body_bytes,
        ping_interval=settings.ping_interval_seconds,
        ping_timeout=settings.ping_timeout_seconds,
        websocket_only=settings.workers > 1,
        connect_deadline=settings.connect_deadline_seconds,
    )
    fast_path = FastPath(rooms, clock, body_bytes=settings.body_bytes)
    app.wsgi_app = fast_path.before(app.wsgi_app)  # type: ignore[assignment,method-assign]
    if simulation is not None:
        hall = gateway.control.people.unit_routes.router(units.resets, CONTROL_PATH)
        accounts = AccountStore(core.database)
        locks = account_locks(settings, client, keys, clock)
        seeds = SeedExport(core.database, clock, core.passwords, locks, units.cut_over)
        simulation.install(app, people, tickets, accounts, push, seeds, server.cut_connection, hall)

    observed = ObservedSockets(sockets.server)
    PairingSockets(simulation.sockets(observed, cut_socket) if simulation else observed, pairing, settings)
    app.wsgi_app = draining.watch(app.wsgi_app)  # type: ignore[assignment,method-assign]
    plain = draining.watch_plain(fast_path.answer) if simulation is None else None
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

"""A worker, put together: the one place where the rooms meet. Nothing is built at import."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

from flask import Flask
from flask_socketio import SocketIO

from gateway.accounts.wiring import AccountsRoom, build_accounts
from gateway.audit.wiring import AuditRoom, build_audit
from gateway.control.seed.export import SeedExport
from gateway.control.wiring import Simulation
from gateway.core import Core, server_key_of
from gateway.foundation.background import Loop
from gateway.foundation.draining import Draining
from gateway.foundation.offload import Offload
from gateway.foundation.pool_metrics import pool_metrics, shown_to_others
from gateway.foundation.readiness import Readiness
from gateway.foundation.redis.replicas import replica_count
from gateway.foundation.secrets import random_id
from gateway.foundation.telemetry import metrics
from gateway.foundation.wsgi import PlainAnswers
from gateway.http import ops
from gateway.http.api_docs import docs_blueprint
from gateway.http.app import VERSION, make_app
from gateway.http.fast_path import FastPath
from gateway.http.observed_sockets import ObservedSockets
from gateway.http.origins.cors import Cors
from gateway.http.origins.public_address import PublicAddress
from gateway.http.pages import pages_blueprint
from gateway.oauth.endpoints.routes import OPEN_PATHS
from gateway.oauth.logout.backchannel import BackchannelLogout
from gateway.oauth.tickets.notifications import Notifications
from gateway.oauth.wiring import build_oauth
from gateway.pairing.events import EVENTS, PairingSockets, SocketServer
from gateway.pairing.push import Push
from gateway.pairing.wiring import build_pairing
from gateway.registration.faces import NoFaces
from gateway.registration.wiring import build_registration, configured_sms
from gateway.server import server
from gateway.server.socketio.server import cut_socket, make_sockets
from gateway.throttling.wiring import build_throttling
from gateway.tracing.wiring import Tracing, build_tracing
from gateway.units.cut_over import CutOver
from gateway.units.wiring import build_units
from scan_to_login.protocol import NAMESPACE

# A test may move or freeze the clock: Redis must not delete keys that are still valid by it.
SIMULATION_SLACK_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Gateway:
    """One worker, wired and not yet serving."""

    core: Core
    accounts: AccountsRoom
    app: Flask
    sockets: SocketIO
    push: Push
    audit: AuditRoom
    draining: Draining
    backchannel: BackchannelLogout
    notifications: Notifications
    simulation: Simulation | None
    measures: Sequence[Loop]  # for /metrics alone
    plain: PlainAnswers | None  # where nothing stands before the app that every request has to go through
    tracing: Tracing | None

    def start(self) -> None:
        """Begin to listen for pushes and to keep the audit log."""
        self.push.start()
        self.audit.relay.start()
        self.backchannel.start()
        self.notifications.start()
        for loop in self.measures:
            loop.start()
        if self.simulation is not None:
            self.simulation.start()

    def stop(self) -> None:
        """Release everything."""
        self.push.stop()
        self.backchannel.stop()
        self.notifications.stop()
        self.audit.relay.stop()
        for loop in self.measures:
            loop.stop()
        if self.simulation is not None:
            self.simulation.stop()
        self.core.redis.close()
        self.core.database.close()
        if self.tracing is not None:
            self.tracing.stop()


def build_gateway(core: Core, listening: str, offload: Offload, actors: str = "") -> Gateway:
    """Wire one worker; ``listening`` is the URL at which programs on this machine reach it.

    ``actors`` is the Unix socket of the process with the simulation's phones and clients.
    """
    settings, clock, keys, client = core.settings, core.clock, core.keys, core.redis
    public = PublicAddress(settings, listening)
    slack_ms = SIMULATION_SLACK_MS if settings.sim else 0
    server_key = server_key_of(settings)
    worker_id = f"{os.getpid()}-{random_id()[:6]}"
    tracing = build_tracing(settings, client)

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
            public,
            actors,
        )
        simulation.outage.make_breakable(client)
    throttling = build_throttling(settings, client, keys, clock, server_key, offload)
    audit = build_audit(settings, client, keys, clock, core.database, offload, worker_id)
    accounts = build_accounts(
        settings,
        client,
        keys,
        clock,
        core.database,
        core.passwords,
        server_key,
        throttling,
        audit,
        slack_ms=slack_ms,
    )
    sms = simulation.outbox if simulation and not settings.sms_webhook_url else configured_sms(settings)
    registration = build_registration(
        settings,
        client,
        keys,
        clock,
        core.database,
        core.passwords,
        server_key,
        sms,
        simulation.faces if simulation else NoFaces(),
        throttling,
        audit,
        accounts,
    )
    pairing = build_pairing(
        settings,
        client,
        keys,
        clock,
        core.database,
        server_key,
        throttling,
        audit,
        accounts,
        offload,
        public,
        worker_id,
        slack_ms=slack_ms,
    )
    cut_over = CutOver(clock, settings, core.simulation_state)
    units = build_units(
        settings,
        client,
        keys,
        clock,
        core.database,
        core.passwords,
        server_key,
        throttling,
        audit,
        accounts,
        registration.sms,
        pairing,
        cut_over,
    )
    oauth = build_oauth(
        settings,
        client,
        keys,
        clock,
        core.database,
        server_key,
        accounts,
        pairing,
        units.service,
        offload,
        public,
        slack_ms=slack_ms,
    )
    draining = pairing.service.draining
    pairing.push.on_message.append(audit.inbox.hear)
    audit.inbox.draining = draining

    read_metrics = pool_metrics(core.database, client, core.control_redis)
    rooms = [
        *accounts.routers,
        *registration.routers,
        *pairing.routers,
        *units.routers,
        *oauth.routers,
        accounts.inbox_router,
        ops.router(Readiness.of_worker(client, keys, draining, pairing.push, core.database), read_metrics),
    ]
    app = make_app("Scan-to-login gateway", clock, rooms, body_bytes=settings.body_bytes, openapi_url="/openapi.json")
    app.register_blueprint(docs_blueprint(simulation=settings.sim))
    app.register_blueprint(
        pages_blueprint(
            public=public,
            simulation=settings.sim,
            cut_over=cut_over,
            phone_login=pairing.targeted.on,
            remembers=pairing.remembered.on,
            traces=tracing is not None,
        )
    )
    app.add_url_rule("/asyncapi.json", "asyncapi", lambda: ops.asyncapi(VERSION, NAMESPACE, EVENTS))

    sockets = make_sockets(
        app,
        admits=lambda origin, environ: public.admits(origin, environ.get("HTTP_HOST", "")),
        packet_bytes=settings.body_bytes,
        ping_interval=settings.ping_interval_seconds,
        ping_timeout=settings.ping_timeout_seconds,
        websocket_only=settings.workers > 1,
        connect_deadline=settings.connect_deadline_seconds,
    )
    fast_path = FastPath(rooms, clock, body_bytes=settings.body_bytes)
    app.wsgi_app = fast_path.before(app.wsgi_app)  # type: ignore[assignment,method-assign]
    if simulation is not None:
        of_units = simulation.unit_routers(core.database, accounts, units)
        clients = simulation.oauth_router(oauth)
        seeds = SeedExport(core.database, clock, core.passwords, accounts.locks, cut_over)
        simulation.install(
            app, throttling.captchas, accounts, registration, pairing, seeds, server.cut_connection, *of_units, clients
        )

    observed: SocketServer = ObservedSockets(tracing.sockets(sockets.server) if tracing else sockets.server)
    PairingSockets(
        simulation.sockets(observed, cut_socket) if simulation else observed,
        pairing.service,
        pairing.targeted,
        pairing.remembered,
        settings,
    )
    answers = tracing.requests(app, fast_path.answer) if tracing else fast_path.answer
    cors = Cors(public, OPEN_PATHS)
    app.wsgi_app = draining.watch(cors.before(app.wsgi_app))  # type: ignore[assignment,method-assign]
    plain = draining.watch_plain(cors.before_plain(answers)) if simulation is None else None
    metrics.tell_build(VERSION)
    shown = shown_to_others(read_metrics) if settings.workers > 1 else None
    measures = [loop for loop in (shown, replica_count(client)) if loop]
    return Gateway(
        core,
        accounts,
        app,
        sockets,
        pairing.push,
        audit,
        draining,
        oauth.backchannel,
        oauth.notifications,
        simulation,
        measures,
        plain,
        tracing,
    )

"""The gateway's processes: a private Redis if no URL names one, one worker here, or several behind one port."""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pydantic import SecretStr

from gateway.bootstrap import Gateway, build_gateway
from gateway.commands.preparation import belonging_of, prepare, settle_in
from gateway.commands.pruning import build_pruner
from gateway.commands.running import Addresses, Running
from gateway.config import Settings, env_name
from gateway.core import Core, InitialSeed, build_core
from gateway.foundation.background import Loop
from gateway.foundation.database import schema
from gateway.foundation.database.engine import Database
from gateway.foundation.descriptors import left_for_connections, raise_limit
from gateway.foundation.redis.connect import check
from gateway.foundation.telemetry.log_events import LogEvent
from gateway.foundation.telemetry.logs import log
from gateway.foundation.telemetry.masking import shown_url
from gateway.http.app import VERSION
from gateway.server import frames, server
from gateway.server.actor_process import actor_process
from gateway.server.listeners import adopt, listen
from gateway.server.offload import offload
from gateway.server.redis.private import PrivateRedis
from gateway.server.service_manager import ServiceManager
from gateway.server.supervisor import Supervisor
from gateway.server.worker_process import ALIVE, BEAT_VARIABLE, LEAVING, READY, say
from scan_to_login.errors import StartupError
from scan_to_login.processes import raise_if_a_signal_came

READY_SECONDS = 20.0
ACTORS_VARIABLE = "SCAN_TO_LOGIN_ACTORS"  # from the first process to its workers: the socket of the actors' process


@contextmanager
def redis_for(settings: Settings, running: Running) -> Iterator[tuple[Settings, Callable[[], None]]]:
    """The settings with a Redis, and a function that waits for it.

    It is the Redis of the URL, or a private one that lives as long as this block. Both raise StartupError if there is
    none.
    """
    if url := settings.redis_url.get_secret_value():
        from gateway.foundation.redis.connect import connect

        client = connect(url, connections=2, timeout=settings.redis_timeout_seconds, key=settings.redis_prefix)
        try:
            check(client, shown_url(url))
        finally:
            client.close()
        yield settings, lambda: None
        return
    private = PrivateRedis(settings.data_dir / "redis")
    running.redis = private

    def answers() -> None:
        private.complete()
        private.supervise(running.tell)

    try:
        private.begin()
        yield settings.model_copy(update={"redis_url": SecretStr(private.url)}), answers
    finally:
        private.stop()


@contextmanager
def running_here(
    settings: Settings,
    core: Core,
    descriptor: int | None = None,
    *,
    actors: str = "",
    before_start: Callable[[], None] = lambda: None,
) -> Iterator[tuple[server.Server, Gateway, Addresses]]:
    """A worker in this process, listening and receiving pushes, ready to run: (server, gateway, its addresses).

    ``descriptor`` is the listening socket that it shares with its predecessor and its successor, if it does.
    ``actors`` is the socket of the actors' process.
    ``before_start`` is called after the wiring and before the first command to Redis.
    """
    limit = raise_limit()
    listener = listen(settings.host, settings.port, shared=False) if descriptor is None else adopt(descriptor)
    addresses = Addresses.of(settings, listener.getsockname()[1])
    gateway = build_gateway(core, addresses.url, offload, actors)
    before_start()
    gateway.start()
    pruner = build_pruner(core, belonging_of(core), gateway.push.worker_id)
    pruner.start()
    try:
        if not gateway.push.wait_until_listening(READY_SECONDS):
            raise StartupError("redis.no_subscription")
        web = server.Server(
            listener,
            gateway.app,
            plain=gateway.plain,
            trusted_proxies=settings.trusted_proxies,
            tls=(settings.tls_certificate, settings.tls_key) if settings.tls_certificate else None,
            most_connections=left_for_connections(limit, settings.redis_connections),
            connections_per_address=settings.connections_per_address,
            draining=gateway.draining,
            drain_seconds=settings.drain_seconds,
            lame_duck_seconds=settings.lame_duck_seconds,
        )
        # The objects made so far live as long as the process: the collector must not scan them again.
        gc.freeze()
        gc.enable()
        yield web, gateway, addresses
    finally:
        pruner.stop()
        gateway.stop()


def serve_one(settings: Settings, running: Running) -> None:
    """Serve with one worker in this process until SIGTERM or ^C."""
    manager = ServiceManager(os.environ)
    initial_seed = InitialSeed.begin(settings, offload)  # goes on while Redis starts
    with actor_process(settings) as actors, redis_for(settings, running) as (settled, redis_answers):
        core = build_core(settled, offload, initial_seed=initial_seed)
        core.simulation_state.check()  # before anything is changed in it
        schema.bring_up_to_date(core.database)

        def redis_and_seed() -> None:
            redis_answers()
            settle_in(core)
            _tell_start(core)

        address = actors.address if actors else ""
        with running_here(settled, core, actors=address, before_start=redis_and_seed) as (web, _gateway, addresses):
            signal.signal(signal.SIGTERM, web.leave)
            signal.signal(signal.SIGINT, web.stop)
            if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # nohup
                signal.signal(signal.SIGHUP, web.stop)  # its terminal has been closed
            raise_if_a_signal_came()
            if actors:
                actors.begin(*_own_address(settings, web.port))
            running.addresses, running.workers = addresses, [os.getpid()]
            running.database = core.database.shown_url
            running.tell()
            print(running.line(), flush=True)
            log.info(LogEvent.GATEWAY_READY, url=running.addresses.url, workers=running.workers)
            manager.ready(f"one worker at port {web.port}")
            with _beating(manager.alive, manager.watchdog_seconds / 4):
                web.run(manager.stopping)
            log.info(LogEvent.GATEWAY_STOPPING)


def work(settings: Settings, descriptor: int) -> None:
    """Be one of several workers: tell the parent when ready and when leaving; serve until SIGTERM."""
    core = build_core(settings, offload)
    _look_at_schema(core.database)
    actors = os.environ.get(ACTORS_VARIABLE, "")
    with running_here(settings, core, descriptor, actors=actors) as (web, gateway, _addresses):
        # The parent says when all are about to end; one that is told to end by itself has a successor at its socket.
        signal.signal(signal.SIGUSR1, lambda *_: gateway.draining.announce())
        signal.signal(signal.SIGTERM, web.stop)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        raise_if_a_signal_came()
        log.info(LogEvent.WORKER_READY)
        say(READY)
        with _beating(lambda: say(ALIVE), float(os.environ.get(BEAT_VARIABLE, "0"))):
            web.run(lambda: say(LEAVING))


@contextmanager
def _beating(beat: Callable[[], None], seconds: float) -> Iterator[None]:
    """A block in which ``beat`` is called so often, as long as this process's hub turns; never for 0."""
    loop = Loop("beat", beat, every=seconds)
    if seconds:
        loop.start()
    try:
        yield
    finally:
        loop.stop()


def _look_at_schema(database: Database) -> None:
    """Refuse to run with an older schema: the program may have been replaced since the parent started.

    An older program works with a newer schema: migrations expand before they contract (docs/deployment.md).
    """
    if schema.is_newer(database):
        log.warning(LogEvent.SCHEMA_NEWER, revision=schema.revision_of(database))
    else:
        schema.check(database)


def serve_several(settings: Settings, running: Running) -> None:
    """Serve with several workers on one port; restarts a worker that dies."""
    manager = ServiceManager(os.environ)
    with contextlib.closing(_reserved(settings.host, settings.port)) as reservation:
        port = reservation.getsockname()[1]
        initial_seed = InitialSeed.begin(settings, offload)
        with actor_process(settings) as actors, redis_for(settings, running) as (settled, redis_answers):
            fixed = settled.model_copy(update={"port": port})
            core = build_core(fixed, offload, initial_seed=initial_seed)
            prepare(core, redis_answers)
            _tell_start(core)
            running.addresses, running.database = Addresses.of(fixed, port), core.database.shown_url
            core.database.close()
            gc.enable()
            told = False

            def tell(workers: list[int]) -> None:
                nonlocal told
                running.workers = workers
                running.tell()
                if not told:
                    told = True
                    print(running.line(), flush=True)
                    log.info(LogEvent.GATEWAY_READY, url=running.addresses.url, workers=workers)

            passed = {ACTORS_VARIABLE: actors.address} if actors else {}
            if actors:
                actors.begin(*_own_address(settings, port))
            Supervisor(fixed, {**os.environ, **_environment(fixed), **passed}, manager).run(tell)


def _tell_start(core: Core) -> None:
    settings = core.settings
    log.info(
        LogEvent.GATEWAY_STARTING,
        version=VERSION,
        compiled=not frames.__file__.endswith(".py"),
        workers=settings.workers,
        simulation=settings.sim,
        database=core.database.shown_url,
        redis=shown_url(settings.redis_url.get_secret_value()),
    )


def _own_address(settings: Settings, port: int) -> tuple[str, str]:
    """The address at which the simulation's own phones and clients call, and the certificate to trust there."""
    if settings.tls_certificate:  # whose name may be the public one
        return Addresses.of(settings, port).url, settings.tls_certificate
    return Addresses.of(settings.model_copy(update={"public_url": ""}), port).url, ""


def _reserved(host: str, port: int) -> socket.socket:
    """A bound socket that does not listen: it reserves the port for the workers and gets none of their connections."""
    reservation = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    reservation.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        probe = socket.socket(reservation.family)
        with contextlib.closing(probe):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))  # without SO_REUSEPORT: another gateway's port is refused here
            port = probe.getsockname()[1]
        reservation.bind((host, port))
    except OSError as error:
        reservation.close()
        raise StartupError("network.port", host=host, port=port, reason=error) from None
    return reservation


def _environment(settings: Settings) -> dict[str, str]:
    """The settings as environment variables for a worker."""
    values: dict[str, str] = {}
    for name in Settings.model_fields:
        value = getattr(settings, name)
        if isinstance(value, SecretStr):
            value = value.get_secret_value()
        elif isinstance(value, tuple):
            value = ",".join(value)
        values[env_name(name)] = str(value)
    return values

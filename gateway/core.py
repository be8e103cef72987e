"""What every process of the gateway has: stores and the simulation's state; ``bootstrap`` builds a worker upon it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from redis import Redis

from gateway.accounts.passwords import Passwords
from gateway.accounts.store import AccountStore
from gateway.accounts.subjects import Subjects
from gateway.accounts.wiring import account_locks
from gateway.config import Settings
from gateway.control.broadcast import Broadcast
from gateway.control.clock.clock_control import ClockControl
from gateway.control.seed.loader import Hashes, SeedLoader, lock_seeded
from gateway.control.seed.ownership import Ownership
from gateway.control.seed.simulation_state import SimulationState
from gateway.foundation.clock import Clock
from gateway.foundation.database.dialects import DatabaseAddress, sqlite_url
from gateway.foundation.database.engine import Database
from gateway.foundation.keys import Keys
from gateway.foundation.offload import Offload
from gateway.foundation.redis.connect import connect
from gateway.foundation.secrets import ServerKey, load_server_key
from gateway.server.redis.client import fast_redis, same_line
from scan_to_login.seed import Seed, load_seed


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
        return cls(
            load_seed(settings.seed) if settings.seed else Seed(),
            Hashes(Passwords(offload), light=settings.sim),
        )

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


def server_key_of(settings: Settings) -> ServerKey:
    """The server key, with those before it. Raises StartupError."""
    previous = settings.server_key_previous.get_secret_value()
    return load_server_key(settings.server_key.get_secret_value(), settings.data_dir, previous)

"""Faults of a serving gateway, in the order of a seed."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, Self

import redis
import requests

from scan_to_login.testing.live import LiveGateway
from tests.history import Fault
from tests.integration.machine import alive

BACK_WITHIN_SECONDS: Final = 60.0
QUIET_SECONDS: Final = (0.5, 2.5)  # between two faults
TICK_SECONDS: Final = 0.5
STEP_SECONDS: Final = 30  # of a one-time code
ROOM_BYTES: Final = 1_048_576
READY_IN_A_ROW: Final = 6  # answers over connections of their own, so that every worker has given some


class Metronome:
    """Moves the gateway's clock on by one step of a one-time code, again and again, so that phones have fresh codes."""

    def __init__(self, url: str, *, verify: bool | str = True) -> None:
        self._url = url
        self._verify = verify
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name="metronome", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join()

    def move(self, seconds: float) -> None:
        """Move the clock, backwards for a negative span; a gateway that does not answer is left as it is."""
        with contextlib.suppress(requests.RequestException):
            now = requests.get(f"{self._url}/sim/v1/clock", timeout=5, verify=self._verify)
            if now.ok:
                body = {"now": int(now.json()["now"] + seconds * 1000)}
                requests.put(f"{self._url}/sim/v1/clock", json=body, timeout=5, verify=self._verify)

    def _work(self) -> None:
        while not self._stopping.wait(TICK_SECONDS):
            with contextlib.suppress(requests.RequestException):
                requests.post(
                    f"{self._url}/sim/v1/clock/advance",
                    json={"seconds": STEP_SECONDS},
                    timeout=5,
                    verify=self._verify,
                )


class Chaos:
    """Breaks one thing after the other and waits until the gateway serves again."""

    def __init__(
        self, gateway: LiveGateway, metronome: Metronome, *, seed: int, disk: Path | None, verify: bool | str = True
    ) -> None:
        """``disk`` is the small file system on which the gateway keeps its data, or None where none could be made."""
        self.faults: list[Fault] = []
        self._gateway = gateway
        self._metronome = metronome
        self._choices = random.Random(seed)
        self._disk = disk
        self._verify = verify
        kinds: dict[str, Callable[[], None]] = {
            "kill Redis": self._kill_redis,
            "stop a worker": self._stop_worker,
            "stop Redis": self._stop_redis,
            "cut the subscriptions": self._cut_subscriptions,
            "Redis out of memory": self._out_of_memory,
            "clock forward": lambda: self._metronome.move(90),
            "clock back": lambda: self._metronome.move(-45),
        }
        if len(gateway.ready["workers"]) > 1:
            kinds |= {
                "kill a worker": self._kill_worker,
                "kill Redis and a worker": self._kill_both,
                "SIGHUP": self._replace_workers,
                "SIGTERM to a worker": self._end_worker,
            }
        else:  # it is one process, and its Redis ends with it
            kinds |= {
                "kill the gateway": lambda: self._begin_again(signal.SIGKILL),
                "SIGTERM to the gateway": lambda: self._begin_again(signal.SIGTERM),
            }
        if disk is not None:
            kinds["disk full"] = self._fill_disk
        self._kinds = kinds
        self._bag: list[str] = []
        self._under_way = ("", 0.0)

    def story(self) -> str:
        """The last faults and the one under way, with their times: what to read first when a history fails."""
        now = time.monotonic()
        done = [f"{one.name} from {one.began - now:.1f} to {one.healed - now:.1f} s" for one in self.faults[-4:]]
        name, began = self._under_way
        return "; ".join([*done, f"{name} since {began - now:.1f} s" if name else "none under way"])

    @property
    def kinds(self) -> Counter[str]:
        """The count of each kind of fault."""
        return Counter(fault.name for fault in self.faults)

    @property
    def complete(self) -> bool:
        """Whether every kind of fault has happened at least once."""
        return set(self.kinds) == set(self._kinds)

    def break_something(self) -> Fault:
        """One fault, of the kind that the seed chooses (each kind once in a round), until the gateway serves again."""
        if not self._bag:
            self._bag = list(self._kinds)
            self._choices.shuffle(self._bag)
        name = self._bag.pop()
        began = time.monotonic()
        self._under_way = (name, began)
        self._kinds[name]()
        self._until_serving()
        fault = Fault(name, began, time.monotonic())
        self._under_way = ("", 0.0)
        self.faults.append(fault)
        return fault

    def quiet(self) -> float:
        """Seconds until the next fault."""
        return self._choices.uniform(*QUIET_SECONDS)

    # -- the faults

    def _worker(self) -> int:
        return int(self._choices.choice(sorted(self._gateway.reread()["workers"])))

    def _redis_pid(self) -> int:
        return int(self._gateway.reread()["redis"]["pid"])

    def _kill_worker(self) -> None:
        self._signal(self._worker(), signal.SIGKILL)

    def _kill_redis(self) -> None:
        self._signal(self._redis_pid(), signal.SIGKILL)

    def _kill_both(self) -> None:
        worker = self._worker()
        self._signal(self._redis_pid(), signal.SIGKILL)
        self._signal(worker, signal.SIGKILL)

    def _stop_worker(self) -> None:
        self._stopped(self._worker())

    def _stop_redis(self) -> None:
        self._stopped(self._redis_pid())

    def _stopped(self, pid: int) -> None:
        self._signal(pid, signal.SIGSTOP)
        time.sleep(self._choices.uniform(0.5, 2.5))
        self._signal(pid, signal.SIGCONT)

    def _replace_workers(self) -> None:
        before = set(self._gateway.reread()["workers"])
        self._signal(self._gateway.pid, signal.SIGHUP)
        _until("all workers are new", lambda: not before & set(self._gateway.reread()["workers"]))

    def _end_worker(self) -> None:
        worker = self._worker()
        self._signal(worker, signal.SIGTERM)
        _until("the worker is replaced", lambda: worker not in self._gateway.reread()["workers"])

    def _begin_again(self, number: int) -> None:
        """End the whole gateway, and start it on its data, at its old port."""
        self._gateway.stop(number)
        self._gateway.start()

    def _cut_subscriptions(self) -> None:
        with self._redis() as client, contextlib.suppress(redis.RedisError):
            client.client_kill_filter(_type="pubsub")
            client.client_kill_filter(_type="normal", skipme=True)

    def _out_of_memory(self) -> None:
        with self._redis() as client:
            try:
                client.config_set("maxmemory", "1")
                time.sleep(self._choices.uniform(0.3, 1.5))
            finally:
                client.config_set("maxmemory", "0")

    def _fill_disk(self) -> None:
        assert self._disk is not None
        filler = self._disk / "filler"
        with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
            while file.write(b"\0" * 65_536):
                pass
        with contextlib.suppress(redis.RedisError), self._redis() as client:
            client.bgrewriteaof()  # the dangerous moment: a new base file that does not fit
        time.sleep(self._choices.uniform(0.5, 2.0))
        if self._choices.random() < 0.3:
            # Changes acknowledged while the disk filled up are in its memory alone until there is room
            # (docs/deployment.md): with a little of it Redis writes that, and is killed on a disk that is all but full.
            os.truncate(filler, filler.stat().st_size - ROOM_BYTES)
            _until("Redis has written what it has acknowledged", lambda: self._unwritten() == 0)
            self._signal(self._redis_pid(), signal.SIGKILL)
        filler.unlink()

    def _unwritten(self) -> int:
        with self._redis() as client:
            return int(client.info("persistence")["aof_buffer_length"])

    @contextlib.contextmanager
    def _redis(self) -> Iterator[Any]:
        with redis.Redis.from_url(self._gateway.reread()["redis"]["url"], socket_timeout=5) as client:
            yield client

    @staticmethod
    def _signal(pid: int, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):  # it has been replaced by itself meanwhile
            os.kill(pid, number)

    # -- until it is over

    def _until_serving(self) -> None:
        def serves() -> bool:
            ready = self._gateway.reread()
            if not all(alive(pid) for pid in [*ready["workers"], ready["redis"]["pid"]]):
                return False
            for _ in range(READY_IN_A_ROW):
                answer = requests.get(
                    f"{self._gateway.url}/readyz", headers={"Connection": "close"}, timeout=5, verify=self._verify
                )
                if not answer.ok:
                    return False
            return True

        _until("the gateway serves again", serves)


def _until(what: str, holds: Callable[[], bool]) -> None:
    """Ask again and again until it holds: processes that come and go do not tell by themselves."""
    end = time.monotonic() + BACK_WITHIN_SECONDS
    while time.monotonic() < end:
        with contextlib.suppress(OSError, ValueError, requests.RequestException, redis.RedisError):
            if holds():
                return
        time.sleep(0.05)
    raise AssertionError(f"not within {BACK_WITHIN_SECONDS:.0f} s: {what}")


@contextlib.contextmanager
def small_disk(folder: Path, mebibytes: int) -> Iterator[Path | None]:
    """A file system of that size at ``folder``; None if this machine allows no mount."""
    folder.mkdir()
    options = ["-t", "tmpfs", "-o", f"size={mebibytes}m,mode=700", "tmpfs", str(folder)]
    mounted = subprocess.run(["mount", *options], capture_output=True, check=False).returncode == 0
    try:
        yield folder if mounted else None
    finally:
        if mounted:
            subprocess.run(["umount", "--lazy", str(folder)], check=False)

"""Several workers behind one port: starts them, replaces dead ones, restarts them one by one, ends them.

The parent holds a listening socket for each worker and passes it on. So a connection that a worker has not accepted yet
is not lost with the worker: it waits for the next worker on the same socket.

It watches workers alone: the private Redis is started again by ``gateway.server.redis.private``. It tells the service's
manager that the gateway is alive only while its workers say that they are.
"""

from __future__ import annotations

import contextlib
import signal
import subprocess
import threading
import time
from collections.abc import Collection
from typing import Any

from prometheus_client import multiprocess

from gateway.config import Settings
from gateway.foundation.background import Loop
from gateway.foundation.telemetry.log_events import LogEvent
from gateway.foundation.telemetry.logs import log
from gateway.foundation.telemetry.worker_metrics import publish_workers
from gateway.foundation.temporary_folders import TemporaryFolder
from gateway.server.listeners import listen
from gateway.server.service_manager import ServiceManager
from gateway.server.worker_process import BEAT_VARIABLE, Worker, hear, launch
from scan_to_login.errors import StartupError
from scan_to_login.processes import SignalBell, raise_if_a_signal_came

# Whoever has something to say wakes it: a worker, its end, a signal. It looks this often only while a worker ends.
LOOK_SECONDS = 0.05
LONGEST_LOOK_SECONDS = 30.0
# A worker that dies is started again after the first of these pauses. It doubles up to the second one for a worker that
# dies again within the third, or that cannot be started.
RESPAWN_SECONDS = 0.2
LONGEST_RESPAWN_SECONDS = 5.0
STEADY_SECONDS = 10.0
# Beyond its own limit for draining, a worker that does not end is ended.
PATIENCE_SECONDS = 5.0
# So often in the watchdog's time a worker says that it is alive, and twice less often the manager is told.
BEATS = 8


class Supervisor:
    """Keeps one worker at each listener until SIGTERM or ^C; on SIGHUP replaces each by a new one."""

    def __init__(self, settings: Settings, environment: dict[str, str], manager: ServiceManager) -> None:
        self._settings = settings
        self._manager = manager
        self._patience = settings.drain_seconds + PATIENCE_SECONDS
        self._environment = environment
        if manager.watchdog_seconds:
            self._environment = {**environment, BEAT_VARIABLE: str(manager.watchdog_seconds / BEATS)}
        self._alive_at = 0.0  # when the manager is told next
        self._listeners: list[Any] = []
        self._workers: list[Worker] = []
        self._leaving: list[Worker] = []
        self._untold = False
        self._reloading = False
        self._pauses: dict[int, float] = {}  # by place: how long the last worker there was waited for
        self._signals: list[int] = []  # those that tell it to end
        self._stopping = threading.Event()
        self._renewing = threading.Event()
        self._bell = SignalBell()

    def run(self, tell: Any) -> None:
        """Supervise; ``tell`` is called with the workers' process ids when all are ready, and after each change."""
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self._told_to_end)
        signal.signal(signal.SIGHUP, lambda *_: self._renewing.set())
        raise_if_a_signal_came()
        with self._bell, TemporaryFolder("metrics-") as metrics:
            self._environment = {**self._environment, "PROMETHEUS_MULTIPROC_DIR": str(metrics.path)}
            try:
                for _ in range(self._settings.workers):
                    self._listeners.append(listen(self._settings.host, self._settings.port, shared=True))
                    self._workers.append(self._launch(len(self._workers)))
                if not all(self._becomes_ready(worker) for worker in self._workers):
                    return
                self._publish()
                tell(self.pids)
                self._tell_ready()
                # A worker that cannot be started (no memory, no descriptor) or a disk without room for the ready file
                # must not end those that serve.
                looking = Loop("supervisor", lambda: self._look_and_tell(tell), longest_pause=1.0)
                while not self._stopping.is_set():
                    looking.round()
                self._manager.stopping()
                self._be_lame_duck()
                log.info(LogEvent.GATEWAY_STOPPING)
            finally:
                self._end()

    @property
    def pids(self) -> list[int]:
        """Process ids of the workers that serve."""
        return [worker.process.pid for worker in self._workers]

    def _told_to_end(self, number: int, _frame: Any) -> None:
        self._signals.append(number)
        self._stopping.set()

    def _be_lame_duck(self) -> None:
        """Have all workers announce their end, and serve until proxies have noticed; ^C does not wait."""
        if self._signals != [signal.SIGTERM] or not self._settings.lame_duck_seconds:
            return
        log.info(LogEvent.GATEWAY_LEAVING, seconds=self._settings.lame_duck_seconds)
        until = time.monotonic() + self._settings.lame_duck_seconds
        for worker in self._workers:
            worker.process.send_signal(signal.SIGUSR1)
        while self._signals == [signal.SIGTERM] and (left := until - time.monotonic()) > 0:
            self._listen(within=left)

    def _look_and_tell(self, tell: Any) -> None:
        self._untold = self._look() or self._untold
        try:
            if self._untold:
                tell(self.pids)
                self._untold = False
        finally:
            if self._reloading:  # the manager hears of it after the ready file, and also where that cannot be written
                self._reloading = False
                self._tell_ready()

    def _look(self) -> bool:
        """Read the workers' messages, and replace those that leave or have died; whether there was any."""
        self._listen()
        changed = False
        for index, worker in enumerate(self._workers):
            if worker.ended:
                self._forget_gauges(worker)  # now: it may take a while until another one can be started
                if self._stopping.is_set():
                    return changed
                changed = self._start_again(index, worker) or changed
            elif worker.leaving and not self._stopping.is_set():
                worker.leaving = False
                # It was told to end, and not by us: its place is taken while it drains.
                changed = self._replace(index) or changed
        self._reap()
        if self._renewing.is_set():
            self._renewing.clear()
            log.info(LogEvent.GATEWAY_RELOADING, workers=self.pids)
            self._reloading = True
            self._manager.reloading()
            renewed = self._renew()
            (log.info if renewed == len(self._workers) else log.warning)(LogEvent.GATEWAY_RELOADED, workers=self.pids)
            changed = renewed > 0 or changed
        return changed

    def _listen(self, *starting: Worker, within: float = LONGEST_LOOK_SECONDS) -> None:
        """Wait for what workers say, or for what is due; tell the manager that the gateway is alive if they all are."""
        hear([*self._workers, *self._leaving, *starting], self._bell, min(self._seconds_left(starting), within))
        now, watchdog = time.monotonic(), self._manager.watchdog_seconds
        if not watchdog or now < self._alive_at:
            return
        living = [worker for worker in self._workers if not worker.ended]
        if living and all(now - worker.heard_at < watchdog / 2 for worker in living):
            self._alive_at = now + 2 * watchdog / BEATS
            self._manager.alive()

    def _seconds_left(self, starting: Collection[Worker]) -> float:
        """Until the next look is due; next to none while there is something to do that nothing will wake it for again.

        It may have read a word or a signal while it waited for another worker.
        """
        unsettled = [*self._leaving, *starting, *(worker for worker in self._workers if worker.again_at is None)]
        to_do = self._untold or self._reloading or self._renewing.is_set()
        if to_do or any(worker.silent for worker in unsettled) or any(worker.leaving for worker in self._workers):
            return LOOK_SECONDS
        due = [worker.again_at for worker in self._workers if worker.again_at is not None]
        due += [(worker.leaving_since or 0) + self._patience for worker in self._leaving]
        return max(min(due, default=float("inf")) - time.monotonic(), LOOK_SECONDS)

    def _tell_ready(self) -> None:
        self._manager.ready(f"{len(self._workers)} workers at port {self._settings.port}")

    def _start_again(self, index: int, dead: Worker) -> bool:
        """Start a worker in the place of a dead one, after its pause; whether that was done."""
        if dead.again_at is None:
            self._postpone(index, dead, afresh=time.monotonic() - dead.started_at > STEADY_SECONDS)
        if time.monotonic() < (dead.again_at or 0):
            return False
        if self._replace(index):
            return True
        self._postpone(index, dead, afresh=False)
        return False

    def _postpone(self, index: int, dead: Worker, *, afresh: bool) -> None:
        last = 0.0 if afresh else self._pauses.get(index, 0.0)
        pause = self._pauses[index] = min(max(2 * last, RESPAWN_SECONDS), LONGEST_RESPAWN_SECONDS)
        dead.again_at = time.monotonic() + pause
        log.warning(LogEvent.WORKER_DIED, died=dead.process.pid, exit=dead.process.returncode, pause=pause)

    def _renew(self) -> int:
        """Replace workers one by one, and return how many have been:

        a new worker is ready before the old one must leave, and the old one ends before the next.
        """
        for index, old in enumerate(self._workers):
            if self._stopping.is_set() or not self._replace(index):
                return index
            old.process.terminate()
            while not old.ended and old in self._leaving and not self._stopping.is_set():
                self._listen()
                self._reap()
        return len(self._workers)

    def _replace(self, index: int) -> bool:
        """Put a new worker in the place of one; if none can be started, the old one stays if possible."""
        old = self._workers[index]
        new = self._launch(index)
        try:
            if not self._becomes_ready(new):
                self._leaving.append(new)
                return False
        except StartupError as error:
            log.error(LogEvent.WORKER_NOT_REPLACED, kept=old.process.pid, error=str(error))
            self._discard(new)
            return False
        self._workers[index] = new
        self._publish()
        old.leaving_since = time.monotonic()
        self._leaving.append(old)
        self._reap()
        return True

    def _reap(self) -> None:
        for worker in list(self._leaving):
            if not worker.ended and time.monotonic() - (worker.leaving_since or 0) > self._patience:
                log.warning(LogEvent.WORKER_KILLED, killed=worker.process.pid)
                worker.process.kill()
                worker.process.wait()
            if worker.ended:
                self._leaving.remove(worker)
                self._discard(worker)

    def _discard(self, worker: Worker) -> None:
        worker.close()
        self._forget_gauges(worker)

    def _forget_gauges(self, worker: Worker) -> None:
        """The gauges of a worker (sockets, watched tickets) go with it; its counters stay in the sums."""
        multiprocess.mark_process_dead(  # type: ignore[no-untyped-call]
            worker.process.pid, self._environment["PROMETHEUS_MULTIPROC_DIR"]
        )

    def _publish(self) -> None:
        """Let `/metrics` know the workers; a full disk is no reason to end."""
        with contextlib.suppress(OSError):
            publish_workers(self._environment["PROMETHEUS_MULTIPROC_DIR"], self.pids)

    def _launch(self, index: int) -> Worker:
        return launch(self._listeners[index].fileno(), index, self._environment)

    def _becomes_ready(self, worker: Worker) -> bool:
        """Wait until a new worker serves; False if the supervisor has to end first. Raises StartupError.

        A worker without a Redis takes its time to give up, and so would each further one.
        """
        while not self._stopping.is_set():
            if worker.ready:  # before any waiting: it may have said so beside another one
                return True
            if worker.silent:
                raise StartupError("process.worker", process=worker.process.pid)
            self._listen(worker)
        return False

    def _end(self) -> None:
        """End all at once: there is no other worker to move to."""
        # The workers have their own ends of them: nothing may queue where nobody accepts any more.
        for listener in self._listeners:
            listener.close()
        everyone = [*self._workers, *self._leaving]
        for worker in everyone:
            with contextlib.suppress(ProcessLookupError):
                worker.process.terminate()
        deadline = time.monotonic() + self._patience
        for worker in everyone:
            try:
                worker.process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                log.warning(LogEvent.WORKER_KILLED, killed=worker.process.pid)
                worker.process.kill()
            self._discard(worker)

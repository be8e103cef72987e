"""Several workers behind one port: starts them, replaces dead ones, restarts them one by one, ends them.

The parent holds a listening socket for each worker and passes it on. So a connection that a worker has not accepted yet
is not lost with the worker: it waits for the next worker on the same socket.

It watches workers alone: the private Redis is started again by ``gateway.server.redis.private``.
"""

from __future__ import annotations

import contextlib
import io
import select
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from prometheus_client import multiprocess

from gateway.config import Settings
from gateway.foundation.background import Loop
from gateway.foundation.telemetry.log_events import LogEvent
from gateway.foundation.telemetry.logs import log
from gateway.foundation.telemetry.worker_metrics import publish_workers
from gateway.foundation.temporary_folders import TemporaryFolder
from gateway.server.listeners import listen
from scan_to_login.errors import StartupError
from scan_to_login.processes import raise_if_a_signal_came, start

LOOK_SECONDS = 0.05
# A worker that dies is started again after the first of these pauses. It doubles up to the second one for a worker that
# dies again within the third, or that cannot be started.
RESPAWN_SECONDS = 0.2
LONGEST_RESPAWN_SECONDS = 5.0
STEADY_SECONDS = 10.0
# Beyond its own limit for draining, a worker that does not end is ended.
PATIENCE_SECONDS = 5.0
READY = "ready"
LEAVING = "leaving"


@dataclass(slots=True)
class Worker:
    """One worker's process."""

    process: subprocess.Popen[str]
    started_at: float = field(default_factory=time.monotonic)
    leaving_since: float | None = None
    again_at: float | None = None  # once it has died: when another is tried in its place

    @property
    def ended(self) -> bool:
        """Whether the process has ended."""
        return self.process.poll() is not None


class Supervisor:
    """Keeps one worker at each listener until SIGTERM or ^C; on SIGHUP replaces each by a new one."""

    def __init__(self, settings: Settings, environment: dict[str, str]) -> None:
        self._settings = settings
        self._environment = environment
        self._listeners: list[Any] = []
        self._workers: list[Worker] = []
        self._leaving: list[Worker] = []
        self._untold = False
        self._pauses: dict[int, float] = {}  # by place: how long the last worker there was waited for
        self._signals: list[int] = []  # those that tell it to end
        self._stopping = threading.Event()
        self._renewing = threading.Event()

    def run(self, tell: Any) -> None:
        """Supervise; ``tell`` is called with the workers' process ids when all are ready, and after each change."""
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self._told_to_end)
        signal.signal(signal.SIGHUP, lambda *_: self._renewing.set())
        raise_if_a_signal_came()
        with TemporaryFolder("metrics-") as metrics:
            self._environment = {**self._environment, "PROMETHEUS_MULTIPROC_DIR": str(metrics.path)}
            try:
                for _ in range(self._settings.workers):
                    self._listeners.append(listen(self._settings.host, self._settings.port, shared=True))
                    self._workers.append(self._launch(len(self._workers)))
                if not all(self._becomes_ready(worker) for worker in self._workers):
                    return
                self._publish()
                tell(self.pids)
                # A worker that cannot be started (no memory, no descriptor) or a disk without room for the ready file
                # must not end those that serve.
                looking = Loop("supervisor", lambda: self._look_and_tell(tell), longest_pause=1.0)
                while not self._stopping.is_set():
                    looking.round()
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
        while self._signals == [signal.SIGTERM] and time.monotonic() < until:
            time.sleep(LOOK_SECONDS)

    def _look_and_tell(self, tell: Any) -> None:
        self._untold = self._look() or self._untold
        if self._untold:
            tell(self.pids)
            self._untold = False

    def _look(self) -> bool:
        """Read the workers' messages, and replace those that leave or have died; whether there was any."""
        heard, _, _ = select.select(
            [one.process.stdout for one in self._workers if one.process.stdout and not one.ended], [], [], LOOK_SECONDS
        )
        changed = False
        for index, worker in enumerate(self._workers):
            if worker.ended:
                self._forget_gauges(worker)  # now: it may take a while until another one can be started
                if self._stopping.is_set():
                    return changed
                changed = self._start_again(index, worker) or changed
            elif worker.process.stdout in heard and worker.process.stdout.readline() and not self._stopping.is_set():
                # It was told to end, and not by us: its place is taken while it drains.
                changed = self._replace(index) or changed
        self._reap()
        if self._renewing.is_set():
            self._renewing.clear()
            log.info(LogEvent.GATEWAY_RELOADING, workers=self.pids)
            renewed = self._renew()
            (log.info if renewed == len(self._workers) else log.warning)(LogEvent.GATEWAY_RELOADED, workers=self.pids)
            changed = renewed > 0 or changed
        return changed

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
                time.sleep(LOOK_SECONDS)
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
        patience = self._settings.drain_seconds + PATIENCE_SECONDS
        for worker in list(self._leaving):
            if not worker.ended and time.monotonic() - (worker.leaving_since or 0) > patience:
                log.warning(LogEvent.WORKER_KILLED, killed=worker.process.pid)
                worker.process.kill()
                worker.process.wait()
            if worker.ended:
                self._leaving.remove(worker)
                self._discard(worker)

    def _discard(self, worker: Worker) -> None:
        if worker.process.stdout is not None:
            worker.process.stdout.close()
        worker.process.wait()
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
        descriptor = self._listeners[index].fileno()
        process = start(
            [sys.executable, "-m", "gateway", "worker", "--listener", str(descriptor), "--place", str(index)],
            env=self._environment,
            stdout=subprocess.PIPE,
            text=True,
            pass_fds=(descriptor,),
        )
        return Worker(process)

    def _becomes_ready(self, worker: Worker) -> bool:
        """Wait until a new worker serves; False if the supervisor has to end first. Raises StartupError.

        A worker without a Redis takes its time to give up, and so would each further one.
        """
        pipe = worker.process.stdout
        if pipe is None:
            raise RuntimeError("no pipe from the worker")
        while not self._stopping.is_set():
            if not select.select([pipe], [], [], LOOK_SECONDS)[0]:
                continue
            if pipe.readline().strip() != READY:
                raise StartupError("process.worker", process=worker.process.pid)
            return True
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
        deadline = time.monotonic() + self._settings.drain_seconds + PATIENCE_SECONDS
        for worker in everyone:
            try:
                worker.process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                log.warning(LogEvent.WORKER_KILLED, killed=worker.process.pid)
                worker.process.kill()
            self._discard(worker)


def say(word: str) -> None:
    """Send a message from a worker to the supervisor; no error if the supervisor has gone."""
    # Not os.write: under eventlet that waits for ever where the reader is gone.
    with contextlib.suppress(OSError), io.FileIO(sys.stdout.fileno(), "w", closefd=False) as pipe:
        pipe.write(f"{word}\n".encode())

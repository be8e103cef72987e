"""A proxy between a client and its gateway, which a test can cut."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable
from struct import pack


class Line:
    """A TCP line to the gateway that can be cut, kept cut, and made to lose an answer."""

    def __init__(self, upstream: tuple[str, int]) -> None:
        self._upstream = upstream
        self._pairs: set[tuple[socket.socket, socket.socket]] = set()
        self._lock = threading.Lock()
        self._refusing = False
        self._refused = threading.Semaphore(0)
        self._losing: bytes | None = None
        self._loser: tuple[socket.socket, socket.socket] | None = None
        self.lost = threading.Event()
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._run(self._accept)

    def cut(self) -> None:
        """Reset every connection."""
        with self._lock:
            pairs, self._pairs = self._pairs, set()
        for pair in pairs:
            for end in pair:
                with contextlib.suppress(OSError):
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, pack("ii", 1, 0))
                    end.shutdown(socket.SHUT_RDWR)

    def down(self) -> None:
        """Reset every connection, and each new one at once, until ``up``."""
        self._refusing = True
        self.cut()

    def up(self) -> None:
        """Let connections through again."""
        self._refusing = False

    def wait_for_refusals(self, count: int, timeout: float = 15.0) -> None:
        """Wait until so many connections were refused: the fault lasts as long as that takes."""
        for _ in range(count):
            assert self._refused.acquire(timeout=timeout), "the client does not try to come back"

    def lose_answer_to(self, request: bytes) -> None:
        """Pass on the next request that contains these bytes, and cut before its answer gets back."""
        self.lost.clear()
        self._losing = request

    def close(self) -> None:
        """End everything."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()
        for thread in self._threads:
            thread.join()

    def _run(self, target: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            far = socket.create_connection(self._upstream)
            for end in (near, far):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            pair = (near, far)
            # Looked at under the lock that `cut` takes: what connects as the line goes down does not slip through.
            with self._lock:
                refusing = self._refusing
                if not refusing:
                    self._pairs.add(pair)
            if refusing:
                for end in pair:
                    end.close()
                self._refused.release()
                continue
            done = threading.Barrier(2)
            self._run(self._carry, near, far, pair, done, True)
            self._run(self._carry, far, near, pair, done, False)

    def _carry(
        self,
        source: socket.socket,
        target: socket.socket,
        pair: tuple[socket.socket, socket.socket],
        done: threading.Barrier,
        upward: bool,
    ) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if upward and self._losing is not None and self._losing in data:
                    self._losing, self._loser = None, pair
                if not upward and self._loser is pair:
                    # The gateway has answered, so the call has taken effect; its answer is lost.
                    self._loser = None
                    self.lost.set()
                    break
                target.sendall(data)
        for end in pair:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        done.wait()
        if upward:
            with self._lock:
                self._pairs.discard(pair)
            for end in pair:
                end.close()

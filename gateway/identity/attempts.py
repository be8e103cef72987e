"""Attempts at a password: at most so many wrong ones, then a lock (DESIGN.md section 5).

The same for accounts and for units. An attempt is let through *before* its password is evaluated, and
attempts on one subject are evaluated one after the other on all workers: of any number of parallel
wrong passwords, no more are evaluated than the rule allows (SECURITY.md 12).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import redis

from gateway.foundation.clock import Clock
from gateway.foundation.errors import Refusal
from gateway.foundation.keys import Keys
from gateway.foundation.redis import Scripts, redis_faults_as_503
from gateway.foundation.secrets import random_id
from gateway.identity.captchas import CaptchaAnswer, Captchas
from gateway.protocol import Code

LEASE_MS = 15_000  # of real time: an argon2 takes 0.05 s, a queue of them in one worker some seconds
QUEUE_SECONDS = 10.0  # of real time that an attempt waits for those before it
RETENTION_MS = 180 * 86_400_000  # a count that nobody touches for half a year is forgotten
_LOOK_AGAIN_SECONDS = 0.02


class Attempt:
    """One attempt that was let through: call ``right`` or ``wrong`` before the block ends."""

    def __init__(self) -> None:
        self.outcome = "nothing"
        self.known = True  # whether there is such an account or unit
        self.locked_seconds = 0  # after the block: how long the lock lasts that this attempt has brought about

    def right(self) -> None:
        """The password was right: the count is cleared."""
        self.outcome = "right"

    def wrong(self, *, known: bool) -> None:
        """The password was wrong: it counts, and the last one locks. ``known``: whether there is such a subject.

        The count of one that there is not is kept no longer than a lock: anybody can invent any number of them.
        """
        self.outcome = "wrong"
        self.known = known


@dataclass(frozen=True, slots=True)
class Policy:
    """How many wrong passwords lock, for how long (seconds), and with which code a lock refuses."""

    kind: str
    tries: int
    lock_seconds: int
    locked: Code


class Locks:
    """Reads, lifts and sets the locks of one kind of subject."""

    def __init__(self, client: redis.Redis, keys: Keys, clock: Clock, policy: Policy) -> None:
        self._redis = client
        self._keys = keys
        self._clock = clock
        self._policy = policy

    def seconds(self, subject: str) -> int:
        """Seconds that a lock still lasts; 0 for none."""
        with redis_faults_as_503():
            until = self._redis.hget(self._keys.failures(self._policy.kind, subject), "locked_until")
        return max(0, -(-(int(until or 0) - self._clock.now_ms()) // 1000))

    def clear(self, subject: str) -> None:
        """Unlock: after a password reset nothing is left of the count."""
        with redis_faults_as_503():
            self._redis.delete(self._keys.failures(self._policy.kind, subject))

    def lock(self, subject: str) -> None:
        """Lock now, as the last wrong password would: for seeds."""
        key = self._keys.failures(self._policy.kind, subject)
        until = self._clock.now_ms() + self._policy.lock_seconds * 1000
        with redis_faults_as_503():
            self._redis.hset(key, mapping={"locked_until": until, "wrong": 0, "captcha_due": 1})
            self._redis.pexpire(key, RETENTION_MS)


class Attempts:
    """Gates attempts at the passwords of one kind of subject."""

    def __init__(self, client: redis.Redis, keys: Keys, clock: Clock, captchas: Captchas, policy: Policy) -> None:
        self._scripts = Scripts(client, "gateway.identity", ("gateway.identity", "_attempt"))
        self._keys = keys
        self._clock = clock
        self._captchas = captchas
        self._policy = policy
        self._queues = _Queues()

    @contextmanager
    def attempt(self, subject: str, captcha: CaptchaAnswer | None, *, named: str) -> Iterator[Attempt]:
        """A block in which the password of ``subject`` may be evaluated once.

        ``named`` is how the caller named the subject, which a captcha for it is bound to. Raises, before the
        block, ``account_locked`` or ``unit_locked`` with ``retry_after``, ``captcha_required``,
        ``captcha_invalid``, and ``rate_limited`` where too many attempts are waiting; after it
        ``rate_limited`` where the evaluation took too long to count as right.
        """
        with self._queues.turn(subject):
            attempt_id = self._begin(subject, captcha, named)
            attempt = Attempt()
            try:
                yield attempt
            finally:
                ended, attempt.locked_seconds = self._end(subject, attempt_id, attempt)
        if ended == "stale":
            raise Refusal(Code.RATE_LIMITED, "Another attempt came between; try again.", retry_after=1)

    def _begin(self, subject: str, captcha: CaptchaAnswer | None, named: str) -> str:
        attempt_id = random_id()
        give_up_at = time.monotonic() + QUEUE_SECONDS
        while True:
            code, wait_ms = self._scripts.run(
                "begin_attempt",
                [
                    self._keys.failures(self._policy.kind, subject),
                    self._keys.attempt(self._policy.kind, subject),
                    self._keys.captcha(captcha.captcha_id if captcha else "none"),
                ],
                now=self._clock.now_ms(),
                attempt=attempt_id,
                lease=LEASE_MS,
                answer=self._captchas.kept(captcha),
                bound=self._captchas.binding(self._policy.kind, named),
            )
            if code == "ok":
                return attempt_id
            if code == "locked":
                raise Refusal(self._policy.locked, retry_after=-(-int(wait_ms) // 1000))
            if code != "busy":
                raise Refusal(Code(code))
            if time.monotonic() >= give_up_at:
                raise Refusal(Code.RATE_LIMITED, "Too many attempts at once; try again shortly.", retry_after=1)
            # Only another worker can be busy with this subject: within one, the queue is waited for.
            time.sleep(_LOOK_AGAIN_SECONDS)

    def _end(self, subject: str, attempt_id: str, ended: Attempt) -> tuple[str, int]:
        lock_ms = self._policy.lock_seconds * 1000
        code, locked_ms = self._scripts.run(
            "end_attempt",
            [
                self._keys.failures(self._policy.kind, subject),
                self._keys.attempt(self._policy.kind, subject),
                self._keys.attempt("ended", attempt_id),
            ],
            now=self._clock.now_ms(),
            attempt=attempt_id,
            outcome=ended.outcome,
            tries=self._policy.tries,
            lock=lock_ms,
            retention=RETENTION_MS if ended.known else lock_ms,
        )
        return str(code), -(-int(locked_ms) // 1000)


class _Queues:
    """One lock for each subject that somebody of this worker waits for; none for the others."""

    def __init__(self) -> None:
        self._waiting: dict[str, tuple[threading.Lock, int]] = {}
        self._guard = threading.Lock()

    @contextmanager
    def turn(self, subject: str) -> Iterator[None]:
        with self._guard:
            lock, waiting = self._waiting.get(subject, (threading.Lock(), 0))
            self._waiting[subject] = lock, waiting + 1
        try:
            if not lock.acquire(timeout=QUEUE_SECONDS):
                raise Refusal(Code.RATE_LIMITED, "Too many attempts at once; try again shortly.", retry_after=1)
            try:
                yield
            finally:
                lock.release()
        finally:
            with self._guard:
                lock, waiting = self._waiting[subject]
                if waiting == 1:
                    del self._waiting[subject]
                else:
                    self._waiting[subject] = lock, waiting - 1

"""Attempts at a password: after a fixed number of wrong ones the subject is locked (DESIGN.md section 5).

The same code serves accounts and units. A script admits an attempt *before* its password is evaluated, and attempts
under one name are evaluated one after the other on all workers. So parallel wrong passwords, under any names, are
evaluated no more often than the rule allows (SECURITY.md 12). The answer depends on the name's own count alone, so that
nobody learns which names belong to one person (SECURITY.md 35).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import redis

from gateway.accounts.subjects import Subject
from gateway.foundation.clock import Clock
from gateway.foundation.errors import Refusal
from gateway.foundation.keys import Keys
from gateway.foundation.redis.scripts import Scripts, redis_faults_as_503
from gateway.foundation.secrets import random_id
from gateway.foundation.telemetry import metrics
from gateway.throttling.captchas import CaptchaAnswer, Captchas
from scan_to_login.protocol import Code

LEASE_MS = 15_000  # of real time: an argon2 takes 0.05 s, a queue of them in one worker some seconds
QUEUE_SECONDS = 10.0  # of real time that an attempt waits for earlier ones
_LOOK_AGAIN_SECONDS = 0.02
TOLD_FROM = 3  # wrong passwords, from which on the answer tells how many tries are left


class Attempt:
    """An admitted attempt: call ``right`` or ``wrong`` before the block ends.

    If ``evaluated`` is false, the subject is locked under another name. Such an attempt gets the answer for a wrong
    password after the same time, without a look at the password.
    """

    def __init__(self, *, evaluated: bool) -> None:
        self.evaluated = evaluated
        self.outcome = "nothing"
        # after the block
        self.locked_seconds = 0  # the duration of the lock that this attempt caused
        self.told: dict[str, Any] = {}  # what the answer to a wrong password tells beside its code

    def right(self) -> None:
        """The password was right: clear the count."""
        self.outcome = "right"

    def wrong(self) -> None:
        """The password was wrong: count it; the last allowed one locks."""
        self.outcome = "wrong" if self.evaluated else "blind"


@dataclass(frozen=True, slots=True)
class Policy:
    """The number of wrong passwords that locks, the lock's duration (seconds), and the code of its refusal."""

    kind: str
    tries: int
    lock_seconds: int
    locked: Code


class Locks:
    """Reads, removes and sets the locks of one kind of subject."""

    def __init__(self, client: redis.Redis, keys: Keys, clock: Clock, policy: Policy) -> None:
        self._redis = client
        self._keys = keys
        self._clock = clock
        self.policy = policy

    def seconds(self, *counted: str) -> list[int]:
        """The seconds that each account or unit stays locked; 0 for no lock."""
        with redis_faults_as_503(), self._redis.pipeline(transaction=False) as several:
            for subject in counted:
                several.hget(self._keys.failures(self.policy.kind, subject), "closed_until")
            ends = several.execute()
        now = self._clock.now_ms()
        return [max(0, -(-(int(end or 0) - now) // 1000)) for end in ends]

    def clear(self, subject: Subject) -> None:
        """Unlock after a password reset: delete all counts, under every name."""
        with redis_faults_as_503():
            self._redis.delete(*self._all(subject))

    def lock(self, *subjects: Subject) -> None:
        """Lock now under every name, as the last wrong password under each would. For seeds."""
        until = self._clock.now_ms() + self.policy.lock_seconds * 1000
        locked: dict[Any, Any] = {
            "locked_until": until,
            "wrong": 0,
            "captcha_due": 1,
            "closed_until": until,
            "tried": 0,
        }
        with redis_faults_as_503(), self._redis.pipeline(transaction=False) as several:
            for key in (key for subject in subjects for key in self._all(subject)):
                several.hset(key, mapping=locked)
                several.pexpire(key, self.policy.lock_seconds * 1000)
            several.execute()

    def _all(self, subject: Subject) -> list[str]:
        return [self._keys.failures(self.policy.kind, name) for name in (subject.counted, *subject.names)]


class Lockout:
    """Gates attempts at the passwords of one kind of subject."""

    def __init__(self, client: redis.Redis, keys: Keys, clock: Clock, captchas: Captchas, policy: Policy) -> None:
        self._scripts = Scripts(client, "gateway.accounts")
        self._keys = keys
        self._clock = clock
        self._captchas = captchas
        self._policy = policy
        self._queues = _Queues()

    @contextmanager
    def attempt(self, subject: Subject, captcha: CaptchaAnswer | None) -> Iterator[Attempt]:
        """A block that may evaluate the password of ``subject`` once.

        A captcha belongs to the shown name. Before the block it raises ``account_locked`` or ``unit_locked`` with
        ``retry_after``, ``captcha_required``, ``captcha_invalid``, and ``rate_limited`` if too many attempts wait.
        After the block it raises ``rate_limited`` if the evaluation took too long to count as right.
        """
        with self._queues.turn(subject.shown):
            attempt_id = random_id()
            attempt = Attempt(evaluated=self._begin(subject, attempt_id, captcha))
            try:
                yield attempt
            finally:
                ended, attempt.locked_seconds, wrong = self._end(subject, attempt_id, attempt.outcome)
                attempt.told = self._told(attempt.locked_seconds, wrong)
                if attempt.locked_seconds:
                    metrics.LOCKS.labels(self._policy.kind).inc()
        if ended == "stale":
            raise Refusal(Code.RATE_LIMITED, "Another attempt came between; try again.", retry_after=1)

    def _begin(self, subject: Subject, attempt_id: str, captcha: CaptchaAnswer | None) -> bool:
        """Whether to evaluate the attempt."""
        kind, keys = self._policy.kind, self._keys
        give_up_at = time.monotonic() + QUEUE_SECONDS
        while True:
            code, wait_ms = self._scripts.run(
                "begin_attempt",
                [
                    keys.failures(kind, subject.shown),
                    keys.attempt(kind, subject.shown),
                    keys.captcha(captcha.captcha_id if captcha else "none"),
                    keys.failures(kind, subject.counted),
                    keys.pending_attempts(kind, subject.counted),
                ],
                now=self._clock.now_ms(),
                attempt=attempt_id,
                lease=LEASE_MS,
                answer=self._captchas.kept(captcha),
                bound=self._captchas.binding(kind, subject.shown),
                tries=self._policy.tries,
            )
            if code in ("ok", "blind"):
                return bool(code == "ok")
            if code == "locked":
                raise Refusal(self._policy.locked, retry_after=-(-int(wait_ms) // 1000))
            if code != "busy":
                raise Refusal(Code(code))
            if time.monotonic() >= give_up_at:
                raise Refusal(Code.RATE_LIMITED, "Too many attempts at once; try again shortly.", retry_after=1)
            # Only another worker can hold this name: attempts of this worker wait in the queue.
            time.sleep(_LOOK_AGAIN_SECONDS)

    def _told(self, locked_seconds: int, wrong: int) -> dict[str, Any]:
        """The lock as it happens, or the tries that are left, from the third wrong password on (DESIGN.md section 5).

        By the count of the used name alone, like everything that a caller can observe.
        """
        told: dict[str, Any] = {"captcha_required": True}
        if locked_seconds:
            told |= {"locked_for": locked_seconds, "locked_until": self._clock.now_ms() + locked_seconds * 1000}
        elif wrong >= TOLD_FROM:
            told["tries_left"] = self._policy.tries - wrong
        return told

    def _end(self, subject: Subject, attempt_id: str, outcome: str) -> tuple[str, int, int]:
        kind, keys = self._policy.kind, self._keys
        other, other_still = (*subject.others, subject.shown, subject.shown)[:2]
        code, locked_ms, wrong = self._scripts.run(
            "end_attempt",
            [
                keys.failures(kind, subject.shown),
                keys.attempt(kind, subject.shown),
                keys.attempt("ended", attempt_id),
                keys.failures(kind, subject.counted),
                keys.pending_attempts(kind, subject.counted),
                keys.failures(kind, other),
                keys.failures(kind, other_still),
            ],
            now=self._clock.now_ms(),
            attempt=attempt_id,
            outcome=outcome,
            tries=self._policy.tries,
            lock=self._policy.lock_seconds * 1000,
            # As long as the lock, for existing and for unknown names: a different time would tell them apart.
            retention=self._policy.lock_seconds * 1000,
        )
        return str(code), -(-int(locked_ms) // 1000), int(wrong)


class _Queues:
    """One lock for each name with an attempt on this worker, and none for other names."""

    def __init__(self) -> None:
        self._waiting: dict[str, tuple[threading.Lock, int]] = {}
        self._guard = threading.Lock()

    @contextmanager
    def turn(self, name: str) -> Iterator[None]:
        with self._guard:
            lock, waiting = self._waiting.get(name, (threading.Lock(), 0))
            self._waiting[name] = lock, waiting + 1
        try:
            if not lock.acquire(timeout=QUEUE_SECONDS):
                raise Refusal(Code.RATE_LIMITED, "Too many attempts at once; try again shortly.", retry_after=1)
            try:
                yield
            finally:
                lock.release()
        finally:
            with self._guard:
                lock, waiting = self._waiting[name]
                if waiting == 1:
                    del self._waiting[name]
                else:
                    self._waiting[name] = lock, waiting - 1

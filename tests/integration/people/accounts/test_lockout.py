"""Wrong passwords are counted, and locked out, in Redis: for all workers, before anything is evaluated."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis

from gateway.accounts.lockout import Lockout, Locks, Policy
from gateway.accounts.subjects import Subject
from gateway.foundation.clock import Clock
from gateway.foundation.errors import Refusal
from gateway.foundation.keys import Keys
from gateway.foundation.offload import here
from gateway.foundation.secrets import ServerKey
from gateway.throttling.captchas import CaptchaAnswer, Captchas
from scan_to_login.protocol import Code

POLICY = Policy("account", 5, 7200, Code.ACCOUNT_LOCKED)


class World:
    """One account's attempts, as two workers see them."""

    def __init__(self, client: redis.Redis, keys: Keys, clock: Clock, server_key: ServerKey) -> None:
        self.clock = clock
        self.captchas = Captchas(client, keys, clock, server_key, here, seconds=300)
        self.answers: dict[str, str] = {}
        self.captchas.on_issue.append(lambda captcha_id, text, _: self.answers.update({captcha_id: text}))
        self.workers = [Lockout(client, keys, clock, self.captchas, POLICY) for _ in range(2)]
        self.locks = Locks(client, keys, clock, POLICY)
        self.evaluated = 0
        self.names = ("phone", "id_number", "login_name")
        self._count = threading.Lock()

    def captcha(self, bound: str = "a") -> CaptchaAnswer:
        captcha_id = self.captchas.issue(self.captchas.binding("account", bound)).captcha_id
        return CaptchaAnswer(captcha_id, self.answers[captcha_id])

    def attempt(
        self,
        *,
        right: bool,
        captcha: CaptchaAnswer | None = None,
        worker: int = 0,
        subject: str = "a",
        named: str = "",
    ) -> str:
        """``in``, ``wrong``, or the code of the refusal."""
        names = [named or subject, *(name for name in self.names if named and name != named)]
        try:
            with self.workers[worker].attempt(Subject(subject, names[0], tuple(names[1:])), captcha) as attempt:
                with self._count:
                    self.evaluated += attempt.evaluated
                if right and attempt.evaluated:
                    attempt.right()
                else:
                    attempt.wrong()
        except Refusal as refusal:
            return refusal.code
        return "in" if attempt.outcome == "right" else "wrong"

    def move(self, seconds: float) -> None:
        self.clock.apply(self.clock.advanced(round(seconds * 1000)))


@pytest.fixture
def world(client: redis.Redis, keys: Keys, clock: Clock, server_key: ServerKey) -> World:
    return World(client, keys, clock, server_key)


def locked(world: World) -> None:
    for number in range(5):
        assert world.attempt(right=False, captcha=world.captcha() if number else None) == "wrong"


def test_from_the_first_wrong_password_on_a_captcha_is_due_until_a_success(world: World) -> None:
    assert world.attempt(right=False) == "wrong"
    assert world.attempt(right=True) == "captcha_required"
    assert world.attempt(right=True, captcha=world.captcha()) == "in"
    assert world.attempt(right=True) == "in"


def test_a_wrong_captcha_is_not_a_wrong_password(world: World) -> None:
    assert world.attempt(right=False) == "wrong"
    for _ in range(10):
        assert (
            world.attempt(right=False, captcha=CaptchaAnswer(world.captcha().captcha_id, "????")) == "captcha_invalid"
        )
    assert world.attempt(right=True, captcha=world.captcha()) == "in"


def test_a_captcha_is_valid_once_with_any_outcome(world: World) -> None:
    world.attempt(right=False)
    captcha = world.captcha()
    assert world.attempt(right=False, captcha=CaptchaAnswer(captcha.captcha_id, "nope")) == "captcha_invalid"
    assert world.attempt(right=True, captcha=captcha) == "captcha_invalid"
    captcha = world.captcha()
    assert world.attempt(right=False, captcha=captcha) == "wrong"
    assert world.attempt(right=True, captcha=captcha) == "captcha_invalid"


def test_a_captcha_that_was_not_due_is_used_up_all_the_same(world: World) -> None:
    captcha = world.captcha()
    assert world.attempt(right=False, captcha=captcha) == "wrong"
    assert world.attempt(right=True, captcha=captcha) == "captcha_invalid"


def test_a_captcha_asked_for_one_account_serves_no_other(world: World) -> None:
    world.attempt(right=False, subject="b")
    assert world.attempt(right=True, captcha=world.captcha("a"), subject="b") == "captcha_invalid"
    assert world.attempt(right=True, captcha=world.captcha("b"), subject="b") == "in"


def test_a_captcha_lasts_five_minutes(world: World) -> None:
    world.attempt(right=False)
    captcha = world.captcha()
    world.move(299.999)
    assert world.attempt(right=False, captcha=captcha) == "wrong"
    captcha = world.captcha()
    world.move(300)
    assert world.attempt(right=True, captcha=captcha) == "captcha_invalid"


def test_the_fifth_wrong_password_locks_for_120_minutes(world: World) -> None:
    locked(world)
    assert world.attempt(right=True, captcha=world.captcha()) == "account_locked"
    world.move(119 * 60)
    assert world.attempt(right=True, captcha=world.captcha()) == "account_locked"
    world.move(60)
    assert world.attempt(right=True, captcha=world.captcha()) == "in"


def test_tries_during_the_lock_change_nothing(world: World) -> None:
    locked(world)
    world.move(60 * 60)
    for _ in range(20):
        assert world.attempt(right=False, captcha=world.captcha()) == "account_locked"
    assert world.evaluated == 5
    assert world.locks.seconds("a") == [60 * 60]
    world.move(60 * 60)
    assert world.attempt(right=True, captcha=world.captcha()) == "in"


def test_after_a_lock_five_wrong_passwords_are_needed_for_the_next(world: World) -> None:
    locked(world)
    world.move(7200)
    for _ in range(5):
        assert world.attempt(right=False, captcha=world.captcha()) == "wrong"
    assert world.attempt(right=False, captcha=world.captcha()) == "account_locked"


def test_of_fifty_parallel_wrong_passwords_on_two_workers_five_at_most_are_evaluated(world: World) -> None:
    captchas = [world.captcha() for _ in range(50)]
    with ThreadPoolExecutor(50) as pool:
        outcomes = list(pool.map(lambda n: world.attempt(right=False, captcha=captchas[n], worker=n % 2), range(50)))
    assert outcomes.count("wrong") == world.evaluated == 5
    assert outcomes.count("account_locked") == 45


def test_of_parallel_wrong_passwords_without_captcha_one_is_evaluated(world: World) -> None:
    with ThreadPoolExecutor(20) as pool:
        outcomes = list(pool.map(lambda n: world.attempt(right=False, worker=n % 2), range(20)))
    assert sorted(set(outcomes)) == ["captcha_required", "wrong"]
    assert world.evaluated == 1


def test_parallel_right_passwords_all_get_in(world: World) -> None:
    with ThreadPoolExecutor(20) as pool:
        outcomes = list(pool.map(lambda n: world.attempt(right=True, worker=n % 2), range(20)))
    assert outcomes == ["in"] * 20


def test_an_aborted_attempt_does_not_count(world: World) -> None:
    with pytest.raises(ZeroDivisionError), world.workers[0].attempt(Subject.with_one_name("a"), None):
        raise ZeroDivisionError
    assert world.attempt(right=True) == "in"


def test_an_unlock_clears_the_count(world: World) -> None:
    locked(world)
    world.locks.clear(Subject.with_one_name("a"))
    assert world.attempt(right=True) == "in"


def test_a_lock_of_a_seed_is_a_lock(world: World) -> None:
    world.locks.lock(Subject.with_one_name("a"))
    assert world.attempt(right=True) == "account_locked"
    world.move(7200)
    assert world.attempt(right=True, captcha=world.captcha()) == "in"


def test_redis_holds_no_captcha_in_the_clear(world: World, client: redis.Redis) -> None:
    captcha = world.captcha("somebody")
    dump = str({key: client.hgetall(key) for key in client.scan_iter()})
    assert captcha.answer not in dump
    assert "somebody" not in dump


def test_of_parallel_wrong_passwords_by_three_names_five_are_evaluated(world: World) -> None:
    """Tries by different names run in parallel; a try under way counts as wrong until its end."""
    lockout = [(name, world.captcha(name), worker) for name in world.names for worker in (0, 1) for _ in range(3)]
    with ThreadPoolExecutor(18) as pool:
        outcomes = list(pool.map(lambda a: world.attempt(right=False, named=a[0], captcha=a[1], worker=a[2]), lockout))
    assert world.evaluated == 5
    assert set(outcomes) == {"wrong", "account_locked"}
    assert outcomes.count("wrong") == 15, "five by each name, as for nobody's names"
    assert world.attempt(right=True, named="phone") == "account_locked"


def test_an_account_that_is_closed_by_one_name_refuses_the_right_password_by_another(world: World) -> None:
    for _ in range(5):
        assert world.attempt(right=False, named="phone", captcha=world.captcha("phone")) == "wrong"
    assert world.attempt(right=True, named="login_name") == "wrong"
    world.move(7200)
    assert world.attempt(right=True, named="login_name", captcha=world.captcha("login_name")) == "in"

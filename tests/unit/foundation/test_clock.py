"""The one clock and its timers: moved, set back, frozen; every wait is for an event."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime

import pytest

from gateway.foundation.clock import Clock, ClockSetting, Timers

NOON = 1_800_000_000_000
SOON = 5.0  # seconds: an event that has not come by then does not come


class Fired:
    """Records fired timers, and lets a test wait for them."""

    def __init__(self) -> None:
        self._fired: queue.Queue[str] = queue.Queue()

    def __call__(self, key: str) -> None:
        """Fire."""
        self._fired.put(key)

    def next(self) -> str:
        """The next key that fired."""
        return self._fired.get(timeout=SOON)

    @property
    def none(self) -> bool:
        """Whether no unexpected timer has fired."""
        return self._fired.empty()


@pytest.fixture
def frozen() -> Clock:
    return Clock(ClockSetting(0, NOON))


@pytest.fixture
def fired() -> Fired:
    return Fired()


@pytest.fixture
def make_timers() -> Iterator[Callable[[Clock, Callable[[str], None]], Timers]]:
    made: list[Timers] = []

    def make(clock: Clock, fire: Callable[[str], None]) -> Timers:
        made.append(Timers(clock, fire, "test-timers"))
        made[-1].start()
        return made[-1]

    yield make
    for timers in made:
        timers.stop()


def test_it_reads_the_machines_time_unless_it_is_moved() -> None:
    before = time.time_ns() // 1_000_000
    assert before <= Clock().now_ms() <= before + 1000


def test_an_offset_moves_the_clock_and_it_runs_on() -> None:
    clock = Clock()
    clock.apply(clock.advanced(3_600_000))
    assert clock.setting == ClockSetting(3_600_000, None)
    assert 3_600_000 <= clock.now_ms() - time.time_ns() // 1_000_000 + 1000 <= 3_601_000


def test_frozen_it_stands_still_and_can_be_advanced(frozen: Clock) -> None:
    assert frozen.now_ms() == NOON
    frozen.apply(frozen.advanced(1500))
    assert frozen.now_ms() == NOON + 1500


def test_a_set_clock_runs_on_from_its_time() -> None:
    clock = Clock()
    clock.apply(clock.set_to(NOON, frozen=False))
    assert NOON <= clock.now_ms() <= NOON + 1000


def test_it_can_be_set_to_the_beginning_of_time(frozen: Clock) -> None:
    frozen.apply(frozen.set_to(0, frozen=True))
    assert frozen.now() == datetime(1970, 1, 1, tzinfo=UTC)


def test_today_is_the_date_in_china() -> None:
    five_in_the_evening = int(datetime(2026, 3, 1, 17, 0, tzinfo=UTC).timestamp() * 1000)
    assert Clock(ClockSetting(0, five_in_the_evening)).today() == date(2026, 3, 2)


def test_while_it_stands_still_nothing_needs_to_wake(frozen: Clock) -> None:
    assert frozen.real_seconds_until(NOON + 1) is None
    assert frozen.real_seconds_until(NOON) == 0
    assert Clock().real_seconds_until(0) == 0


def test_a_timer_fires_when_a_frozen_clock_is_moved_past_its_deadline(
    frozen: Clock, fired: Fired, make_timers: Callable[..., Timers]
) -> None:
    timers = make_timers(frozen, fired)
    timers.set("later", NOON + 120_000)
    timers.set("sooner", NOON + 60_000)
    frozen.apply(frozen.advanced(59_999))
    assert fired.none
    frozen.apply(frozen.advanced(1))
    assert fired.next() == "sooner"
    assert len(timers) == 1
    frozen.apply(frozen.advanced(60_000))
    assert fired.next() == "later"
    assert len(timers) == 0


def test_timers_fire_in_the_order_of_their_deadlines(
    frozen: Clock, fired: Fired, make_timers: Callable[..., Timers]
) -> None:
    timers = make_timers(frozen, fired)
    for seconds in (5, 1, 4, 2, 3):
        timers.set(str(seconds), NOON + seconds * 1000)
    frozen.apply(frozen.advanced(10_000))
    assert [fired.next() for _ in range(5)] == ["1", "2", "3", "4", "5"]


def test_a_deadline_that_has_passed_already_fires_at_once(
    frozen: Clock, fired: Fired, make_timers: Callable[..., Timers]
) -> None:
    make_timers(frozen, fired).set("past", NOON - 1)
    assert fired.next() == "past"


def test_a_key_set_again_has_its_new_deadline_alone(
    frozen: Clock, fired: Fired, make_timers: Callable[..., Timers]
) -> None:
    timers = make_timers(frozen, fired)
    timers.set("ticket", NOON + 1000)
    timers.set("ticket", NOON + 5000)
    timers.set("witness", NOON + 2000)
    frozen.apply(frozen.advanced(3000))
    assert fired.next() == "witness"
    assert fired.none
    frozen.apply(frozen.advanced(3000))
    assert fired.next() == "ticket"


def test_a_dropped_key_does_not_fire(frozen: Clock, fired: Fired, make_timers: Callable[..., Timers]) -> None:
    timers = make_timers(frozen, fired)
    timers.set("dropped", NOON + 1000)
    timers.set("witness", NOON + 2000)
    timers.drop("dropped")
    timers.drop("never set")
    frozen.apply(frozen.advanced(3000))
    assert fired.next() == "witness"
    assert fired.none


def test_dropped_and_replaced_deadlines_free_their_memory(
    frozen: Clock, fired: Fired, make_timers: Callable[..., Timers]
) -> None:
    """A worker that serves for days would else hold every ticket of the last minutes several times."""
    timers = make_timers(frozen, fired)
    for number in range(10_000):
        timers.set("often", NOON + 10_000 + number)
        timers.set(str(number), NOON + 10_000)
        timers.drop(str(number))
    assert len(timers._heap) < 2000
    timers.set("witness", NOON + 1000)
    frozen.apply(frozen.advanced(30_000))
    assert [fired.next(), fired.next()] == ["witness", "often"]
    assert fired.none


def test_a_running_clock_fires_by_itself(fired: Fired, make_timers: Callable[..., Timers]) -> None:
    clock = Clock()
    began = clock.now_ms()
    make_timers(clock, fired).set("soon", began + 30)
    assert fired.next() == "soon"
    assert clock.now_ms() >= began + 30


def test_a_clock_that_runs_again_fires_the_missed_timers(fired: Fired, make_timers: Callable[..., Timers]) -> None:
    clock = Clock(ClockSetting(0, NOON))
    make_timers(clock, fired).set("soon", NOON + 10)
    clock.apply(clock.set_to(NOON, frozen=False))
    assert fired.next() == "soon"


def test_a_clock_set_back_makes_a_timer_wait_again(
    frozen: Clock, fired: Fired, make_timers: Callable[..., Timers]
) -> None:
    timers = make_timers(frozen, fired)
    timers.set("ticket", NOON + 1000)
    frozen.apply(frozen.advanced(-5000))
    frozen.apply(frozen.advanced(5500))
    timers.set("witness", NOON)
    assert fired.next() == "witness"
    assert fired.none
    frozen.apply(frozen.advanced(500))
    assert fired.next() == "ticket"


def test_a_key_may_set_itself_again_while_it_fires(frozen: Clock, make_timers: Callable[..., Timers]) -> None:
    fired = Fired()
    timers: Timers

    def fire(key: str) -> None:
        if frozen.now_ms() < NOON + 3000:
            timers.set(key, frozen.now_ms() + 1000)
        fired(key)

    timers = make_timers(frozen, fire)
    timers.set("again", NOON + 1000)
    for _ in range(3):
        frozen.apply(frozen.advanced(1000))
        assert fired.next() == "again"
    assert len(timers) == 0


def test_one_keys_fault_does_not_end_the_timers(
    frozen: Clock, make_timers: Callable[..., Timers], capsys: pytest.CaptureFixture[str]
) -> None:
    fired = Fired()

    def fire(key: str) -> None:
        if key == "broken":
            raise RuntimeError("on purpose")
        fired(key)

    timers = make_timers(frozen, fire)
    timers.set("broken", NOON + 1000)
    timers.set("well", NOON + 2000)
    frozen.apply(frozen.advanced(3000))
    assert fired.next() == "well"


def test_no_wake_up_is_lost_between_two_threads(make_timers: Callable[..., Timers]) -> None:
    fired = Fired()
    timers = make_timers(Clock(ClockSetting(0, NOON)), fired)
    for number in range(3000):
        timers.set(str(number), NOON)
        assert fired.next() == str(number)


def test_many_keys_of_several_threads_each_fire_once(make_timers: Callable[..., Timers]) -> None:
    clock, fired = Clock(ClockSetting(0, NOON)), Fired()
    timers = make_timers(clock, fired)

    def fill(thread: int) -> None:
        for number in range(500):
            timers.set(f"{thread}-{number}", NOON + number)

    threads = [threading.Thread(target=fill, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    clock.apply(clock.advanced(1000))
    keys = {fired.next() for _ in range(2000)}
    assert len(keys) == 2000
    assert fired.none

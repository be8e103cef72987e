"""A background loop survives exceptions of its rounds, logs each series of failures once, and is known to fail."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest

from gateway.foundation import background
from gateway.foundation.background import Loop
from gateway.foundation.telemetry import metrics

Make = Callable[..., Loop]


@pytest.fixture
def make() -> Iterator[Make]:
    made: list[Loop] = []

    def loop(name: str, work: Callable[[], object], **options: float | None) -> Loop:
        made.append(Loop(name, work, first_pause=0.001, longest_pause=0.002, **options))  # type: ignore[arg-type]
        return made[-1]

    yield loop
    for one in made:
        one.stop(within=10)


class Work:
    """Fails while ``error`` is set; each round can be waited for."""

    def __init__(self) -> None:
        self.error: BaseException | None = None
        self._rounds = threading.Semaphore(0)

    def __call__(self) -> None:
        self._rounds.release()
        if self.error is not None:
            raise self.error

    def wait_for(self, rounds: int) -> None:
        while self._rounds.acquire(blocking=False):
            pass
        for _ in range(rounds):
            assert self._rounds.acquire(timeout=20)


@pytest.mark.parametrize("error", [OSError(24, "Too many open files"), KeyError("a mistake"), RuntimeError()])
def test_after_any_error_the_next_round_follows_and_each_episode_is_logged_once(
    make: Make, capfd: pytest.CaptureFixture[str], error: Exception
) -> None:
    """Its beginning with the reason, its end with the number of failures; all failures are counted."""
    work = Work()
    work.error = error
    loop = make("tried", work)
    before = metrics.BACKGROUND_FAILURES.labels("tried")._value.get()
    loop.start()
    work.wait_for(5)
    (why,) = background.failing(0.0)
    assert why.startswith("tried has failed for")
    assert type(error).__name__ in why
    assert background.failing(3600) == []
    work.error = None
    work.wait_for(3)
    assert background.failing(0.0) == []
    assert metrics.BACKGROUND_FAILURES.labels("tried")._value.get() >= before + 5
    told = "".join(capfd.readouterr())
    assert told.count("loop_failing") == 1
    assert told.count("loop_recovered") == 1
    loop.stop(within=10)
    assert loop not in background._running  # others may run: those of tests before


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_loop_that_is_ended_from_outside_stays_on_the_list(make: Make) -> None:
    """A BaseException ends the thread, and the list shows it."""
    work = Work()
    work.error = SystemExit()
    loop = make("ended", work)
    loop.start()
    assert loop._thread is not None
    loop._thread.join(20)
    try:
        assert "it has ended" in background.failing(3600)[0]
    finally:
        background._running.discard(loop)


def test_a_log_that_cannot_be_written_does_not_end_it(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """The full disk may be the log's own."""

    class FullDisk:
        def __getattr__(self, _level: str) -> Callable[..., None]:
            def write(*_words: object, **_fields: object) -> None:
                raise OSError(28, "No space left on device")

            return write

    monkeypatch.setattr(background, "log", FullDisk())
    work = Work()
    work.error = OSError("out of something")
    make("unheard", work).start()
    work.wait_for(5)


def test_the_last_round_follows_the_stop(make: Make) -> None:
    """The round under way ends normally."""
    done: list[bool] = []
    loop = make("finishing", lambda: done.append(loop.wait(3600)), last_round=True)
    loop.start()
    loop.stop(within=20)
    assert done[-1] is True


def test_a_loop_without_a_pause_of_its_own_sleeps_until_it_is_woken(make: Make) -> None:
    """A call that comes during a round is not lost, and the stop ends the sleep."""
    rounds: list[str] = []
    done = threading.Semaphore(0)

    made: list[Loop] = []

    def work() -> None:
        rounds.append("")
        if len(rounds) == 2:
            made[0].wake()  # there is more already
        done.release()

    loop = make("sleeping", work, every=None)
    made.append(loop)
    loop.start()
    assert done.acquire(timeout=20)
    loop.wake()
    for _ in range(2):
        assert done.acquire(timeout=20)
    loop.stop(within=20)
    assert loop._thread is not None
    assert not loop._thread.is_alive()
    assert len(rounds) == 3


def test_a_round_that_sleeps_has_worked(make: Make) -> None:
    """The episode of failures ends before the sleep, however long that is."""
    work = Work()
    work.error = OSError("away")

    def once() -> None:
        work()
        loop.sleep(3600)

    loop = make("asleep", once)
    loop.start()
    work.wait_for(2)
    assert background.failing(0.0)
    work.error = None
    work.wait_for(1)
    for _ in range(2000):
        if not background.failing(0.0):
            break
        loop.wait(0.01)
    assert background.failing(0.0) == []

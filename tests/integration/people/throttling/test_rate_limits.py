"""Rate limits in Redis."""

from __future__ import annotations

import pytest
import redis

from gateway.foundation.clock import Clock
from gateway.foundation.errors import Refusal
from gateway.foundation.keys import Keys
from gateway.throttling.rate_limits import Bucket, Limits


@pytest.fixture
def limits(client: redis.Redis, keys: Keys, clock: Clock) -> Limits:
    return Limits(client, keys, clock)


def test_the_bucket_limits_calls_and_the_next_gets_a_retry_time(limits: Limits, clock: Clock) -> None:
    bucket = Bucket("login", "1.2.3.4", 10, 60)
    for _ in range(10):
        limits.take(bucket)
    with pytest.raises(Refusal) as refused:
        limits.take(bucket)
    assert refused.value.code == "rate_limited"
    assert refused.value.extra["retry_after"] == 6
    clock.apply(clock.advanced(6000))
    limits.take(bucket)
    with pytest.raises(Refusal):
        limits.take(bucket)


def test_a_call_given_back_does_not_count(limits: Limits) -> None:
    bucket = Bucket("login", "1.2.3.4", 2)
    for _ in range(50):
        limits.take(bucket)
        limits.give_back(bucket)
    limits.take(bucket)


def test_a_call_is_counted_in_all_buckets_or_in_none(limits: Limits) -> None:
    narrow, wide = Bucket("a", "x", 1), Bucket("b", "x", 2)
    limits.take(narrow, wide)
    for _ in range(5):
        with pytest.raises(Refusal):
            limits.take(narrow, wide)
    limits.take(wide)


def test_others_have_their_own_bucket_and_zero_is_no_limit(limits: Limits) -> None:
    limits.take(Bucket("login", "x", 1))
    limits.take(Bucket("login", "y", 1))
    for _ in range(100):
        limits.take(Bucket("login", "z", 0))


@pytest.mark.parametrize("back_ms", [1_000, 3_600_000, 10**11])
def test_a_clock_set_back_keeps_the_content_of_a_bucket(limits: Limits, clock: Clock, back_ms: int) -> None:
    bucket = Bucket("login", "x", 3, 60)
    limits.take(bucket)
    clock.apply(clock.set_to(clock.now_ms() - back_ms, frozen=True))
    limits.take(bucket)
    limits.take(bucket)
    with pytest.raises(Refusal) as refused:
        limits.take(bucket)
    assert 0 < refused.value.extra["retry_after"] <= 20
    clock.apply(clock.set_to(clock.now_ms() + 20_000, frozen=True))
    limits.take(bucket)
    with pytest.raises(Refusal):
        limits.take(bucket)

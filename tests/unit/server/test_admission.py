"""The counts of connections: in total, and of one address or network."""

from __future__ import annotations

import pytest

from gateway.foundation.descriptors import left_for_connections
from gateway.server.httptools_impl.admission import IN_ALL, ONE_ADDRESS, Admission, TurnedAway


def turned_away(admission: Admission, address: str) -> str:
    with pytest.raises(TurnedAway) as caught:
        admission.admit(address)
    return caught.value.reason


def test_one_address_is_limited_and_leaves_room_for_others() -> None:
    admission = Admission(10, 3)
    first = [admission.admit(f"2001:db8::{number}") for number in range(3)]
    assert turned_away(admission, "2001:db8::ffff") == ONE_ADDRESS
    others = [admission.admit(f"192.0.2.{number}") for number in range(7)]
    assert turned_away(admission, "192.0.2.100") == IN_ALL
    first[0]()
    admission.admit("2001:db8::ffff")
    others[0]()
    assert turned_away(admission, "2001:db8::ffff") == ONE_ADDRESS


def test_one_address_never_has_more_than_half() -> None:
    admission = Admission(10, 1000)
    for _ in range(5):
        admission.admit("192.0.2.1")
    assert turned_away(admission, "192.0.2.1") == ONE_ADDRESS
    admission.admit("192.0.2.2")


def test_without_a_limit_for_addresses_one_may_have_all() -> None:
    admission = Admission(3, 0)
    for _ in range(3):
        admission.admit("192.0.2.1")
    assert turned_away(admission, "192.0.2.1") == IN_ALL


@pytest.mark.parametrize(("limit", "left"), [(128, 64), (256, 128), (1024, 896), (1_048_576, 1_048_448), (1, 1)])
def test_descriptors_for_the_gateway_are_reserved_up_to_half(limit: int, left: int) -> None:
    assert left_for_connections(limit, redis_connections=64) == left

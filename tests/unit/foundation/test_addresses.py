"""Whom a limit counts (SECURITY.md 37)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.foundation.addresses import network_of


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("::FFFF:C000:0201", "192.0.2.1"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::1", "::/64"),
        ("", ""),
        ("unknown", "unknown"),
    ],
)
def test_the_network_of_an_address(address: str, network: str) -> None:
    assert network_of(address) == network


@given(st.ip_addresses(v=4))
def test_ipv4_counts_alone_however_it_is_written(address: object) -> None:
    assert network_of(str(address)) == network_of(f"::ffff:{address}") == str(address)


@given(st.ip_addresses(v=6, network="2001:db8::/32"), st.ip_addresses(v=6, network="2001:db8::/32"))
def test_ipv6_counts_by_its_first_64_bits(first: object, second: object) -> None:
    same = int(first) >> 64 == int(second) >> 64  # type: ignore[call-overload]
    assert (network_of(str(first)) == network_of(str(second))) is same

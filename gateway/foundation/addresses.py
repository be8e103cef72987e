"""Addresses of callers, as limits count them."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv6Address, IPv6Network, ip_address, ip_network

# What one customer of a provider has: a host at home chooses among 2^64 addresses (RFC 6177, RFC 7421).
IPV6_PREFIX = 64


# What an office or a home has, whose computers move within it: a provider gives a /48 or more (RFC 6177).
WIDER_PREFIXES = {4: 24, 6: 48}


def wider_network_of(address: str) -> str:
    """The network in which a computer may be given another address: of IPv4 the /24, of IPv6 the /48.

    A text that is not an address counts as it is.
    """
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    return str(ip_network((found, WIDER_PREFIXES[found.version]), strict=False))


@lru_cache(4096)
def network_of(address: str) -> str:
    """The address or network that a limit counts for ``address``: an IPv4 address, or an IPv6 address's /64.

    An IPv4 address in IPv6 form (``::ffff:192.0.2.1``) counts as IPv4. A text that is not an address counts as it is.
    """
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(IPv6Network((found, IPV6_PREFIX), strict=False))

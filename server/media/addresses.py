"""Which addresses of the network recordings may be fetched from: public ones.

Rule 1: it is the address that a connection is made to which counts, looked at in the moment of connecting. What a
        name meant a moment earlier does not (DNS rebinding).
Rule 2: an address that carries another one within itself is as good as that one.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any

AddressInfo = tuple[Any, Any, int, str, tuple[Any, ...]]
"""(family, type, protocol, name, address): what `getaddrinfo` gives."""
Allowed = Callable[[str], bool]

_TRANSLATED = (IPv6Network("64:ff9b::/96"), IPv6Network("::/96"))
"""NAT64, and the old way to write an IPv4 address: the last 32 bits are one."""
_REFUSED = (
    IPv4Network("192.0.0.0/24"),
    IPv6Network("64:ff9b:1::/48"),
    IPv6Network("3fff::/20"),
    IPv6Network("5f00::/16"),
)
"""Special addresses (IANA) that Python 3.11 takes for public ones."""


class NotPublic(OSError):
    """A connection to an address that is none of the public network."""


def is_public(address: str) -> bool:
    """Whether an IP address is of the public network: not private, loopback, link-local, multicast or reserved."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, IPv6Address):
        within = _within(found)
        if within is not None:
            found = within
    special = found.is_multicast or found.is_reserved or any(found in network for network in _REFUSED)
    return found.is_global and not special


def connect_only_to(allowed: Allowed) -> Callable[[AddressInfo], socket.socket]:
    """A factory of sockets that refuses every address which is not allowed. It raises `NotPublic`."""

    def make(info: AddressInfo) -> socket.socket:
        family, kind, protocol, _, address = info
        if not allowed(str(address[0])):
            raise NotPublic(f"{address[0]} is no public address")
        return socket.socket(family, kind, protocol)

    return make


def _within(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 one stands for."""
    if address.ipv4_mapped is not None or address.sixtofour is not None:
        return address.ipv4_mapped or address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    if any(address in network for network in _TRANSLATED):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return None

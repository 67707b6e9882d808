"""Which addresses count as public, in every disguise."""

from __future__ import annotations

import socket

import pytest

from server.media.addresses import NotPublic, connect_only_to, is_public


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.216.34", "2606:4700:4700::1111", "::ffff:1.1.1.1"])
def test_a_public_address_is_one(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254"),
        *("100.64.0.1", "192.0.0.8", "198.18.0.1", "224.0.0.1", "239.1.2.3", "240.0.0.1", "255.255.255.255"),
        *(
            "::1",
            "::",
            "fe80::1",
            "fe80::1%eth0",
            "fc00::1",
            "fd12::1",
            "ff02::1",
            "2001:db8::1",
            "64:ff9b:1::1",
        ),
        *("::ffff:127.0.0.1", "::ffff:a9fe:a9fe", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1"),
        *("2002:7f00:1::", "2002:c0a8:101::1", "2001:0:7f00:1:0:0:8080:fefe", "localhost", "", "1.1"),
    ],
)
def test_any_other_is_none(address: str) -> None:
    assert not is_public(address)


def test_a_socket_is_made_for_what_is_allowed_alone() -> None:
    make = connect_only_to(lambda address: address == "127.0.0.1")
    make((socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 80))).close()
    with pytest.raises(NotPublic, match=r"127\.0\.0\.2 is no public address"):
        make((socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.2", 80)))

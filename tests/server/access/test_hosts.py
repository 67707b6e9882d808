"""Which hosts a request may name, and which addresses a server may listen on without a token."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from replay.errors import PlayheadError
from server.access import check_bind, is_loopback
from server.access.hosts import Hosts, split
from tests.server.access.conftest import Server, raw

OURS = [
    "127.0.0.1",
    "127.0.0.1:8642",
    "192.168.1.20:80",
    "[::1]",
    "[::1]:8642",
    "[2001:db8::1]:8642",
    "localhost",
    "LOCALHOST:8642",
    "localhost.:8642",
    "demo.localhost",
    "playhead.example",
    "Playhead.Example:8642",
]
FOREIGN = [
    "evil.example",
    "evil.example:8642",
    "playhead.example.evil.example",
    "evil-localhost",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "sub.playhead.example",
    "2130706433",
    "a b",
    "",
    ":8642",
    "127.0.0.1:port",
    "127.0.0.1@evil.example",
    "[::1",
    "[evil.example]",
]


@pytest.mark.parametrize("host", OURS)
async def test_a_host_of_ours_is_answered(server: Server, host: str) -> None:
    assert (await server.ask("/", headers={"Host": host}))[0] == 200


@pytest.mark.parametrize("host", [host for host in FOREIGN if host])
async def test_a_foreign_host_is_misdirected_on_public_paths_too(server: Server, host: str) -> None:
    token = await server.token("read")
    for path in ("/", f"/who?apikey={token}"):
        status, document = await server.ask(path, headers={"Host": host})
        assert status == 421
        assert document["type"] == "urn:playhead:problem:misdirected"
        assert "setting `hosts`" in document["detail"]
        assert token not in str(document)


@pytest.mark.parametrize(
    ("hosts", "status"),
    [
        (b"", 200),
        (b"Host: localhost\r\nHost: localhost\r\n", 400),
        (b"Host:\r\n", 421),
        (b"Host: \xff\r\n", 421),
    ],
)
async def test_a_missing_host_is_no_browsers_and_a_strange_one_is_refused(
    server: Server, hosts: bytes, status: int
) -> None:
    answer = await raw(server, b"GET / HTTP/1.0\r\n" + hosts + b"\r\n")
    assert answer.split()[1] == str(status).encode()


@given(st.text())
def test_any_host_is_allowed_or_not(host: str) -> None:
    name, port = split(host)
    assert port.isdigit() or not port
    assert Hosts().allow(name) in (True, False)
    assert not Hosts([""]).allow("")


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.8.9.10", "::1", "localhost", "LocalHost", "demo.localhost"]
)
def test_a_loopback_address_needs_no_token(host: str) -> None:
    assert is_loopback(host)
    check_bind(host, 0)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "", "192.168.1.20", "playhead.example", "2001:db8::1"])
def test_a_public_address_needs_a_token_first(host: str) -> None:
    assert not is_loopback(host)
    check_bind(host, 1)
    with pytest.raises(
        PlayheadError, match=r"playhead token create --data DIR .* or listen on 127"
    ) as caught:
        check_bind(host, 0)
    assert (host or "every address") in caught.value.message

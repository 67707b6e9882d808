"""Which names this server answers to, and where it may listen.

Rule 1: a page of another site can make its own name point here (DNS rebinding), and the browser then takes
        this server for that site. So a `Host` that is a name must be known: `localhost`, a name below it, or
        one of the setting `hosts`. An IP address cannot be rebound.
Rule 2: a request without `Host` comes from no browser, and passes.
Rule 3: a server that others can reach does not start before there is a token.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import ip_address

from aiohttp import hdrs, web

from replay.errors import PlayheadError
from server.access.errors import Misdirected

_HOST = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(?P<port>[0-9]{1,5}))?")
"""A name as it stands in a header: letters and digits of ASCII (a name in another script is sent as `xn--...`)."""


class Hosts:
    """The names that a request may ask for."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self.names = frozenset(map(_bare, names)) - {""}

    def allow(self, name: str) -> bool:
        """Whether this server answers for a name (without its port)."""
        name = _bare(name)
        return is_address(name) or is_localhost(name) or name in self.names

    def check(self, request: web.Request) -> None:
        """Raise `Misdirected` when the request's `Host` is none of ours."""
        host = request.headers.get(hdrs.HOST)  # aiohttp's parser refuses a second one
        if host is not None and not self.allow(split(host)[0]):
            raise Misdirected(
                f"this server does not answer for the host {host[:256]!r}: "
                "if the name is its own, add it to the setting `hosts`"
            )


def split(host: str) -> tuple[str, str]:
    """The name (lower case, an IPv6 address without brackets) and port of a `Host`; `("", "")` for nonsense."""
    found = _HOST.fullmatch(host.lower())
    return (_bare(found["name"]), found["port"] or "") if found else ("", "")


def is_address(name: str) -> bool:
    """Whether a name is an IP address."""
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def is_localhost(name: str) -> bool:
    """Whether a name means this machine by its very form (RFC 6761)."""
    return name == "localhost" or name.endswith(".localhost")


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a server that listens on `host`."""
    name = _bare(host)
    return is_localhost(name) or (is_address(name) and ip_address(name).is_loopback)


def check_bind(host: str, tokens: int) -> None:
    """Raise `PlayheadError` when others could reach `host` and no token is there to ask them for."""
    if tokens == 0 and not is_loopback(host):
        raise PlayheadError(
            f"{host or 'every address'} can be reached from outside, and there is no token yet: create one with "
            "`playhead token create --data DIR --name NAME --role read`, or listen on 127.0.0.1"
        )


def _bare(name: str) -> str:
    return name.strip().lower().strip("[]").rstrip(".")

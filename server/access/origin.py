"""The origin of a request, and the cookie's name, as the browser sees them.

Rule 1: a write that a cookie carries must come from a page of this very origin: scheme, name and port.
Rule 2: the scheme is that of `X-Forwarded-Proto` when a proxy in front says so. A foreign page cannot set
        that header without asking first (CORS), and is not answered.
Rule 3: the cookie's name carries the port: cookies do not tell ports apart, and two servers on one host
        would overwrite each other's.
"""

from __future__ import annotations

from aiohttp import hdrs, web

from server.access.hosts import split

_PORTS = {"http": "80", "https": "443"}
SAFE = frozenset({hdrs.METH_GET, hdrs.METH_HEAD, hdrs.METH_OPTIONS})
"""The methods that change nothing."""


def scheme(request: web.Request) -> str:
    """`http` or `https`, as the browser sees it."""
    forwarded = request.headers.get("X-Forwarded-Proto", "").partition(",")[0].strip().lower()
    return forwarded if forwarded in _PORTS else request.scheme


def same_origin(request: web.Request) -> bool:
    """Whether the request says that it comes from a page of this server; False when it says nothing."""
    given = request.headers.getall(hdrs.ORIGIN, [])
    if len(given) != 1:
        return False
    their_scheme, _, host = given[0].lower().partition("://")
    own = _origin(scheme(request), request.headers.get(hdrs.HOST, ""))
    return own is not None and own == _origin(their_scheme, host)


def cookie_name(request: web.Request) -> str:
    """The name of the page's cookie on the port that the browser asked."""
    _, port = split(request.headers.get(hdrs.HOST, ""))
    return f"playhead-{port}" if port else "playhead"


def _origin(scheme: str, host: str) -> tuple[str, str, str] | None:
    """Scheme, name and port, the port spelled out; None for a host that is none."""
    name, port = split(host)
    return (scheme, name, port or _PORTS.get(scheme, "")) if name else None

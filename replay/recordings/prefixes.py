"""Addresses that recordings may be fetched from: a setting names their prefixes.

A prefix is an http or https address. What lies on it has the same scheme, host and port, and a path that goes on
from the prefix's at a `/`.
"""

from __future__ import annotations

from urllib.parse import SplitResult, unquote, urlsplit

from replay.errors import Invalid

PORTS = {"http": 80, "https": 443}


def is_address(url: str) -> bool:
    """Whether a url is an http address, good or bad."""
    return url.partition(":")[0].lower() in PORTS


def lies_on(url: str, prefix: str) -> bool:
    """Whether an address lies on a prefix; what cannot be read, or carries a password, does not."""
    try:
        asked, allowed = urlsplit(url), urlsplit(prefix)
        same = _origin(asked) == _origin(allowed)
        path, folder = _path(asked), _path(allowed).rstrip("/")
    except ValueError:
        return False
    return same and "@" not in asked.netloc and (path == folder or path.startswith(f"{folder}/"))


def check_prefix(prefix: str) -> str:
    """Return a prefix that is an http address. Raises `Invalid`."""
    if not lies_on(prefix, prefix):
        raise Invalid("media_prefixes", f"media_prefixes: {prefix[:200]!r} is no http address")
    return prefix


def _origin(parts: SplitResult) -> tuple[str, str, int]:
    """Scheme, host and port. Raises ValueError when it is no http address."""
    if parts.scheme not in PORTS or not parts.hostname:
        raise ValueError("no http address")
    return parts.scheme, parts.hostname, parts.port or PORTS[parts.scheme]


def _path(parts: SplitResult) -> str:
    """The path as a server may understand it. Raises ValueError for one that steps upwards."""
    path = unquote(parts.path, errors="strict") or "/"
    if ".." in path.split("/") or "\\" in path:
        raise ValueError("a path that steps upwards")
    return path

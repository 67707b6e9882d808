"""Ids that the server makes when a sender gives none."""

from __future__ import annotations

import hashlib

import uuid_utils


def new_id() -> str:
    """A fresh id, ordered by time (UUID version 7, RFC 9562)."""
    return str(uuid_utils.uuid7())


def derived_id(*parts: str) -> str:
    """The id that the same parts always give: the first 128 bits of their SHA-256, in hex."""
    joined = b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in parts)
    return hashlib.sha256(joined).hexdigest()[:32]

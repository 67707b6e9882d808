"""The chain: what makes a change to a stored record visible, and an erasure possible.

Rule 1: a record's *commitment* is SHA-256(nonce || body): a random nonce of 16 bytes, then the exact bytes
        that are stored. Once both are destroyed, nobody can tell from the commitment what the body was.
Rule 2: a record's *chain hash* is SHA-256(previous || position || recordedtime || commitment), both numbers
        as 8 bytes big-endian, recordedtime signed. Before the first record it is 32 zero bytes.
Rule 3: a record's *key* stands for (log, source, id) for ever, after an erasure too. It is 24 bytes: the
        first 5 of SHA-256(log, id), the first 3 of SHA-256(source), the first 16 of SHA-256(log, source, id),
        each part preceded by its length in 4 bytes big-endian. Two events are the same when all 24 agree;
        the first 8 are where the SQLite engine looks first.
Rule 4: records taken out of a log keep their hashes. One whose predecessor did not come along brings the chain
        hash before it, its *anchor*, so that the excerpt verifies by itself and against the head of its log.

Every engine takes these functions and no others, so that a log moves between engines unchanged.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable
from functools import lru_cache

import msgspec

GENESIS = bytes(32)
"""The chain hash before the first record."""
NONCE_BYTES = 16
KeyOf = Callable[[str, str, str], bytes]
"""From log, source and id to a key, as `key_of`. Its first 5 bytes depend on log and id alone."""

_place = struct.Struct(">Qq").pack
_length = struct.Struct(">I").pack
_sha256 = hashlib.sha256


class Sealed(msgspec.Struct, frozen=True):
    """A record with all that the chain says about it. `nonce` and `body` are None once it is erased.

    `anchor` is the chain hash before it, where the record before it is not in the same log or excerpt.
    """

    position: int
    recordedtime: int
    key: bytes
    nonce: bytes | None
    commitment: bytes
    chain: bytes
    body: bytes | None
    anchor: bytes | None = None


def commit(nonce: bytes, body: bytes) -> bytes:
    """The commitment to a body."""
    return _sha256(nonce + body).digest()


def link(previous: bytes, position: int, recordedtime: int, commitment: bytes) -> bytes:
    """The chain hash of a record whose predecessor has the chain hash `previous`."""
    return _sha256(previous + _place(position, recordedtime) + commitment).digest()


def key_of(log: str, source: str, id: str) -> bytes:
    """The key of an event: 24 bytes that stand for its log, source and id."""
    log_part, source_part, id_part = _prefixed(log), _prefixed(source), _prefix(id)
    by_id = _sha256(log_part + id_part).digest()
    by_all = _sha256(log_part + source_part + id_part).digest()
    return by_id[:5] + _source_hash(source) + by_all[:16]


def _prefix(text: str) -> bytes:
    encoded = text.encode()
    return _length(len(encoded)) + encoded


_prefixed = lru_cache(maxsize=1024)(_prefix)  # logs and sources are few


@lru_cache(maxsize=1024)
def _source_hash(source: str) -> bytes:
    return _sha256(_prefix(source)).digest()[:3]

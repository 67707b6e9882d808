"""A token's secret: `ph_`, 160 random bits, a checksum.

Rule 1: the text is `ph_[a-z2-7]{39}`: 32 characters of randomness (RFC 4648 base32) and 7 of CRC-32 over
        what stands before them. A scanner can recognise it, and a typo is told apart from an unknown token.
Rule 2: upper and lower case mean the same, and 0, 1, 8 and 9 do not occur, so it can be read out loud.
Rule 3: only the SHA-256 is ever kept. 160 random bits need no salt and no slow hash.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import zlib
from base64 import b32encode

PREFIX = "ph_"
RANDOM_BYTES = 20
PATTERN = re.compile(r"ph_[a-z2-7]{39}")

_BODY = 32
_LENGTH = len(PREFIX) + _BODY + 7


def new_secret() -> str:
    """A fresh secret."""
    return _secret(secrets.token_bytes(RANDOM_BYTES))


def derive_secret(key: bytes, text: str) -> str:
    """The secret that a text always gets by a key; without the key nobody can tell it from a fresh one."""
    return _secret(hmac.digest(key, text.encode(), "sha256")[:RANDOM_BYTES])


def fault(secret: str) -> str | None:
    """What is wrong with the form of a secret, as the end of a sentence; None: it is well formed."""
    secret = normal(secret)
    if not secret.startswith(PREFIX):
        return f"is none of Playhead's: those begin with {PREFIX}"
    if len(secret) != _LENGTH:
        return f"is cut or run together: it has {len(secret)} characters instead of {_LENGTH}"
    body = secret[: len(PREFIX) + _BODY]
    if PATTERN.fullmatch(secret) is None or secret != body + _checksum(body):
        return "is mistyped: its checksum does not match"
    return None


def normal(secret: str) -> str:
    """A secret as it was made, from one that was typed or pasted."""
    return secret.strip().lower()


def digest(secret: str) -> bytes:
    """The SHA-256 of any text, also of one that is not UTF-8 (as a header may be)."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()


def short_id(prefix: str, random_bytes: int) -> str:
    """A public id: a prefix and some randomness."""
    return prefix + _base32(secrets.token_bytes(random_bytes))


def _secret(random: bytes) -> str:
    body = PREFIX + _base32(random)
    return body + _checksum(body)


def _checksum(body: str) -> str:
    return _base32(zlib.crc32(body.encode()).to_bytes(4, "big"))


def _base32(content: bytes) -> str:
    return b32encode(content).decode().rstrip("=").lower()

"""What a command asks, and what it is answered: the parameters and the documents of HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

Document = dict[str, Any]
Query = Mapping[str, Any]
"""Parameters of a request; those that are None are left out."""

_decode = msgspec.json.Decoder(Document).decode


def read_document(text: bytes | str) -> Document:
    """A document as a client decodes it. Raises `msgspec.DecodeError` for what is none."""
    return _decode(text)

"""Zstandard, from the standard library (Python 3.14) or its backport."""

from __future__ import annotations

import sys

if sys.version_info >= (3, 14):
    from compression.zstd import DecompressionParameter, ZstdDecompressor, ZstdError
else:
    from backports.zstd import DecompressionParameter, ZstdDecompressor, ZstdError

__all__ = ["ZstdError", "decompressor"]

WINDOW_LOG = 23
"""The largest window that RFC 9659 lets a sender of `Content-Encoding: zstd` use: 8 MiB."""


def decompressor() -> ZstdDecompressor:
    """Make a decompressor that refuses frames with a larger window than HTTP allows."""
    return ZstdDecompressor(options={DecompressionParameter.window_log_max: WINDOW_LOG})

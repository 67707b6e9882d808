"""Secrets kept out of what is written down: log lines and error messages.

Rule 1: whoever writes a URL writes `redact(url)`; `RedactingFormatter` sees to what libraries write.
Rule 2: a key is masked however it is spelled: `%61pikey` is `apikey` to a server.
"""

from __future__ import annotations

import logging
import re

from aiohttp import web
from aiohttp.abc import AbstractAccessLogger

MASK = "***"
KEYS = ("apikey", "code", "token")


def _spellings(key: str) -> str:
    return "".join(f"(?:{char}|%{ord(char):02x}|%{ord(char.upper()):02x})" for char in key)


_USERINFO = re.compile(r"(?<=//)[^/?#\s]*(?=@)")
_SECRET = re.compile(rf"((?:^|[?&;#])(?:{'|'.join(map(_spellings, KEYS))})=)[^&#\s]*", re.IGNORECASE)


def redact(url: str) -> str:
    """A URL, or a text with URLs in it, with every secret replaced by `***`."""
    return _SECRET.sub(rf"\1{MASK}", _USERINFO.sub(MASK, url))


class RedactingFormatter(logging.Formatter):
    """Formats log records, redacted to the last line: a traceback of aiohttp's parser quotes the request."""

    def format(self, record: logging.LogRecord) -> str:
        """The record's text, its traceback too, without secrets."""
        return redact(super().format(record))


class AccessLog(AbstractAccessLogger):
    """One line a request: address, method, path and query (redacted), status, bytes sent, milliseconds."""

    def log(self, request: web.BaseRequest, response: web.StreamResponse, time: float) -> None:
        """Write the line; `time` is in seconds."""
        self.logger.info(
            "%s %s %s %d %d %.1f",
            request.remote or "-",
            request.method,
            redact(request.raw_path),
            response.status,
            response.body_length,
            time * 1000,
        )

"""Secrets kept out of what is written down: log lines and error messages.

Rule 1: whoever writes a URL writes `redact(url)`; `RedactingFormatter` sees to what libraries write.
Rule 2: a key is masked however it is spelled: `%61pikey` is `apikey` to a server.
Rule 3: what looks like one of our tokens is masked wherever it stands.
Rule 4: a request that cannot be read is not quoted, and whoever can connect cannot fill the log with such ones.
"""

from __future__ import annotations

import logging
import re

from aiohttp import web
from aiohttp.abc import AbstractAccessLogger
from aiohttp.http_exceptions import HttpProcessingError

from server.access.secret import PREFIX

MASK = "***"
KEYS = ("apikey", "code", "token")


def _spellings(key: str) -> str:
    return "".join(f"(?:{char}|%{ord(char):02x}|%{ord(char.upper()):02x})" for char in key)


_USERINFO = re.compile(r"(?<=//)[^/?#\s]*(?=@)")
_TOKEN = re.compile(rf"{PREFIX}[a-z2-7]{{8,}}", re.IGNORECASE)
_SECRET = re.compile(rf"((?:^|[?&;#])(?:{'|'.join(map(_spellings, KEYS))})=)[^&#\s]*", re.IGNORECASE)


def redact(url: str) -> str:
    """A URL, or a text with URLs in it, with every secret replaced by `***`."""
    return _TOKEN.sub(PREFIX + MASK, _SECRET.sub(rf"\1{MASK}", _USERINFO.sub(MASK, url)))


class RedactingFormatter(logging.Formatter):
    """Formats log records, redacted to the last line: a traceback of aiohttp's parser quotes the request."""

    def format(self, record: logging.LogRecord) -> str:
        """The record's text, its traceback too, without secrets."""
        return redact(super().format(record))


class UnreadableRequests(logging.Filter):
    """For a handler: says in a line of the level `debug` that a request could not be read.

    It would be an error with a traceback, which quotes the request's header at fault: a password, a cookie.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is written. One of an unreadable request is made shorter first."""
        error = record.exc_info[1] if record.exc_info else None
        if not isinstance(error, HttpProcessingError):
            return True
        record.levelno, record.levelname = logging.DEBUG, logging.getLevelName(logging.DEBUG)
        record.msg, record.args = f"{record.getMessage()}: {type(error).__name__}", ()
        record.exc_info = None
        return logging.getLogger(record.name).isEnabledFor(logging.DEBUG)


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

"""`playhead serve`: a data folder, served."""

from __future__ import annotations

import asyncio
import logging
import os
import sys

import click

from replay.log.sqlite import sqlite_warning
from server.access import RedactingFormatter, UnreadableRequests, is_loopback
from server.app import Running, run
from server.cli.options import json_option, takes_settings
from server.cli.output import remark, show_json, stdout
from server.cli.pages.palette import PALETTE
from server.cli.program import Command
from server.settings import Settings


@click.command(
    cls=Command,
    examples=[
        ("On this machine", "playhead serve --data kept"),
        (
            "For others: make a token first",
            "playhead serve --data kept --host 0.0.0.0 --hosts replay.example",
        ),
        ("From a script: the first line of stdout is JSON", "playhead serve --data kept --port 0 --json"),
    ],
)
@takes_settings()
@json_option
def serve(settings: Settings, as_json: bool) -> None:
    """Serve a data folder until Ctrl-C or SIGTERM.

    On a loopback address it prints a link that logs the page in, once, within ten minutes. On an address that
    others can reach it refuses to start while there is no token.

    A stop is graceful: nothing new is taken in, live streams end, open requests finish, everything is written.
    A second Ctrl-C ends at once; nothing that was acknowledged is lost by that either.
    """
    serve_folder(settings, as_json)


def serve_folder(settings: Settings, as_json: bool) -> None:
    """Serve until a signal comes, saying where."""
    set_up_logging(settings)
    warning = sqlite_warning()
    if warning is not None:
        remark(f"Warning: {warning}.", PALETTE["warning"].style)
    asyncio.run(run(settings, lambda running: _announce(settings, running, as_json)))


def _announce(settings: Settings, running: Running, as_json: bool) -> None:
    link = running.login if is_loopback(settings.host) else None
    if as_json:
        show_json({"url": running.url, "login": link, "data": str(settings.data), "pid": os.getpid()})
        sys.stdout.flush()
        return
    console = stdout()
    console.print(f"Playhead serves {settings.data} at {running.url}", soft_wrap=True)
    if link is not None:
        console.print(f"Open {link}", soft_wrap=True)
    remark("Ctrl-C stops it.")
    sys.stdout.flush()


def set_up_logging(settings: Settings) -> None:
    """Write the log to stderr, a line each, with secrets redacted."""
    handler = logging.StreamHandler()
    handler.addFilter(UnreadableRequests())
    handler.setFormatter(RedactingFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=settings.log_level.upper(), handlers=[handler], force=True)

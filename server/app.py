"""The application: the middlewares, the routes and the services joined; and the server that runs it.

Rule 1: a test starts the same thing that the command line does, on port 0.
Rule 2: a server ends in this order: nothing new is taken in, live streams end, open requests finish (for at
        most the setting `shutdown`), and only then are the read models, the log and the tokens closed.
Rule 3: request bodies arrive as they were sent: `server.api.bodies` undoes their coding, within bounds.
Rule 4: nobody holds a connection for nothing.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from ipaddress import ip_address

import msgspec
from aiohttp import web

from replay.errors import PlayheadError
from server import loggr, roundware, vinli
from server.access import ACCESS, AccessLog, check_bind, guard, is_loopback, login_link
from server.api.call import SERVICES
from server.http import lost
from server.http.expectations import refuse_expectations
from server.http.headers import put_headers
from server.http.pieces import in_pieces
from server.http.problems import Manners, Renderer, problems
from server.routes import mount
from server.services import Services, open_services
from server.settings import Settings

access_log = logging.getLogger("playhead.access")

KEEP_ALIVE = 75.0
"""Seconds that a connection may go without a whole request: before its first one too, which needs no token."""

MANNERS: dict[str, Renderer] = {
    **lost.MANNERS,
    roundware.PREFIX: roundware.render,
    **dict.fromkeys(loggr.PREFIXES, loggr.render),
    **dict.fromkeys(vinli.PREFIXES, vinli.render),
}
"""How it is said what went wrong, by the paths: each older surface's way, and the page's."""
OPEN = (roundware.SIGN_UP_PATH, *loggr.PREFIXES)
"""Where a handler may be reached without a token, and decides itself."""


class Running(msgspec.Struct, frozen=True):
    """A server that answers: its URL, and, where only this machine can reach it, a link that logs in a page."""

    url: str
    login: str | None


def build_app(services: Services) -> web.Application:
    """The application of opened services. Raises ValueError for services that were opened only to be read."""
    if services.access is None:
        raise ValueError("services opened only to be read cannot be served")
    app = web.Application(middlewares=[problems(MANNERS), roundware.answer_preflight, guard])
    app[SERVICES] = services
    app[ACCESS] = services.access
    services.access.forms = (*services.access.forms, *OPEN)
    pieces = in_pieces(services.settings.write_timeout)
    app.on_response_prepare.extend((put_headers, roundware.allow_origins, pieces))
    app.on_shutdown.append(_stop)
    mount(app)
    return app


@asynccontextmanager
async def serving(services: Services) -> AsyncIterator[Running]:
    """Serve on the address of the settings until the block ends.

    Raises `PlayheadError` for an address that others can reach while there is no token, and for one that
    cannot be listened on.
    """
    settings = services.settings
    app = build_app(services)
    access = app[ACCESS]
    check_bind(settings.host, await access.tokens.count())
    runner = web.AppRunner(
        app,
        auto_decompress=False,
        access_log=access_log if settings.access_log else None,
        access_log_class=AccessLog,
        keepalive_timeout=KEEP_ALIVE,
        shutdown_timeout=settings.shutdown,
    )
    await runner.setup()
    if runner.server is not None:
        refuse_expectations(runner.server, Manners(MANNERS))
    try:
        url = await _listen(runner, settings)
        if services.lock is not None:
            services.lock.announce(url)
        yield Running(url, login_link(url, access.codes.new()) if is_loopback(settings.host) else None)
    finally:
        services.stopping.set()
        await runner.cleanup()


async def run(settings: Settings, announce: Callable[[Running], None]) -> None:
    """Open the data folder and serve it until SIGINT or SIGTERM; `announce` is called once it answers.

    Raises `DataLocked`, and whatever opening and listening do.
    """
    asked_to_stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def stop() -> None:
        asked_to_stop.set()
        for one in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(one)  # a second signal ends the process at once

    async with open_services(settings) as services:
        for one in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(one, stop)
        async with serving(services) as running:
            announce(running)
            await asked_to_stop.wait()


async def _stop(app: web.Application) -> None:
    app[SERVICES].stopping.set()


async def _listen(runner: web.AppRunner, settings: Settings) -> str:
    try:
        await web.TCPSite(runner, settings.host or None, settings.port).start()
    except OSError as error:
        number = (
            error.errno or 0
        )  # below 0 are the resolver's; asyncio's words for the others repeat the address
        reason = os.strerror(number).lower() if number > 0 else error.strerror or str(error)
        raise PlayheadError(f"cannot listen on {settings.host}:{settings.port}: {reason}") from None
    address, port = runner.addresses[0][:2]
    return reachable_url(settings.host, address, port)


def reachable_url(host: str, address: str, port: int) -> str:
    """The URL of a server that was told to listen on `host` and does on `address`, as this machine reaches it."""
    if ip_address(address).is_unspecified:
        host = "::1" if ":" in address else "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

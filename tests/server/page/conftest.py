"""The demo day on a real server, and a real Chromium before it.

Server and browser take some seconds to start and are shared by all the page's tests of a process; each test has a
browser context of its own. A test that sends events uses a session of its own.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import numpy as np
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, StorageState, ViewportSize, async_playwright, expect

from server.access import login_link
from server.demo import recordings
from server.demo.catalogue import RECORDINGS, Recording
from server.demo.prepare import prepare
from server.demo.sound.synth import Signal
from server.services import open_services
from tests.browser import ARGUMENTS, executable
from tests.server.api import Api
from tests.server.conftest import patient, serve
from tests.server.page.watching import PATIENCE

expect.set_options(timeout=PATIENCE)

BROWSERS = 2
"""Workers that have a browser: each more costs what twenty tests do, before its first one."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Hand the page's tests to a few workers, in turn; `--dist loadgroup` keeps each hand together."""
    ours = (item for item in items if item.path.is_relative_to(Path(__file__).parent))
    for number, item in enumerate(ours):
        item.add_marker(pytest.mark.xdist_group(f"browser-{number % BROWSERS}"))


PROVOKED = tuple(f"status of {status}" for status in (400, 401, 404, 409, 410, 503))
"""A browser reports every refusal as an error of its console, those too that a test is about."""


def hertz_of(asset: str) -> int:
    """The tone that a recording of the demo is here: no two have the same."""
    return 300 + 70 * [recording.asset for recording in RECORDINGS].index(asset)


def tones() -> tuple[Recording, ...]:
    """The demo's recordings, as long as the real ones, each a tone of its own; made in a moment."""
    return tuple(msgspec.structs.replace(real, make=_tone(hertz_of(real.asset))) for real in RECORDINGS)


def _tone(hertz: int) -> Callable[[float, int], Signal]:
    def make(seconds: float, rate: int) -> Signal:
        time = np.arange(round(seconds * rate)) / rate
        return 0.3 * np.sin(2 * math.pi * hertz * time)

    return make


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def site(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Api]:
    """The server, over the demo day."""
    data = tmp_path_factory.mktemp("demo")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(recordings, "RECORDINGS", tones())
        await prepare(data)
    async with open_services(patient(data)) as services, serve(services) as api:
        yield api


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def browser() -> AsyncIterator[Browser]:
    """Chromium without a screen."""
    path = await asyncio.to_thread(executable)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="package")
async def stranger(browser: Browser, site: Api) -> AsyncIterator[Page]:
    """A page that nobody logged in. A console error, an exception or a request to another host fails its test."""
    async with watched(browser, site) as page:
        yield page


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def login(browser: Browser, site: Api) -> StorageState:
    """The cookie of somebody who came by the server's own link."""
    context = await browser.new_context(base_url=site.url)
    await log_in(await context.new_page(), site)
    kept = await context.storage_state()
    await context.close()
    return kept


@pytest_asyncio.fixture(loop_scope="package")
async def page(browser: Browser, site: Api, login: StorageState) -> AsyncIterator[Page]:
    """A page of somebody who is logged in; nothing is shown yet. What fails a stranger's test fails this one's."""
    async with watched(browser, site, login) as page:
        yield page


@asynccontextmanager
async def watched(
    browser: Browser, site: Api, login: StorageState | None = None, *, timezone: str = "UTC"
) -> AsyncIterator[Page]:
    """A page whose faults are its test's, and whose reader lives in a time zone."""
    faults: list[str] = []
    hosts: set[str] = set()
    size: ViewportSize = {"width": 1280, "height": 800}
    context = await browser.new_context(
        base_url=site.url, storage_state=login, viewport=size, locale="en-GB", timezone_id=timezone
    )
    page = await context.new_page()
    page.set_default_timeout(PATIENCE)
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(f"{error}\n{error.stack}"))
    page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    yield page
    await context.close()
    assert [fault for fault in faults if not any(text in fault for text in PROVOKED)] == []
    assert {host.partition(":")[0] for host in hosts} <= {"127.0.0.1"}


async def log_in(page: Page, site: Api) -> None:
    """Open the link that the server prints."""
    assert site.services.access is not None
    await page.goto(login_link(site.url, site.services.access.codes.new()))
    await page.get_by_role("heading", name="Sessions").wait_for()

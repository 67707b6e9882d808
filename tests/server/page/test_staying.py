"""A page that stays open: while something is erased, while others log out, while the server is away."""

from __future__ import annotations

import shlex
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest
from playwright.async_api import Browser, Page, expect

from server.access import FILE, Pages, TokenStore, login_link
from server.app import serving
from server.services import open_services
from server.settings import Settings
from tests.server.api import Api, event
from tests.server.conftest import serve
from tests.server.page.conftest import log_in
from tests.server.page.watching import PATIENCE, until

pytestmark = pytest.mark.asyncio(loop_scope="package")


@asynccontextmanager
async def fresh_server(data: Path, port: int = 0) -> AsyncIterator[tuple[str, str]]:
    """A server of its own over a folder: its URL and a link that logs in."""
    async with (
        open_services(Settings(data=data, port=port, shutdown=1.0)) as services,
        serving(services) as running,
    ):
        assert services.access is not None
        yield running.url, login_link(running.url, services.access.codes.new())


async def test_a_session_that_is_erased_leaves_the_page(page: Page, site: Api) -> None:
    await site.send(event("gone-1", "session-started", session="gone", data={"client": "secret words"}))
    await page.goto("/#/session/default/gone")
    await expect(page.get_by_text("secret words").first).to_be_visible()
    await until(page, lambda now: now["records"] == 1)
    await site.ask("DELETE", "/api/v1/sessions/gone", {"log": "default", "reason": "asked for"})
    await expect(page.get_by_role("alert")).to_contain_text("was erased")
    await expect(page.get_by_text("secret words")).to_have_count(0)


async def test_an_event_that_is_erased_leaves_the_session_that_stays(page: Page, site: Api) -> None:
    await site.send(
        event("kept-1", "session-started", session="kept"),
        event("kept-2", "log-line", session="kept", data={"text": "secret words"}),
    )
    await page.goto("/#/session/default/kept")
    await page.get_by_role("option").filter(has_text="secret words").click()
    await expect(page.locator("thing-inspector")).to_contain_text("secret words")
    await site.ask("DELETE", "/api/v1/events/kept-2", {"reason": "asked for"})
    await until(page, lambda now: now["records"] == 1)
    await expect(page.get_by_text("secret words")).to_have_count(0)


async def test_an_erased_event_leaves_the_feed_of_its_device(page: Page, site: Api) -> None:
    await site.send(*(event(f"feed-{index}", device="erased-feed") for index in range(2)))
    await page.goto("/#/device/default/erased-feed")
    rows = page.locator(".book tbody tr")
    await expect(rows).to_have_count(2)
    await site.ask("DELETE", "/api/v1/events/feed-1", {"reason": "asked for"})
    await expect(rows).to_have_count(1)


async def test_a_log_out_in_one_tab_is_seen_in_the_other_which_takes_a_login_where_it_stands(
    stranger: Page, site: Api
) -> None:
    await log_in(stranger, site)
    other = await stranger.context.new_page()
    await other.goto("/#/device/default/phone-jonas")
    await expect(other.locator(".book tbody tr").first).to_be_visible()
    await stranger.get_by_role("button", name="Log out").click()
    await other.get_by_label("Token").fill(site.tokens["read"])
    await other.get_by_role("button", name="Log in").click()
    await expect(other.get_by_role("heading", name="phone-jonas")).to_be_visible()


async def test_a_server_that_stops_is_told_of_and_at_its_return_the_page_goes_on(
    browser: Browser, tmp_path: Path
) -> None:
    page = await browser.new_page(viewport={"width": 1280, "height": 800})
    page.set_default_timeout(PATIENCE)
    async with fresh_server(tmp_path) as (url, link):
        await page.goto(link)
        await expect(page.get_by_text("No session yet")).to_be_visible()
    await expect(page.get_by_text("Not connected")).to_be_visible()
    async with fresh_server(tmp_path, int(url.rpartition(":")[2])):
        await expect(page.get_by_text("Not connected")).to_have_count(0)
        await expect(page.get_by_text("No session yet")).to_be_visible()
        await page.reload()
        await expect(page.get_by_text("No session yet")).to_be_visible()
        await page.close()


async def test_a_login_that_was_ended_while_the_server_was_away_is_asked_for_at_its_return(
    browser: Browser, tmp_path: Path
) -> None:
    page = await browser.new_page(viewport={"width": 1280, "height": 800})
    page.set_default_timeout(PATIENCE)
    async with fresh_server(tmp_path) as (url, link):
        await page.goto(link)
        await expect(page.get_by_text("No session yet")).to_be_visible()
    tokens = await TokenStore.open(tmp_path / FILE, create=False)
    assert await Pages(tokens.kept).close_all() == 1
    await tokens.close()
    async with fresh_server(tmp_path, int(url.rpartition(":")[2])) as (_, link):
        await expect(page.get_by_label("Token")).to_be_visible()
        await expect(page.get_by_text("Not connected")).to_have_count(0)
        await page.goto(link)
        await expect(page.get_by_text("No session yet")).to_be_visible()
        await page.close()


async def test_the_first_steps_of_an_empty_server_are_those_that_work(
    browser: Browser, tmp_path: Path
) -> None:
    context = await browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = await context.new_page()
    page.set_default_timeout(PATIENCE)
    async with (
        open_services(Settings(data=tmp_path, port=0, shutdown=1.0)) as services,
        serve(services) as api,
    ):
        await log_in(page, api)
        await page.get_by_role("button", name="Copy").nth(1).click()
        await page.get_by_role("button", name="Copied").wait_for()
        command = shlex.split(await page.evaluate("navigator.clipboard.readText()"))
        assert command[:2] == ["curl", f"{api.url}/api/v1/events"]
        sent = await api.send(*msgspec.json.decode(command[-1]), token="ingest")
        assert sent.status == 200
        await expect(page.get_by_role("link", name="first", exact=True)).to_be_visible()
        await context.close()

"""Who may see the page's data, and how they come in and go out."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from server.access import login_link
from tests.server.api import Api
from tests.server.page.conftest import log_in

pytestmark = pytest.mark.asyncio(loop_scope="package")

OUTSIDE = ["/static/..%2Findex.html", "/static/%2e%2e/%2e%2e/settings.py", "/static/nothing.js", "/static/"]


async def test_the_printed_link_logs_in_once_and_leaves_no_code_in_the_address(
    stranger: Page, site: Api
) -> None:
    await log_in(stranger, site)
    await expect(stranger.locator(".card").first).to_be_visible()
    assert "code" not in stranger.url


async def test_the_printed_link_opened_again_by_who_is_logged_in_shows_the_page(
    stranger: Page, site: Api
) -> None:
    assert site.services.access is not None
    link = login_link(site.url, site.services.access.codes.new())
    for _ in range(2):
        await stranger.goto("about:blank")
        await stranger.goto(link)
        await expect(stranger.locator(".card").first).to_be_visible()


async def test_without_a_cookie_the_page_asks_for_a_token_and_takes_one(stranger: Page, site: Api) -> None:
    await stranger.goto("/#/session/default/complaint")
    await stranger.get_by_label("Token").fill("ph_nonsense")
    await stranger.get_by_role("button", name="Log in").click()
    await expect(stranger.get_by_role("alert")).not_to_be_empty()
    await stranger.get_by_label("Token").fill(site.tokens["read"])
    await stranger.get_by_role("button", name="Log in").click()
    await expect(stranger.get_by_role("heading", name="complaint")).to_be_visible()
    assert site.tokens["read"] not in stranger.url


async def test_logging_out_ends_it(stranger: Page, site: Api) -> None:
    page = stranger
    await log_in(page, site)
    await page.get_by_role("button", name="Log out").click()
    await expect(page.get_by_label("Token")).to_be_visible()
    await page.goto("/#/session/default/walk")
    await page.reload()
    await expect(page.get_by_label("Token")).to_be_visible()


async def test_the_pages_own_files_are_served_to_anybody_under_a_strict_policy(site: Api) -> None:
    page = await site.get("/", token=None)
    policy = page.headers["Content-Security-Policy"]
    for rule in ("default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'"):
        assert rule in policy
    assert "unsafe" not in policy
    script = await site.get("/static/main.js", token=None)
    assert script.headers["Content-Type"].partition(";")[0].endswith("javascript")


@pytest.mark.parametrize("path", OUTSIDE)
async def test_no_file_beside_the_pages_own_is_served(site: Api, path: str) -> None:
    assert (await site.get(path)).status == 404

"""Every view under axe's eyes, light and wide, dark and narrow: no violation that is serious."""

from __future__ import annotations

from typing import Literal

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from tests.server.api import Api

pytestmark = pytest.mark.asyncio(loop_scope="package")

VIEWS = {
    "sessions": "/#/sessions?text=phone",
    "session": "/#/session/default/late?as_of=231",
    "compare": "/#/compare/default/late/complaint",
    "devices": "/#/devices",
    "device": "/#/device/default/guide-12",
    "logs": "/#/logs",
    "log": "/#/log/lab",
    "nothing": "/#/session/default/nobody",
}
READY = ".card, event-list .row, tbody tr:visible, .note"


async def serious(page: Page) -> list[tuple[str, list[str]]]:
    """What axe calls serious or worse: each rule, and the first elements that break it."""
    found = (await Axe().run(page, options={"resultTypes": ["violations"]})).response["violations"]
    grave = [one for one in found if one["impact"] in ("serious", "critical")]
    return [(one["id"], [node["html"][:160] for node in one["nodes"]][:3]) for one in grave]


@pytest.mark.parametrize("view", VIEWS)
async def test_nothing_serious_is_found(page: Page, view: str) -> None:
    # A colour that is on its way to another is neither.
    await page.emulate_media(reduced_motion="reduce")
    await page.goto(VIEWS[view])
    await page.locator(READY).first.wait_for()
    if view == "session":
        await page.locator("event-list .row").first.click()
    assert await serious(page) == []
    await page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    await page.set_viewport_size({"width": 400, "height": 800})
    assert await serious(page) == []


async def test_the_page_for_who_is_lost_too(browser: Browser, site: Api) -> None:
    """Without any script: the file alone, in the page's own look."""
    context = await browser.new_context(base_url=site.url, java_script_enabled=False)
    page = await context.new_page()
    answer = await page.goto("/sessions")
    assert answer is not None
    assert answer.status == 404
    await expect(page.get_by_role("heading", name="There is no such page")).to_be_visible()
    await expect(page.get_by_role("navigation")).to_have_css("display", "flex")
    await page.get_by_role("link", name="Go to it").click()
    await expect(page).to_have_url(f"{site.url}/")
    await context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_nothing_serious_is_found_where_there_is_no_page(
    stranger: Page, scheme: Literal["light", "dark"]
) -> None:
    await stranger.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    await stranger.goto("/sessions")
    assert await serious(stranger) == []


async def test_the_keys_and_the_login_too(stranger: Page) -> None:
    await stranger.goto("/#/sessions")
    await stranger.get_by_label("Token").wait_for()
    await stranger.get_by_role("button", name="Keys").click()
    await stranger.get_by_role("dialog", name="Keys").wait_for()
    assert await serious(stranger) == []

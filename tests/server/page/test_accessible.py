"""Every view under axe's eyes, dark and light, wide and narrow: no violation that is serious."""

from __future__ import annotations

from typing import Literal

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

pytestmark = pytest.mark.asyncio(loop_scope="package")

VIEWS = {
    "sessions": "/#/sessions",
    "session": "/#/session/default/late?as_of=231",
    "devices": "/#/devices",
    "device": "/#/device/default/car-7f3a",
    "compare": "/#/compare/default/walk/complaint",
    "logs": "/#/logs",
    "log": "/#/log/default",
    "nothing": "/#/session/default/nobody",
}
READY = ".card, event-list .row, tbody tr, .note"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("view", VIEWS)
async def test_nothing_serious_is_found(page: Page, view: str, scheme: Literal["light", "dark"]) -> None:
    await page.emulate_media(color_scheme=scheme)
    await page.set_viewport_size(
        {"width": 1280, "height": 800} if scheme == "light" else {"width": 400, "height": 800}
    )
    await page.goto(VIEWS[view])
    await page.locator(READY).first.wait_for()
    if view == "session":
        await page.locator("event-list .row").first.click()
    found = (await Axe().run(page)).response["violations"]
    serious = [
        (one["id"], [node["html"][:160] for node in one["nodes"]][:3])
        for one in found
        if one["impact"] in ("serious", "critical")
    ]
    assert serious == []


async def test_the_keys_and_the_login_too(stranger: Page) -> None:
    await stranger.goto("/#/sessions")
    await stranger.get_by_label("Token").wait_for()
    await stranger.keyboard.press("Tab")
    await stranger.keyboard.press("Tab")
    await stranger.keyboard.press("?")
    await stranger.get_by_role("dialog", name="Keys").wait_for()
    found = (await Axe().run(stranger)).response["violations"]
    assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []

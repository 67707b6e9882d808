"""The page of a bundle, opened from a file in a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from replay.formats import page
from tests.replay.formats.sessions import full

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def test_it_asks_for_nothing_and_tells_what_was_heard_where_one_points(
    browser: Browser, tmp_path: Path
) -> None:
    file = tmp_path / "session.html"
    file.write_bytes(page.write(full()))
    context = await browser.new_context(viewport={"width": 1280, "height": 900}, offline=True)
    shown = await context.new_page()
    asked: list[str] = []
    faults: list[str] = []
    shown.on("request", lambda request: asked.append(request.url))
    shown.on("console", lambda message: faults.append(message.text))
    shown.on("pageerror", lambda error: faults.append(str(error)))
    await shown.goto(file.as_uri())
    await shown.locator("rect.clip").first.hover()
    await expect(shown.locator("output")).to_contain_text("Rain (lane music)")
    await shown.locator("tr[data-at]").first.press("Enter")
    assert await shown.locator("output").inner_text() != ""
    assert (asked, faults) == ([file.as_uri()], [])
    await context.close()

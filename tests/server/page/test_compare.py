"""Two sessions above each other, and what later records changed."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, expect

from tests.server.page.test_session import open_session
from tests.server.page.watching import eventually, until

pytestmark = pytest.mark.asyncio(loop_scope="package")

VIEWS = """() => [...document.querySelectorAll("timeline-view")].map(({ model }) => {
  const { view, time, scene } = model.state;
  return { view, time, findings: scene.findings.size };
})"""


async def test_two_sessions_are_compared_on_one_axis_and_move_together(page: Page) -> None:
    await open_session(page, "/#/session/default/walk")
    await page.get_by_label("Compare with session").fill("complaint")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile("#/compare/default/walk/complaint"))
    await expect(page.get_by_text("of 6 plays in a and 6 in b, 4 are aligned")).to_be_visible()
    before, other = await page.evaluate(VIEWS)
    assert before["view"] == other["view"]
    assert before["findings"] > 0
    assert other["findings"] > 0
    await page.get_by_role("button", name="The fountain is not in b").click()
    one, two = await eventually(page, lambda: page.evaluate(VIEWS), lambda both: both[1]["time"] == 100)
    assert one["view"] == two["view"] != before["view"]
    assert one["time"] == 100


async def test_a_comparison_is_walked_by_keys_and_the_other_session_is_suggested(page: Page) -> None:
    await open_session(page, "/#/session/default/walk")
    await page.get_by_label("Compare with session").fill("compl")
    await expect(page.locator("datalist option[value=complaint]")).to_be_attached()
    await page.goto("/#/compare/default/walk/complaint")
    await expect(page.locator("table.differences")).to_be_visible()
    await page.keyboard.press("f")
    await page.keyboard.press("f")
    second = page.locator("button.difference").nth(1)
    await expect(second).to_have_attribute("aria-current", "true")
    await expect(page.locator("said-note")).to_contain_text(await second.inner_text())
    before, _ = await page.evaluate(VIEWS)
    await page.keyboard.press("+")
    one, two = await page.evaluate(VIEWS)
    assert one["view"] == two["view"] != before["view"]


async def test_a_session_compared_with_itself_differs_in_nothing(page: Page) -> None:
    await page.goto("/#/compare/default/walk/walk")
    await expect(page.get_by_text("Nothing differs.", exact=True)).to_be_visible()


async def test_what_each_later_record_changed_is_told_and_leads_there(page: Page) -> None:
    await open_session(page, "/#/session/default/late?as_of=228")
    await until(page, lambda found: found["ghosts"] is not None)
    await page.get_by_role("tab", name="changed since").click()
    await expect(
        page.get_by_text(re.compile(r"from position 228 to \d+ \d+ records changed \d+ things"))
    ).to_be_visible()
    await page.get_by_role("button", name="Wind in the birches ends 5 s earlier").click()
    await until(page, lambda found: found["time"] == 31)
    await page.get_by_role("button", name="listen-ended").nth(1).click()
    await expect(page.locator("known-bar")).to_contain_text("8 not known yet")
    await expect(
        page.get_by_text(re.compile(r"from position 231 to \d+ \d+ records changed"))
    ).to_be_visible()

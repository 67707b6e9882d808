"""How loud a clip is drawn, and where its recording begins anew. Each recording of the demo is one steady tone."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.server.api import Api, event
from tests.server.page.test_session import STAGE, open_session, place

pytestmark = pytest.mark.asyncio(loop_scope="package")

TIME = "2026-05-11T08:00:{:02}Z".format

WAVE = """([x, top, height]) => {
  const context = document.querySelector("timeline-view canvas").getContext("2d");
  const [column, from, size] = [x, top, height].map((value) => Math.round(value * devicePixelRatio));
  const { data } = context.getImageData(column, from, 1, size);
  const [red, green, blue] = [142, 175, 206];
  let found = 0;
  for (let at = 0; at < data.length; at += 4) {
    const far = Math.abs(data[at] - red) + Math.abs(data[at + 1] - green) + Math.abs(data[at + 2] - blue);
    if (far < 24) found++;
  }
  return found / devicePixelRatio;
}"""
"""How high the waveform stands in a column: its colour is half white over a clip's."""

READY = """() => document.querySelector("timeline-view").waves.get("marimba")?.seconds > 0"""


async def waveform(page: Page, offset: float) -> float:
    """How high the waveform of the first lane stands at a moment, in pixels."""
    lane = (await page.evaluate(STAGE))["layout"]
    x, _ = await place(page, offset, "row 0")
    top = lane["head"] + lane["lanes"][0]["top"] + 18
    height: float = await page.evaluate(WAVE, [x, top, lane["lanes"][0]["row"] - 20])
    return height


async def heights(page: Page, *offsets: float) -> list[float]:
    """How high the waveform stands at some moments, once two looks agree: a canvas is painted a frame later."""
    seen: list[float] = []
    for _ in range(300):
        found = [await waveform(page, offset) for offset in offsets]
        if found == seen and all(found) and await page.evaluate(READY):
            return found
        seen = found
        await page.wait_for_timeout(60)
    raise AssertionError(f"the waveform never stood still: {seen}")


async def test_a_waveform_is_as_loud_as_it_was_played_at_each_moment(page: Page, site: Api) -> None:
    await site.send(
        event("loud-1", "session-started", session="loud", time=TIME(0)),
        event(
            "loud-2",
            "listen-started",
            session="loud",
            time=TIME(0),
            data={"asset": "marimba", "listen": "a", "gain": 3},
        ),
        event(
            "loud-3",
            "gain-changed",
            session="loud",
            time=TIME(5),
            data={"listen": "a", "gain": 1, "ramp": 10},
        ),
        event("loud-4", "gain-changed", session="loud", time=TIME(20), data={"gain": 2}),
        event("loud-5", "listen-ended", session="loud", time=TIME(30), data={"listen": "a"}),
    )
    await open_session(page, "/#/session/default/loud")
    before, midst, after, wide = await heights(page, 2, 10, 18, 25)
    assert midst / before == pytest.approx(2 / 3, abs=0.15)
    assert after / before == pytest.approx(1 / 3, abs=0.15)
    assert wide / before == pytest.approx(2 / 3, abs=0.15)


async def test_the_inspector_tells_what_moved_within_a_clip(page: Page, site: Api) -> None:
    await site.send(
        event("moved-1", "session-started", session="moved", time=TIME(0)),
        event(
            "moved-2",
            "listen-started",
            session="moved",
            time=TIME(0),
            data={"asset": "marimba", "listen": "a", "rate": 1.5, "loop": True},
        ),
        event(
            "moved-3",
            "gain-changed",
            session="moved",
            time=TIME(5),
            data={"listen": "a", "gain": 0.5, "ramp": 2},
        ),
        event("moved-4", "pan-changed", session="moved", time=TIME(8), data={"listen": "a", "pan": -1}),
        event("moved-5", "listen-ended", session="moved", time=TIME(50), data={"listen": "a"}),
    )
    await open_session(page, "/#/session/default/moved")
    await page.get_by_role("tab", name="clips").click()
    await page.get_by_role("tabpanel").get_by_role("button", name="marimba").click()
    inspector = page.get_by_role("region", name="Inspector")
    for text in ("at 0:05", "gain to 0.50 (-6.0 dB) within 2 s", "at 0:08", "pan to -1", "speed"):
        await expect(inspector).to_contain_text(text)

"""A session's page, on the demo's `complaint`: the drawing, the events, the inspector, the keys, the link."""

from __future__ import annotations

import re
from functools import partial

import pytest
from playwright.async_api import Locator, Page, expect

from replay.errors import Unavailable
from server.cli.pages.palette import PALETTE
from server.services.kept import Kept
from tests.server.api import Api, event
from tests.server.page.watching import eventually

pytestmark = pytest.mark.asyncio(loop_scope="package")

COMPLAINT = "/#/session/default/complaint"

PIXEL = """([x, y]) => {
  const canvas = document.querySelector("timeline-view canvas");
  return [...canvas.getContext("2d").getImageData(x * devicePixelRatio, y * devicePixelRatio, 1, 1).data];
}"""
STAGE = """() => {
  const { view, layout } = document.querySelector("session-view").model.state;
  const { width } = document.querySelector("timeline-view .stage").getBoundingClientRect();
  return { view, layout, width };
}"""


async def open_session(page: Page, address: str = COMPLAINT) -> None:
    await page.goto(address)
    await page.locator("timeline-view canvas").wait_for()
    await expect(page.locator("event-list .row").first).to_be_visible()


async def place(page: Page, offset: float, line: str) -> tuple[float, float]:
    """Where a moment lies on a line of the drawing, from its upper left corner: a band's id, or `row N`."""
    stage = await page.evaluate(STAGE)
    view, layout = stage["view"], stage["layout"]
    x = (offset - view["start"]) / (view["stop"] - view["start"]) * stage["width"]
    if line.startswith("row "):
        lane = layout["lanes"][0]
        return x, layout["head"] + lane["top"] + (int(line[4:]) + 0.5) * lane["row"]
    band = next(band for band in layout["bands"] if band["id"] == line)
    return x, band["top"] + band["height"] / 2


async def painted(page: Page, x: float, y: float, colour: str) -> bool:
    """Whether a place of the drawing has a colour, but for what mixing rounds."""
    pixel = await page.evaluate(PIXEL, [x, y - 8])
    return all(abs(one - other) < 4 for one, other in zip(pixel, bytes.fromhex(colour[1:]), strict=False))


def length(view: dict[str, float]) -> float:
    """Seconds that are seen."""
    return view["stop"] - view["start"]


def playhead(page: Page) -> Locator:
    return page.get_by_label("Time", exact=True).locator("b")


async def click(page: Page, offset: float, line: str) -> None:
    x, y = await place(page, offset, line)
    await page.locator("timeline-view .stage").click(position={"x": x, "y": y})


async def test_the_drawing_is_to_scale_and_a_meaning_has_its_colour(page: Page) -> None:
    await open_session(page)
    clip, stall, pause = (PALETTE[name].colour for name in ("clip", "stall", "pause"))
    edges = [
        (114.6, "row 1", clip),
        (137.4, "row 1", clip),
        (92.8, "state", stall),
        (96.2, "state", stall),
        (62, "state", pause),
    ]
    for offset, line, colour in edges:
        x, y = await place(page, offset, line)
        await eventually(page, partial(painted, page, x, y, colour), bool)
    for offset in (113.0, 139.0):
        assert not await painted(page, *await place(page, offset, "row 1"), clip)


async def test_the_drawing_says_what_it_shows(page: Page) -> None:
    await open_session(page)
    await expect(
        page.get_by_text("Timeline: 8 clips, 1 silence, 0 unknown stretches, 1 pause, 1 stall")
    ).to_be_attached()
    slider = page.get_by_role("slider", name="Playhead")
    await expect(slider).to_have_attribute("aria-valuetext", re.compile("0:00 session time: A marimba"))


async def test_a_click_on_a_clip_seeks_there_and_tells_of_it(page: Page) -> None:
    await open_session(page)
    await click(page, 120, "row 1")
    await expect(page.get_by_role("region", name="Inspector")).to_contain_text(
        "The church bell across the water"
    )
    await expect(playhead(page)).to_have_text(re.compile(r"^(1:59|2:00)\."))


async def test_a_click_on_a_mark_seeks_to_its_very_moment_and_shows_the_whole_record(page: Page) -> None:
    await open_session(page)
    await click(page, 164.09, "lines")
    await expect(playhead(page)).to_have_text("2:44.090")
    inspector = page.get_by_role("region", name="Inspector")
    await expect(inspector).to_contain_text("GET /media/marimba timed out after 10 s")
    await expect(inspector).to_contain_text("131 ms later")
    await expect(inspector).to_contain_text('"position": 183')


async def test_the_events_follow_the_playhead_and_a_click_seeks(page: Page) -> None:
    await open_session(page)
    rows = page.locator("event-list .row")
    await page.keyboard.press("End")
    await expect(page.locator("event-list .row.now")).to_contain_text("listen-ended")
    await rows.filter(has_text="playback-underrun").click()
    await expect(playhead(page)).to_have_text("1:36.800")
    await page.keyboard.press(".")
    await expect(playhead(page)).to_have_text("1:40.000")


REDRAWN = """async () => {
  const { model } = document.querySelector("session-view");
  model.set({ records: [...model.state.records], scene: { ...model.state.scene } });
  await new Promise(requestAnimationFrame);
}"""

LATE = """() => {
  const { model } = document.querySelector("session-view");
  const [first, ...rest] = model.state.records;
  model.set({ records: [first, { ...first, position: 10000 }, ...rest] });
}"""


async def test_a_row_that_is_drawn_again_while_it_is_pressed_is_still_clicked(page: Page) -> None:
    await open_session(page)
    await page.locator("event-list .row").filter(has_text="playback-underrun").hover()
    await page.mouse.down()
    await page.evaluate(REDRAWN)
    await page.mouse.up()
    await expect(playhead(page)).to_have_text("1:36.800")


async def test_what_one_reads_stays_in_place_when_an_event_comes_in_before_it(page: Page) -> None:
    await open_session(page)
    row = page.locator("event-list .row").filter(has_text="session-ended")
    await page.locator("event-list .rows").evaluate("box => { box.scrollTop = box.scrollHeight; }")
    await expect(row).to_be_visible()
    before = await row.bounding_box()
    await page.evaluate(LATE)
    await expect(page.locator("event-list .count")).to_have_text("33")
    assert await row.bounding_box() == before


async def test_what_the_keyboard_is_on_stays_when_it_is_drawn_again(page: Page) -> None:
    await open_session(page)
    await page.get_by_role("tab", name="clips").click()
    clip = page.get_by_role("button", name="Footsteps on gravel")
    await clip.focus()
    await page.keyboard.press("Enter")
    await expect(playhead(page)).to_have_text("2:18.000")
    await page.evaluate(REDRAWN)
    await expect(clip).to_be_focused()


async def test_events_are_filtered_by_type_and_text(page: Page) -> None:
    await open_session(page)
    rows = page.locator("event-list .row")
    await page.get_by_label("Type of event").select_option("log-line")
    await expect(rows).to_have_count(4)
    await page.get_by_label("Search the events").fill("mirror")
    await expect(rows).to_have_count(1)
    await expect(page.get_by_text("1 of 32")).to_be_visible()
    await expect(page).to_have_url(re.compile("type=log-line&text=mirror"))
    await page.get_by_label("Search the events").fill("nothing of the kind")
    await expect(page.get_by_text("No event matches")).to_be_visible()


async def test_the_inspector_says_what_an_event_did(page: Page) -> None:
    await open_session(page)
    await page.locator("event-list .row").filter(has_text="playback-resumed").click()
    inspector = page.get_by_role("region", name="Inspector")
    await expect(inspector).to_contain_text(re.compile("ends Paused, 0:44 . 1:04 · 20 s"))
    await inspector.get_by_role("button", name="Paused").click()
    await expect(inspector).to_contain_text("somebody paused it")
    await expect(playhead(page)).to_have_text("0:44.000")


async def test_the_keyboard_alone_finds_the_silence_and_looks_closer(page: Page) -> None:
    await open_session(page)
    for _ in range(3):
        await page.keyboard.press("g")
    await expect(playhead(page)).to_have_text("2:34.000")
    await expect(page.locator("transport-bar .now")).to_have_text("silence")
    for _ in range(5):
        await page.keyboard.press("+")
    stage = await eventually(page, lambda: page.evaluate(STAGE), lambda now: length(now["view"]) < 7)
    assert stage["view"]["start"] < 154 < stage["view"]["stop"]
    await page.keyboard.press("0")
    await page.keyboard.press("Alt+ArrowRight")
    await expect(playhead(page)).to_have_text("2:34.010")
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()


async def test_why_it_was_silent_is_told_at_any_moment(page: Page) -> None:
    await open_session(page, f"{COMPLAINT}?t=160")
    await page.keyboard.press("w")
    inspector = page.get_by_role("region", name="Inspector")
    await expect(inspector).to_contain_text("gap at 2:40")
    await expect(inspector).to_contain_text("Nothing played for 12 s")
    await expect(inspector).to_contain_text("GET /media/marimba timed out after 10 s")
    await inspector.get_by_role("button", name="2:44.09 log-line").click()
    await expect(playhead(page)).to_have_text("2:44.090")
    await expect(inspector).to_contain_text('"position": 183')
    await click(page, 50, "state")
    await inspector.get_by_role("button", name="Why was it silent here?").click()
    await expect(inspector).to_contain_text("Playback was paused for 20 s")
    await page.keyboard.press("Home")
    await page.get_by_role("button", name="Why?").click()
    await expect(inspector).to_contain_text("was playing")


async def test_what_was_not_known_in_time_is_told_too(page: Page) -> None:
    await open_session(page, "/#/session/default/late?t=135")
    await page.keyboard.press("w")
    await expect(page.get_by_role("region", name="Inspector")).to_contain_text(
        "This is known only since 2026-05-15"
    )


async def test_hands_zoom_pan_and_select(page: Page) -> None:
    await open_session(page)
    x, y = await place(page, 100, "row 0")
    box = await page.locator("timeline-view .stage").bounding_box()
    assert box is not None
    before = (await page.evaluate(STAGE))["view"]
    await page.mouse.move(box["x"] + x, box["y"] + y)
    await page.mouse.wheel(0, -600)
    await eventually(
        page,
        lambda: page.evaluate(STAGE),
        lambda now: length(now["view"]) < 0.6 * length(before),
    )
    again, _ = await place(page, 100, "row 0")
    assert again == pytest.approx(x, abs=1.5)
    await page.mouse.down()
    await page.mouse.move(box["x"] + x - 200, box["y"] + y, steps=4)
    await page.mouse.up()
    await eventually(page, lambda: place(page, 100, "row 0"), lambda now: abs(now[0] - (x - 200)) <= 2)
    await page.keyboard.down("Shift")
    await page.mouse.down()
    await page.mouse.move(box["x"] + x + 100, box["y"] + y, steps=4)
    await page.mouse.up()
    await page.keyboard.up("Shift")
    await expect(page.locator("timeline-view .selection")).to_be_visible()
    await expect(page.get_by_role("button", name="Loop")).to_be_enabled()
    await expect(page).to_have_url(re.compile("select="))


async def test_a_link_brings_the_very_view_back(page: Page) -> None:
    await open_session(page)
    await page.keyboard.press("End")
    await page.keyboard.press("ArrowLeft")
    await page.keyboard.press("[")
    await page.keyboard.press("+")
    await page.get_by_label("Clock").select_option("utc")
    await page.get_by_role("button", name="Mute lane main").click()
    await expect(page).to_have_url(re.compile("at=2026-05-14T14:58:47.000Z.*clock=utc&muted=main"))
    view = (await page.evaluate(STAGE))["view"]
    link = page.url
    await page.goto("/#/logs")
    await open_session(page, link)
    await expect(playhead(page)).to_have_text("14:58:47.000")
    await expect(page.locator("timeline-view .selection")).to_be_visible()
    await expect(page.get_by_role("button", name="Mute lane main")).to_have_attribute("aria-pressed", "true")
    assert (await page.evaluate(STAGE))["view"] == pytest.approx(view, abs=1e-3)


async def test_a_link_by_hand_begins_seventy_five_seconds_in(page: Page) -> None:
    await open_session(page, f"{COMPLAINT}?t=75")
    await expect(playhead(page)).to_have_text("1:15.000")


async def test_the_clock_can_be_any_of_four(page: Page) -> None:
    await open_session(page, f"{COMPLAINT}?t=154")
    for clock, told in [("utc", "14:58:04.000"), ("device", "14:58:04.000"), ("session", "2:34.000")]:
        await page.get_by_label("Clock").select_option(clock)
        await expect(playhead(page)).to_have_text(told)


async def test_the_drawing_is_there_as_tables_too(page: Page) -> None:
    await open_session(page)
    await page.get_by_role("tab", name="clips").click()
    await expect(page.get_by_role("row")).to_have_count(9)
    await page.get_by_role("button", name="Footsteps on gravel").click()
    await expect(playhead(page)).to_have_text("2:18.000")
    await page.keyboard.press("Shift+Tab")
    await page.get_by_role("tab", name="clips").focus()
    await page.keyboard.press("ArrowRight")
    await expect(page.get_by_role("tab", name="quiet")).to_have_attribute("aria-selected", "true")
    await expect(page.get_by_role("rowheader", name="silence")).to_be_visible()


async def test_what_a_sender_wrote_is_shown_as_text_never_as_markup(page: Page, site: Api) -> None:
    name = "odd/ #%?é <b>x</b>"
    time = "2026-05-14T14:57:00Z"
    await site.send(
        event("odd-1", "session-started", session=name, time=time),
        event(
            "odd-2", "listen-started", session=name, time=time, data={"asset": "<img src=x>", "duration": 9}
        ),
    )
    await page.goto("/#/sessions?text=odd%2F")
    await page.get_by_role("link", name=name).click()
    await expect(page.get_by_role("heading", name=name)).to_be_visible()
    await expect(page.locator("transport-bar .now")).to_have_text("<img src=x>")
    await expect(page).to_have_title(f"{name} · Playhead")


@pytest.mark.parametrize(
    "address", [COMPLAINT, "/#/sessions", "/#/log/default", "/#/device/default/car-7f3a"]
)
async def test_on_a_narrow_screen_nothing_is_wider_than_it(page: Page, address: str) -> None:
    await page.set_viewport_size({"width": 400, "height": 800})
    await page.goto(address)
    await page.locator(".card, .row, tbody tr:visible").first.wait_for()
    assert await page.evaluate("document.documentElement.scrollWidth") == 400


async def test_a_failure_while_one_looks_is_said_beside_what_is_seen(
    page: Page, site: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*_asked: object) -> Kept:
        raise Unavailable("the disk is full")

    await open_session(page)
    monkeypatch.setattr(site.services.warm, "session", refuse)
    await page.keyboard.press("w")
    await expect(page.get_by_role("status").filter(has_text="The disk is full.")).to_be_visible()
    await expect(page.locator("timeline-view canvas")).to_be_visible()

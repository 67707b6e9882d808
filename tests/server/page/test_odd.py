"""Sessions at the edge of what is likely: nothing recorded, one event, five hundred lanes, ten hours, a clock of
1970, names of any length and script. Each is looked at and played."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, expect

from tests.server.api import Api, event
from tests.server.page.test_session import open_session, playhead
from tests.server.page.watching import state, until

pytestmark = pytest.mark.asyncio(loop_scope="package")

TIME = "2026-05-10T{:02}:{:02}:{:02}Z".format


def at(second: int) -> str:
    return TIME(second // 3600, second // 60 % 60, second % 60)


def of(session: str, second: int, type: str, **data: object) -> dict[str, object]:
    id = f"{session} {second} {type} {data.get('listen')} {data.get('lane')}"
    return event(id, type, session=session, time=at(second), data=data)


async def play_a_while(page: Page, past: float) -> None:
    await page.keyboard.press("Space")
    await until(page, lambda found: found["playing"] and found["time"] > past)
    await page.keyboard.press("Space")


async def test_a_session_without_any_recording_says_so_and_plays(page: Page, site: Api) -> None:
    await site.send(
        of("bare", 0, "session-started"),
        of("bare", 1, "listen-started", asset="nobody-has-it", listen="a"),
        of("bare", 9, "listen-ended", listen="a"),
        of("bare", 10, "session-ended"),
    )
    await open_session(page, "/#/session/default/bare")
    await expect(page.get_by_text("no recording of what played")).to_be_visible()
    await play_a_while(page, 0.2)


async def test_a_session_of_one_event_is_drawn_and_ends_where_it_began(page: Page, site: Api) -> None:
    await site.send(of("lonely", 5, "heartbeat"))
    await open_session(page, "/#/session/default/lonely")
    await expect(page.get_by_text("Timeline: 0 clips")).to_be_attached()
    for _ in range(12):
        await page.keyboard.press("+")
    await page.keyboard.press("0")
    assert (await state(page))["reach"] == {"start": 0, "stop": 1}


async def test_of_five_hundred_lanes_each_can_be_muted_and_the_others_are_heard(
    page: Page, site: Api
) -> None:
    lanes = [f"lane {number}, left" for number in range(500)]
    await site.send(
        of("choir", 0, "session-started"),
        *(of("choir", 0, "listen-started", asset="marimba", listen=lane, lane=lane) for lane in lanes),
        of("choir", 8, "session-ended"),
    )
    await open_session(page, "/#/session/default/choir")
    await switch(page, "Mute", "lane 0, left")
    async with page.expect_response(re.compile(r"replay\.wav.*muted=")) as coming:
        await switch(page, "Mute", "lane 499, left")
    assert (await coming.value).status == 206
    await play_a_while(page, 0.3)
    await switch(page, "Hear alone:", "lane 7, left")
    await play_a_while(page, 0.8)
    await expect(page.locator("transport-bar .sound")).to_have_text("")
    # Those that are out of sight are made as the keyboard comes to them.
    await page.get_by_role("button", name="Mute lane lane 7, left", exact=True).focus()
    for _ in range(80):
        await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.title") == "Mute lane lane 47, left"


async def switch(page: Page, says: str, lane: str) -> None:
    """Scroll to a lane, and press a switch of it."""
    await page.evaluate(SCROLL, lane)
    await page.get_by_role("button", name=f"{says} lane {lane}", exact=True).click()


SCROLL = """(name) => {
  const { layout } = document.querySelector("session-view").model.state;
  const { top } = layout.lanes.find(({ lane }) => lane === name);
  document.querySelector("timeline-view .scroller").scrollTop = top;
}"""


async def test_ten_hours_are_sought_in_at_once_and_silence_is_skipped_at_any_speed(
    page: Page, site: Api
) -> None:
    plays = range(0, 36_000, 600)
    await site.send(
        of("radio-day", 0, "session-started"),
        *(of("radio-day", second, "listen-started", asset="marimba", listen=f"{second}") for second in plays),
        *(of("radio-day", second + 3, "listen-ended", listen=f"{second}") for second in plays),
        of("radio-day", 36_000, "session-ended"),
    )
    await open_session(page, "/#/session/default/radio-day?t=35399")
    await expect(playhead(page)).to_have_text("9:49:59.000")
    await page.get_by_role("button", name="Skip silence").click()
    await page.get_by_label("Speed").select_option("16")
    await page.keyboard.press("Home")
    await page.keyboard.press("Space")
    await until(page, lambda found: found["time"] > 1200)
    await page.keyboard.press("Space")
    await page.keyboard.press("End")
    await expect(playhead(page)).to_have_text("10:00:00.000")


async def test_a_clip_with_the_clock_of_1970_does_not_hide_the_session(page: Page, site: Api) -> None:
    old = of("epoch", 2, "listen-started", asset="fountain", listen="old") | {"time": "1970-01-01T00:00:10Z"}
    await site.send(
        of("epoch", 0, "session-started"),
        of("epoch", 1, "listen-started", asset="marimba", listen="a"),
        old,
        of("epoch", 20, "listen-ended", listen="a"),
        of("epoch", 21, "listen-ended", listen="old"),
        of("epoch", 30, "session-ended"),
    )
    await open_session(page, "/#/session/default/epoch")
    seen = await state(page)
    assert seen["reach"]["start"] < -1e9
    assert (seen["time"], round(seen["view"]["start"]), round(seen["view"]["stop"])) == (0, 0, 30)
    await play_a_while(page, 0.2)
    await page.keyboard.press("0")
    assert (await state(page))["view"]["start"] < -1e9


async def test_names_of_any_length_and_script_fit(page: Page, site: Api) -> None:
    session, long = "💿 جلسة صوتية", "d" * 250
    events = [
        of(session, 0, "session-started", client="مشغل 🎧 " + "c" * 400),
        of(
            session,
            1,
            "listen-started",
            asset="תסכית 🎵 " + "a" * 200,
            listen="a",
            lane="שמאל, 🎷 " + "l" * 200,
        ),
        of(session, 20, "listen-ended", listen="a"),
    ]
    for number, sent in enumerate(events):
        sent |= {"id": f"names {number}", "device": (long, "الجهاز-📱")[number % 2]}
    await site.send(*events)
    for width in (1280, 400):
        await page.set_viewport_size({"width": width, "height": 800})
        await page.goto("/#/logs")
        await open_session(page, f"/#/session/default/{session}")
        assert await page.evaluate("document.documentElement.scrollWidth") == width
        name = page.get_by_role("link", name=long)
        await expect(name).to_have_attribute("title", long)
        box = await name.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= width
    for address in ("/#/sessions", "/#/devices", f"/#/device/default/{long}"):
        await page.goto(address)
        await page.locator(".card, .row, tbody tr:visible").first.wait_for()
        assert await page.evaluate("document.documentElement.scrollWidth") == 400, address
    await page.set_viewport_size({"width": 1280, "height": 800})
    await open_session(page, f"/#/session/default/{session}")
    mute = page.get_by_role("button", name=re.compile("Mute lane שמאל"))
    await mute.click()
    await expect(mute).to_have_attribute("aria-pressed", "true")
    await expect(page).to_have_url(re.compile("muted=.*252C"))

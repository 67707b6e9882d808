"""What hands and places do: two fingers on the drawing, a page without https, a reader in another time zone."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.async_api import Browser, Page, StorageState, expect

from tests.server.api import Api, event
from tests.server.page.conftest import watched
from tests.server.page.test_session import COMPLAINT, STAGE, open_session, place, playhead
from tests.server.page.watching import until

pytestmark = pytest.mark.asyncio(loop_scope="package")

WITHOUT_HTTPS = "Object.defineProperty(Navigator.prototype, 'clipboard', { value: undefined })"
"""What a page has of the clipboard where it did not come by https."""


NOTE = """() => {
  window.down = [];
  const stage = document.querySelector("timeline-view .stage");
  stage.addEventListener("pointerdown", (event) => down.push(event.pointerId));
}"""
LIFT = """() => document.querySelector("timeline-view .stage")
  .dispatchEvent(new PointerEvent("pointerup", { pointerId: down.at(-1) }))"""
"""Lift the finger that was put down last: the protocol lifts all of them or none."""


class Fingers:
    """Real touches, as the screen's driver tells them; places are on the drawing."""

    def __init__(self, page: Page, cdp: Any, box: Any) -> None:
        self.page = page
        self.cdp = cdp
        self.box = box

    @classmethod
    async def on(cls, page: Page) -> Fingers:
        cdp = await page.context.new_cdp_session(page)
        await page.evaluate(NOTE)
        await cdp.send("Emulation.setTouchEmulationEnabled", {"enabled": True, "maxTouchPoints": 5})
        return cls(page, cdp, await page.locator("timeline-view .stage").bounding_box())

    async def touch(self, kind: str, *places: tuple[float, float]) -> None:
        """All fingers that are down, from the first one put down."""
        points = [
            {"x": self.box["x"] + x, "y": self.box["y"] + y, "id": number}
            for number, (x, y) in enumerate(places)
        ]
        await self.cdp.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


async def seen_when(page: Page, holds: Callable[[dict[str, float]], bool]) -> dict[str, float]:
    """What is seen, once something holds of it."""
    view: dict[str, float] = {}
    for _ in range(300):
        view = (await page.evaluate(STAGE))["view"]
        if holds(view):
            return view
        await page.wait_for_timeout(30)
    raise AssertionError(f"it never held; now it is {view}")


def span(view: dict[str, float]) -> float:
    return view["stop"] - view["start"]


async def test_two_fingers_zoom_about_what_lies_between_them(page: Page) -> None:
    await open_session(page)
    x, y = await place(page, 100, "row 0")
    before = (await page.evaluate(STAGE))["view"]
    fingers = await Fingers.on(page)
    await fingers.touch("touchStart", (x - 50, y))
    await fingers.touch("touchStart", (x - 50, y), (x + 50, y))
    for step in range(1, 6):
        await fingers.touch("touchMove", (x - 50 - 20 * step, y), (x + 50 + 20 * step, y))
    near = await seen_when(page, lambda view: abs(span(view) / span(before) - 1 / 3) < 0.01)
    assert (await place(page, 100, "row 0"))[0] == pytest.approx(x, abs=3)
    await page.evaluate(LIFT)
    await fingers.touch("touchMove", (x - 250, y), (x + 150, y))
    moved = await seen_when(page, lambda view: view["start"] > near["start"] + 0.4 * span(near) / 5)
    assert span(moved) == pytest.approx(span(near))
    assert (await place(page, 100, "row 0"))[0] == pytest.approx(x - 100, abs=3)
    await fingers.touch("touchEnd")
    await expect(playhead(page)).to_have_text("0:00.000")


async def test_a_finger_taps_and_drags_as_the_mouse_does(page: Page) -> None:
    await open_session(page)
    fingers = await Fingers.on(page)
    x, y = await place(page, 120, "row 1")
    await fingers.touch("touchStart", (x, y))
    await fingers.touch("touchEnd")
    await expect(playhead(page)).to_have_text(re.compile(r"^(1:59|2:00)\."))
    await expect(page.get_by_role("region", name="Inspector")).to_contain_text("church bell")
    x, _ = await place(page, 30, "row 0")
    await fingers.touch("touchStart", (x + 90, 8))
    await fingers.touch("touchMove", (x, 8))
    await fingers.touch("touchEnd")
    await expect(playhead(page)).to_have_text(re.compile(r"^0:(29|30)\."))


def selected(start: float, stop: float) -> Callable[[dict[str, Any]], bool]:
    """Whether about this stretch is selected: a pixel is a sixth of a second here."""

    def holds(found: dict[str, Any]) -> bool:
        selection = found["selection"]
        return bool(
            selection and abs(selection["start"] - start) < 0.5 and abs(selection["stop"] - stop) < 0.5
        )

    return holds


async def test_a_finger_selects_once_it_was_held_or_with_the_tool_and_moves_an_edge(page: Page) -> None:
    await open_session(page)
    fingers = await Fingers.on(page)
    before = (await page.evaluate(STAGE))["view"]
    (x, y), (to, _), (third, _) = [await place(page, at, "row 0") for at in (50, 80, 110)]
    await fingers.touch("touchStart", (x, y))
    await page.locator("timeline-view .stage.holding").wait_for()
    await fingers.touch("touchMove", (to, y))
    await fingers.touch("touchEnd")
    await until(page, selected(50, 80))
    await expect(page.get_by_label("Selected", exact=True)).to_contain_text(" s")
    await fingers.touch("touchStart", (to + 8, y))
    await fingers.touch("touchMove", (third, y))
    await fingers.touch("touchEnd")
    await until(page, selected(50, 110))
    await page.get_by_role("button", name="Let go of the selection").click()
    await expect(page.get_by_label("Selected", exact=True)).to_have_text("nothing selected")
    await page.get_by_role("button", name="Select", exact=True).click()
    await fingers.touch("touchStart", (third, y))
    await fingers.touch("touchMove", (to, y))
    await fingers.touch("touchEnd")
    await until(page, selected(80, 110))
    assert (await page.evaluate(STAGE))["view"] == before


async def test_keys_select_from_where_the_tool_was_taken_in_hand(page: Page) -> None:
    await open_session(page, f"{COMPLAINT}?t=60")
    for key in ("r", "ArrowRight", "ArrowRight"):
        await page.keyboard.press(key)
    await until(page, selected(60, 70))
    await page.keyboard.press("r")
    await page.keyboard.press("ArrowRight")
    await until(page, lambda found: found["time"] == 75 and selected(60, 70)(found))


async def pasted(page: Page) -> str:
    """What lies on the clipboard, as a person finds out."""
    field = page.get_by_label("Search the events")
    await field.fill("")
    await field.press("Control+v")
    await expect(field).not_to_have_value("")
    return await field.input_value()


async def test_without_https_the_link_and_the_curl_command_are_copied_too(page: Page, site: Api) -> None:
    await page.add_init_script(WITHOUT_HTTPS)
    await open_session(page, f"{COMPLAINT}?t=75")
    assert await page.evaluate("navigator.clipboard === undefined")
    await page.get_by_role("slider", name="Playhead").focus()
    await page.keyboard.press("y")
    await expect(page.get_by_text("The link to this view was copied.").first).to_be_attached()
    await expect(page.get_by_role("slider", name="Playhead")).to_be_focused()
    assert (await pasted(page)).startswith(f"{site.url}/#/session/default/complaint?at=2026-05-14T14:56:45")
    await page.get_by_text("Export", exact=True).click()
    await page.get_by_role("button", name="Copy as curl").click()
    await expect(page.get_by_text("The curl command was copied.").first).to_be_attached()
    assert (await pasted(page)).startswith(f'curl "{site.url}/api/v1/sessions/complaint/replay')


async def test_what_cannot_be_copied_is_said_and_not_claimed(page: Page) -> None:
    await page.add_init_script(f"{WITHOUT_HTTPS}; document.execCommand = () => false")
    await open_session(page)
    await page.keyboard.press("y")
    await expect(page.get_by_text("This browser does not let the page copy").first).to_be_attached()
    await expect(page.get_by_text("was copied.")).to_have_count(0)


@pytest.mark.parametrize(
    ("zone", "told", "tick"),
    [("Pacific/Chatham", "03:42:04.000", "03:41:00"), ("America/St_Johns", "12:27:04.000", "12:26:00")],
)
async def test_the_readers_own_time_is_that_of_their_zone(
    browser: Browser, site: Api, login: StorageState, zone: str, told: str, tick: str
) -> None:
    async with watched(browser, site, login, timezone=zone) as page:
        await open_session(page, f"{COMPLAINT}?t=94&clock=local")
        await expect(playhead(page)).to_have_text(told)
        await expect(page.get_by_label("Time", exact=True)).to_have_attribute("title", f"your time ({zone})")
        await expect(page.locator("event-list .row.now")).to_contain_text(told[:5])
        ticks = await page.evaluate(TICKS)
        assert tick in ticks
        assert all(re.fullmatch(r"\d\d:\d\d:(00|15|30|45)", text) for text in ticks)
        await page.get_by_label("Clock").select_option("utc")
        await expect(playhead(page)).to_have_text("14:57:04.000")


async def test_a_session_over_midnight_says_of_which_day_a_moment_is(page: Page, site: Api) -> None:
    for name, kind, time in (
        ("night-1", "session-started", "2026-05-14T23:59:50Z"),
        ("night-2", "session-ended", "2026-05-15T00:00:20Z"),
    ):
        await site.send(event(name, kind, session="night", time=time))
    await open_session(page, "/#/session/default/night?t=15&clock=utc")
    await expect(page.get_by_label("Time", exact=True)).to_contain_text("15 May 00:00:05.000")
    await expect(page.locator("event-list .row").first).to_contain_text("14 May 23:59:50.000")
    await page.get_by_label("Clock").select_option("session")
    await expect(page.get_by_label("Time", exact=True)).to_have_text("0:15.000 / 30 s")


TICKS = """() => {
  const drawing = document.querySelector("timeline-view");
  const frame = drawing.frame();
  const texts = [];
  frame.context = new Proxy(drawing.canvas.getContext("2d"), {
    get: (context, name) => {
      if (name === "fillText") return (text) => texts.push(text);
      if (name === "measureText") return () => ({ width: 0 });
      return () => {};
    },
    set: () => true,
  });
  return import("/static/lib/paint/ruler.js").then(({ paintRuler }) => (paintRuler(frame), texts));
}"""
"""What stands on the ruler."""

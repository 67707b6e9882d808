"""The second playhead, over what was known when; a session that goes on; other clocks; taking it away."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.server.api import Api, event
from tests.server.page.test_session import COMPLAINT, open_session, playhead
from tests.server.page.watching import state, until

pytestmark = pytest.mark.asyncio(loop_scope="package")

LATE = "/#/session/default/late"


async def test_dragging_the_second_playhead_back_shows_what_was_known_then_and_ghosts_of_the_rest(
    page: Page,
) -> None:
    await open_session(page, LATE)
    await expect(page.locator("known-bar")).to_contain_text("all: position 239")
    assert (await state(page))["totals"]["unknown"] == 0
    slider = page.get_by_label("Known up to")
    box = await slider.bounding_box()
    assert box is not None
    await page.mouse.move(box["x"] + box["width"] - 8, box["y"] + 12)
    await page.mouse.down()
    await page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 12, steps=6)
    await page.mouse.up()
    await expect(page.locator("known-bar")).to_contain_text("11 not known yet")
    drawn = await until(page, lambda now: now["totals"]["unknown"] == 124)
    assert drawn["ghosts"] > 0
    await expect(page.locator("event-list .row.later").first).to_be_attached()
    await expect(page).to_have_url(re.compile(rf"as_of={drawn['known']}"))
    await page.get_by_role("button", name="All that is known").click()
    await expect(page.locator("known-bar")).to_contain_text("all: position 239")
    assert (await state(page))["ghosts"] is None


async def test_the_story_of_the_late_upload_step_by_step(page: Page) -> None:
    await open_session(page, LATE)
    await expect(page.locator("known-bar")).to_contain_text("all: position 239")
    reaches = set()
    unknown = []
    for _ in range(11):
        await page.keyboard.press("p")
        drawn = await until(page, lambda now: now["ghosts"] is not None and now["position"] <= now["known"])
        unknown.append(drawn["totals"]["unknown"])
        reaches.add((drawn["reach"]["start"], drawn["reach"]["stop"]))
    assert (unknown[0], unknown[-1]) == (0, 124)
    assert len(set(unknown)) > 4
    assert len(reaches) == 1
    await page.keyboard.press("Shift+N")
    await expect(page.locator("known-bar")).to_contain_text("all: position 239")


async def test_a_link_to_what_was_known_then_works(page: Page) -> None:
    await open_session(page, f"{LATE}?as_of=231")
    await expect(page.locator("known-bar")).to_contain_text("8 not known yet")
    await expect(page.locator("totals-bar")).to_contain_text("unknown1:18")


async def test_a_session_that_goes_on_is_drawn_as_it_goes(page: Page, site: Api) -> None:
    start = datetime.now(UTC) - timedelta(seconds=30)

    def happened(number: int, type_: str, seconds: float, **data: object) -> dict[str, object]:
        time = (start + timedelta(seconds=seconds)).isoformat()
        return event(f"going-{number}", type_, session="going", device="phone-9", time=time, data=data)

    await site.send(
        happened(1, "session-started", 0), happened(2, "listen-started", 1, asset="a", duration=5)
    )
    streams: list[str] = []
    page.on("request", lambda request: streams.append(request.url))
    await open_session(page, "/#/session/default/going")
    await expect(page.locator("session-head .state")).to_have_text("live")
    await expect(page.get_by_role("tab", name="clips")).to_have_text("clips 1")
    await site.send(happened(3, "listen-started", 10, asset="b", duration=5))
    await expect(page.get_by_role("tab", name="clips")).to_have_text("clips 2")
    await expect(page.get_by_role("tab", name="events")).to_have_text("events 3")
    await site.send(happened(4, "session-ended", 20))
    await expect(page.locator("session-head .state")).to_have_text("ended")
    reach = (await state(page))["reach"]
    assert reach["stop"] == 20
    assert (await state(page))["view"]["stop"] >= 20
    assert any("/api/v1/events?log=default&session=going&after=" in url for url in streams)


async def test_a_late_record_of_an_old_session_moves_what_is_drawn_but_not_what_was_known(
    page: Page, site: Api
) -> None:
    time = "2026-05-13T10:00:{:02}Z".format
    await site.send(
        event("old-1", "session-started", session="old", time=time(0)),
        event(
            "old-2",
            "listen-started",
            session="old",
            time=time(5),
            data={"asset": "a", "listen": "x", "duration": 30},
        ),
        event("old-3", "session-ended", session="old", time=time(50)),
    )
    await open_session(page, "/#/session/default/old")
    await expect(page.locator("totals-bar")).to_contain_text("heard30 s")
    await page.keyboard.press("p")
    await until(page, lambda now: not now["ended"])
    await site.send(event("old-4", "listen-ended", session="old", time=time(15), data={"listen": "x"}))
    await expect(page.locator("known-bar")).to_contain_text("2 not known yet")
    assert (await state(page))["known"] is not None
    await page.keyboard.press("Shift+N")
    await expect(page.locator("totals-bar")).to_contain_text("heard10 s")


async def test_the_session_can_be_told_in_the_servers_time(page: Page) -> None:
    await open_session(page, f"{LATE}?t=46")
    await page.get_by_label("Clock").select_option("utc")
    await expect(playhead(page)).to_have_text("11:00:46.000")
    await page.get_by_label("Clock").select_option("corrected")
    await expect(page).to_have_url(re.compile("clock=corrected"))
    await expect(playhead(page)).to_have_text(re.compile(r"11:00:43\.1"))
    await expect(page.locator("event-list .row.now")).to_contain_text(re.compile("11:00:4[03]"))
    await page.get_by_label("Clock").select_option("session")
    await expect(playhead(page)).to_have_text("0:46.000")


async def test_every_format_can_be_taken_away_as_it_is_shown(page: Page, tmp_path: Path) -> None:
    await open_session(page, f"{LATE}?as_of=231")
    await expect(page.locator("known-bar")).to_contain_text("8 not known yet")
    await page.get_by_text("Export", exact=True).click()
    links = page.locator("export-menu li a")
    endings = [(text or "").split(" ")[0] for text in await links.all_text_contents()]
    assert {
        ".json",
        ".m3u8",
        ".otio",
        ".rpp",
        ".vtt",
        ".txt",
        ".csv",
        ".svg",
        ".cloudevents.json",
        ".zip",
    } <= set(endings)
    for link in await links.all():
        assert "as_of=231" in (await link.get_attribute("href") or "")
    async with page.expect_download() as coming:
        await page.get_by_role("link", name=".csv").click()
    kept = tmp_path / "late.csv"
    await (await coming.value).save_as(kept)
    assert "Wind in the birches" in kept.read_text()


async def test_a_request_is_copied_as_curl_without_a_secret(page: Page, site: Api) -> None:
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await open_session(page, f"{COMPLAINT}?t=75")
    await page.get_by_text("Export", exact=True).click()
    await page.get_by_role("button", name="Copy as curl").click()
    await expect(page.get_by_text("The curl command was copied.").first).to_be_attached()
    assert await page.evaluate("navigator.clipboard.readText()") == (
        f'curl "{site.url}/api/v1/sessions/complaint/replay?log=default" -H "Authorization: Bearer $TOKEN"'
    )
    await page.keyboard.press("y")
    await expect(page.get_by_text("The link to this view was copied.").first).to_be_attached()
    assert "at=2026-05-14T14:56:45.000Z" in await page.evaluate("navigator.clipboard.readText()")

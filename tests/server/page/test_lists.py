"""The lists: sessions, devices, logs; and the books of a device and of a log."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.async_api import Browser, Locator, Page, StorageState, expect

from replay import days
from tests.projections.house import keeper_of
from tests.server.api import Api, event
from tests.server.page.conftest import watched
from tests.server.page.watching import eventually

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def scroll_until(page: Page, rows: Locator, count: int) -> None:
    """Scroll down, as somebody who looks for more does, until there are so many rows."""

    async def look() -> int:
        await page.mouse.wheel(0, 9000)
        return await rows.count()

    await eventually(page, look, lambda found: found == count)


async def test_the_sessions_are_searched_as_one_types_and_the_address_keeps_the_filters(page: Page) -> None:
    await page.goto("/#/sessions")
    cards = page.locator(".card")
    await page.get_by_label("Search").fill("jonas")
    await expect(cards).to_have_count(1)
    await expect(page).to_have_url(re.compile(r"#/sessions\?text=jonas"))
    await page.reload()
    await expect(cards).to_have_count(1)
    await expect(page.get_by_label("Search")).to_have_value("jonas")
    await page.get_by_label("Search").fill("")
    await page.get_by_label("State").select_option("open")
    await expect(page.get_by_role("link", name="radio")).to_be_visible()
    await expect(page.get_by_role("link", name="walk", exact=True)).to_have_count(0)
    await page.get_by_label("Search").fill("nobody at all")
    await expect(page.get_by_text("No session matches")).to_be_visible()


async def test_a_card_draws_its_session_and_counts_what_was_found(page: Page) -> None:
    await page.goto("/#/sessions?text=museum")
    card = page.locator(".card").filter(has_text="museum")
    await expect(card).to_contain_text("8 clips")
    await expect(card).to_contain_text("1 error")
    await expect(
        card.get_by_role("img", name=re.compile("heard 2:30 of 2:32; in between silent"))
    ).to_be_visible()
    await page.get_by_label("Search").fill("")
    await page.get_by_label("Findings").select_option("error")
    await expect(page).to_have_url(re.compile("severity=error"))
    await expect(page.get_by_role("link", name="museum", exact=True)).to_be_visible()
    await expect(page.get_by_role("link", name="complaint", exact=True)).to_have_count(0)


async def test_a_new_session_appears_by_itself(page: Page, site: Api) -> None:
    await page.goto("/#/sessions")
    await expect(page.get_by_role("link", name="bench", exact=True)).to_be_visible()
    await site.send(event("appears-1", "session-started", session="appears"))
    await expect(page.get_by_role("link", name="appears")).to_be_visible()


async def test_an_erased_session_leaves_the_list_though_the_views_hear_of_it_late(
    page: Page, site: Api
) -> None:
    await page.goto("/#/sessions")
    gone = page.get_by_role("link", name="soon-gone")
    told = await site.send(event("soon-gone-1", "session-started", session="soon-gone"))
    position = told.document["position"]
    await expect(gone).to_be_visible()
    asked = page.expect_request(re.compile(f"/sessions.*min_position={position + 1}"))
    async with keeper_of(site.services.projections)._lock, asked:  # the views stand still
        await site.services.erase("default", [position], "asked for")
    await expect(gone).to_have_count(0)


async def test_erased_listening_leaves_its_day_though_the_views_hear_of_it_late(
    page: Page, site: Api
) -> None:
    of: dict[str, Any] = {"session": "soon-silent", "device": "soon-silent"}
    await site.send(event("soon-silent-1", "listen-started", data={"asset": "a"}, **of))
    ended = {"asset": "a", "duration": 1800}
    told = await site.send(event("soon-silent-2", "listen-ended", data=ended, **of))
    position = told.document["position"]
    await page.goto("/#/device/default/soon-silent")
    days = page.locator("listening-days")
    await expect(days.get_by_text("30:00").first).to_be_visible()
    asked = page.expect_request(re.compile(f"/sessions.*device=soon-silent.*min_position={position + 1}"))
    async with keeper_of(site.services.projections)._lock, asked:  # the views stand still
        await site.services.erase("default", [position - 1, position], "asked for")
    await expect(days.get_by_text("30:00")).to_have_count(0)


async def test_the_list_goes_on_as_one_scrolls(page: Page, site: Api) -> None:
    events = [event(f"many-{index}", session=f"many {index:03}", user="crowd") for index in range(120)]
    await site.send(*events)
    await page.goto("/#/sessions?user=crowd")
    await expect(page.get_by_role("link", name="many 119")).to_be_visible()
    cards = page.locator(".card")
    assert await cards.count() < 120
    await scroll_until(page, cards, 120)
    await expect(page.get_by_role("link", name="many 000")).to_be_attached()


async def test_a_list_goes_on_whose_end_lies_just_out_of_sight(page: Page, site: Api) -> None:
    await site.send(
        *(event(f"throng-{index}", session=f"th {index:03}", user="throng") for index in range(120))
    )
    cards = page.locator(".card")
    await page.set_viewport_size({"width": 1280, "height": 300})
    await page.goto("/#/sessions?user=throng")
    await expect(page.get_by_role("link", name="th 119")).to_be_visible()
    first = await cards.count()
    end = await page.locator(".foot").bounding_box()
    assert end is not None
    await page.set_viewport_size({"width": 1280, "height": round(end["y"]) - 200})
    await page.reload()
    await expect(cards.nth(first)).to_be_attached()


async def test_going_back_leads_to_the_row_that_one_left(page: Page, site: Api) -> None:
    await site.send(
        *(event(f"left-{index}", session=f"left {index:03}", user="comes back") for index in range(120))
    )
    await page.goto("/#/sessions?user=comes+back")
    deep = page.get_by_role("link", name="left 010")
    while not await deep.count():
        await page.locator(".card").last.scroll_into_view_if_needed()
        await page.wait_for_timeout(50)
    await deep.click()
    await expect(page.get_by_role("heading", name="left 010")).to_be_visible()
    await page.go_back()
    await expect(deep).to_be_in_viewport()
    await page.reload()
    await expect(deep).to_be_in_viewport()
    await page.get_by_role("link", name="Devices").click()
    await expect(page.get_by_role("heading", name="Devices")).to_be_in_viewport()


async def test_a_devices_feed_is_filtered_by_type_and_grows_by_itself(page: Page, site: Api) -> None:
    await page.goto("/#/devices")
    await page.get_by_role("link", name="car-7f3a").click()
    rows = page.locator(".book tbody tr")
    await expect(rows.first).to_be_visible()
    await page.get_by_label("Type").fill("rule-*")
    await expect(page).to_have_url(re.compile(r"type=rule-"))
    await expect(rows.filter(has_text="ignition-on")).to_have_count(0)
    await expect(rows.filter(has_text="rule-enter").first).to_be_visible()
    await site.send(event("rule-new", "rule-brand-new", device="car-7f3a"))
    await expect(rows.filter(has_text="rule-brand-new")).to_be_visible()


async def test_a_devices_clock_is_told(page: Page) -> None:
    await page.goto("/#/device/default/phone-sunna")
    await expect(page.get_by_text("2.9 s ahead, give or take 537 ms")).to_be_visible()
    await page.goto("/#/device/default/car-7f3a")
    await expect(page.get_by_text("not known; at most 454 ms behind, by 40 events")).to_be_visible()


async def test_listening_is_told_day_by_day_and_what_is_impossible_stands_out(page: Page) -> None:
    await page.goto("/#/device/default/car-7f3a")
    day = page.locator(".days summary").filter(has_text="2026-05-14")
    await expect(day).to_contain_text("3:45:27.5")
    await expect(day).to_contain_text("1:06 more than the clock allows")
    await day.click()
    await page.get_by_role("link", name="errand").click()
    await expect(page.get_by_role("heading", name="errand")).to_be_visible()


async def test_listening_is_told_by_the_days_of_its_reader(
    browser: Browser, site: Api, login: StorageState
) -> None:
    async with watched(browser, site, login, timezone="Pacific/Pago_Pago") as page:
        await page.goto("/#/device/default/car-7f3a")
        await expect(page.get_by_text("Days in Pacific/Pago_Pago")).to_be_visible()
        days = page.locator(".days summary")
        await expect(days.filter(has_text="2026-05-14")).to_contain_text("50:00")
        await expect(days.filter(has_text="2026-05-13")).to_contain_text("2:55:27.5")
        await days.filter(has_text="2026-05-13").click()
        await expect(page.locator(".days tr").filter(has_text="errand")).to_contain_text("22:52:01")


async def test_where_the_server_does_not_know_the_readers_time_zone_days_are_those_of_utc(
    browser: Browser, site: Api, login: StorageState, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(days, "_names", lambda: frozenset({"UTC"}))
    async with watched(browser, site, login, timezone="Pacific/Pago_Pago") as page:
        await page.goto("/#/device/default/car-7f3a")
        told = "Days in UTC: the server does not know the time zone Pacific/Pago_Pago"
        await expect(page.get_by_text(told)).to_be_visible()
        day = page.locator(".days summary").filter(has_text="2026-05-14")
        await expect(day).to_contain_text("3:45:27.5")
        await day.click()
        await expect(page.locator(".days tr").filter(has_text="errand")).to_contain_text("09:52:01")
        await expect(page.get_by_role("alert")).to_have_count(0)


async def test_a_devices_feed_goes_on_beyond_its_first_page(page: Page, site: Api) -> None:
    await site.send(*(event(f"long-{index}", device="long-feed") for index in range(230)))
    await page.goto("/#/device/default/long-feed")
    rows = page.locator(".book tbody tr")
    await expect(rows.first).to_be_visible()
    await scroll_until(page, rows, 230)


async def test_a_log_is_searched_by_tags_and_by_an_expression(page: Page) -> None:
    await page.goto("/#/logs")
    await page.get_by_role("link", name="default", exact=True).click()
    rows = page.locator(".book tbody tr")
    await page.get_by_label("Text").fill(r"timed out after \d+ s")
    await expect(rows).to_have_count(1)
    await page.get_by_label("Text").fill("(")
    await expect(page.get_by_role("alert")).not_to_be_empty()
    await page.get_by_label("Text").fill("timed out")
    await expect(page.get_by_role("alert")).to_be_empty()
    await rows.get_by_role("link", name="timeout").first.click()
    await expect(page).to_have_url(re.compile("tags=timeout"))
    await expect(rows).to_have_count(2)


async def test_a_line_of_the_log_leads_to_its_moment_in_the_session(page: Page) -> None:
    await page.goto("/#/log/default?text=timed+out")
    await page.get_by_role("link", name="complaint").click()
    await expect(page.get_by_label("Time", exact=True).locator("b")).to_have_text("2:44.090")


async def test_what_is_not_there_says_so_and_leads_back(page: Page) -> None:
    await page.goto("/#/session/default/nobody")
    await expect(page.get_by_role("alert")).to_contain_text("There is no session 'nobody' in log 'default'")
    await page.get_by_role("link", name="Back to the sessions").click()
    await expect(page.locator(".card").first).to_be_visible()
    await page.goto("/#/device/default/%zz")
    await expect(page.get_by_role("alert")).to_contain_text("%zz")
    await page.get_by_role("link", name="Back to the devices").click()
    await expect(page.locator(".card").first).to_be_visible()
    await page.goto("/#/sesions")
    await expect(page.get_by_role("alert")).to_contain_text("There is no page at this address")


async def test_every_view_has_a_title_and_a_way_into_it_for_the_keyboard(page: Page) -> None:
    await page.goto("/#/sessions?text=walk")
    await expect(page).to_have_title("Sessions · Playhead")
    await page.get_by_role("link", name="walk", exact=True).click()
    await expect(page).to_have_title("walk · Playhead")
    await page.get_by_role("link", name="Logs").click()
    await expect(page).to_have_title("Logs · Playhead")
    await expect(page.locator("main")).to_be_focused()
    await page.goto("/#/compare/default/walk/complaint")
    await expect(page).to_have_title("walk and complaint · Playhead")


async def test_what_is_new_moves_nothing_under_who_has_scrolled_on_and_a_button_leads_to_it(
    page: Page, site: Api
) -> None:
    await site.send(*(event(f"deep-{index}", device="deep-feed") for index in range(150)))
    await page.goto("/#/device/default/deep-feed")
    rows = page.locator(".book tbody tr")
    await expect(rows.first).to_be_visible()
    await page.evaluate("scrollTo(0, 3 * innerHeight)")
    shown = await rows.count()
    await site.send(event("deep-new", "quite-new", device="deep-feed"))
    newer = page.get_by_role("button", name="Newer ones came")
    await expect(newer).to_be_visible()
    assert await rows.count() >= shown
    await newer.click()
    await expect(rows.first).to_contain_text("quite-new")
    await expect(newer).to_be_hidden()


async def test_a_row_of_a_feed_opens_the_whole_record_and_leads_to_its_session(page: Page) -> None:
    await page.goto("/#/device/default/phone-jonas?type=playback-stalled")
    await page.locator(".book tbody").get_by_role("button").first.click()
    sheet = page.get_by_role("dialog", name="Record")
    await expect(sheet).to_contain_text('"position": "')
    await sheet.get_by_role("link", name="This moment in session complaint").click()
    await expect(page.get_by_label("Time", exact=True).locator("b")).to_have_text("1:32.250")


async def test_of_an_id_that_two_sources_use_the_device_decides(page: Page, site: Api) -> None:
    for source in ("one", "two"):
        await site.send({**event("twice", device=f"of-{source}"), "source": source})
    await page.goto("/#/device/default/of-two")
    await page.locator(".book tbody").get_by_role("button").click()
    await expect(page.get_by_role("dialog", name="Record")).to_contain_text('"source": "two"')


async def test_a_list_is_walked_and_searched_by_keys_which_its_own_sheet_tells(page: Page) -> None:
    await page.goto("/#/sessions?text=phone")
    await expect(page.get_by_role("link", name="walk", exact=True)).to_be_visible()
    await page.keyboard.press("?")
    await expect(page.get_by_role("heading", name="Keys of a list")).to_be_visible()
    await page.keyboard.press("Escape")
    await page.keyboard.press("j")
    await page.keyboard.press("j")
    first, second = (page.locator(".card .title a").nth(index) for index in range(2))
    await expect(second).to_be_focused()
    await page.keyboard.press("k")
    await expect(first).to_be_focused()
    await page.keyboard.press("/")
    await expect(page.get_by_label("Search")).to_be_focused()
    await page.keyboard.type("jonas")
    await expect(page).to_have_url(re.compile("text=jonas"))


async def test_days_are_the_readers_own(browser: Browser, site: Api, login: StorageState) -> None:
    await site.send(event("early", session="just after midnight", time="2025-03-01T18:30:00Z"))
    async with watched(browser, site, login, timezone="Asia/Kolkata") as page:
        await page.goto("/#/sessions?since=2025-03-02&until=2025-03-02")
        await expect(page.get_by_role("link", name="just after midnight")).to_be_visible()
        await page.goto("/#/sessions?since=2025-03-01&until=2025-03-01")
        await expect(page.get_by_text("No session matches")).to_be_visible()

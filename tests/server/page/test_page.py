"""The page, in a real browser: log in, find a session, see it."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, expect

from server.access import login_link
from tests.server.api import Api

STORY = [
    ("session-started", 0, {"client": "walks 2.1"}),
    ("listen-started", 5, {"asset": "fountain", "listen": "a", "lane": "left"}),
    ("listen-ended", 33, {"listen": "a"}),
    ("listen-started", 45, {"asset": "<b>bell</b>", "listen": "b", "lane": "right", "duration": 20}),
    ("playback-paused", 50, {"listen": "b"}),
    ("playback-resumed", 55, {"listen": "b"}),
    ("rule-enter", 60, {}),
    ("session-ended", 90, {}),
]


@pytest.fixture
async def story(api: Api) -> Api:
    """A server with one short session, and another whose name is odd."""
    events = [
        {
            "id": f"{session}-{index}",
            "source": "phone",
            "type": type_,
            "session": session,
            "device": "phone-7",
            "time": f"2026-05-14T14:{57 + seconds // 60}:{seconds % 60:02}Z",
            "data": data,
        }
        for session in ("walk", "odd/ #%?é")
        for index, (type_, seconds, data) in enumerate(STORY)
    ]
    assert (await api.send(*events)).status == 200
    return api


async def log_in(page: Page, api: Api) -> None:
    assert api.services.access is not None
    await page.goto(login_link(api.url, api.services.access.codes.new()))


async def test_the_printed_link_logs_in_once_and_leaves_no_code_in_the_address(
    page: Page, story: Api
) -> None:
    await log_in(page, story)
    await expect(page.get_by_role("link", name="walk")).to_be_visible()
    assert "code" not in page.url


async def test_without_a_cookie_the_page_asks_for_a_token_and_takes_one(page: Page, story: Api) -> None:
    await page.goto(story.url)
    await page.get_by_label("Token").fill("ph_nonsense")
    await page.get_by_role("button", name="Log in").click()
    await expect(page.get_by_role("alert")).not_to_be_empty()
    await page.get_by_label("Token").fill(story.tokens["read"])
    await page.get_by_role("button", name="Log in").click()
    await expect(page.get_by_role("link", name="walk")).to_be_visible()


async def test_logging_out_ends_it(page: Page, story: Api) -> None:
    await log_in(page, story)
    await page.get_by_role("button", name="Log out").click()
    await expect(page.get_by_label("Token")).to_be_visible()
    await page.goto(f"{story.url}/#/session/default/walk")
    await page.reload()
    await expect(page.get_by_label("Token")).to_be_visible()


async def test_the_list_is_searched_as_one_types(page: Page, story: Api) -> None:
    await log_in(page, story)
    await expect(page.locator("tbody tr")).to_have_count(2)
    await page.get_by_label("Search").fill("odd")
    await expect(page.locator("tbody tr")).to_have_count(1)
    await page.get_by_label("Search").fill("nobody")
    await expect(page.get_by_text("No session matches")).to_be_visible()


@pytest.mark.parametrize("session", ["walk", "odd/ #%?é"])
async def test_a_session_is_drawn_to_scale(page: Page, story: Api, session: str) -> None:
    await log_in(page, story)
    await page.get_by_role("link", name=session).click()
    drawing = page.get_by_role("img")
    name = "Timeline: 3 clips, 3 silences, 0 unknown stretches, 1 pauses, 0 stalls"
    await expect(drawing).to_have_accessible_name(name)
    boxes = [await clip.bounding_box() for clip in await page.locator("rect.clip").all()]
    whole = await drawing.bounding_box()
    assert whole is not None
    spans = [(box["x"] - whole["x"], box["width"]) for box in boxes if box is not None]
    seconds = whole["width"] / 90
    for (x, width), (offset, duration) in zip(spans, [(5, 28), (45, 5), (55, 15)], strict=True):
        assert x == pytest.approx(offset * seconds, abs=2)
        assert width == pytest.approx(duration * seconds, abs=3)


async def test_times_are_told_to_the_millisecond_and_with_their_zone(page: Page, story: Api) -> None:
    clip = {"session": "short", "type": "listen-ended", "data": {"listen": "a", "duration": 65.125}}
    await story.send({**clip, "id": "short", "source": "phone", "time": "2026-05-14T14:57:00.5Z"})
    await log_in(page, story)
    await page.goto(f"{story.url}/#/session/default/short")
    await expect(page.get_by_text(re.compile(r"May 1[45], 2026, .*M [A-Z]{3,5}"))).to_be_visible()
    await expect(page.locator("tbody td.number").nth(1)).to_have_text("-1:05.125")
    await expect(page.locator("tbody td.number").nth(2)).to_have_text("1:05.125")


async def test_the_title_follows_the_address(page: Page, story: Api) -> None:
    await log_in(page, story)
    await page.get_by_role("link", name="walk").click()
    await expect(page).to_have_title("walk · Playhead")
    await page.get_by_role("link", name="Playhead").click()
    await expect(page).to_have_title("Playhead")


async def test_on_a_narrow_screen_the_drawing_scrolls_and_the_page_does_not(page: Page, story: Api) -> None:
    await page.set_viewport_size({"width": 400, "height": 800})
    await log_in(page, story)
    await page.get_by_role("link", name="walk").click()
    whole = await page.get_by_role("img").bounding_box()
    assert whole is not None
    assert whole["width"] > 600
    assert await page.evaluate("document.documentElement.scrollWidth") == 400


async def test_what_a_sender_wrote_is_shown_as_text_never_as_markup(page: Page, story: Api) -> None:
    await log_in(page, story)
    await page.get_by_role("link", name="walk").click()
    await expect(page.get_by_role("rowheader", name="<b>bell</b>").first).to_be_visible()


async def test_the_json_is_on_the_page_and_a_link_away(page: Page, story: Api) -> None:
    await log_in(page, story)
    await page.get_by_role("link", name="walk").click()
    await page.get_by_text("The whole replay as JSON").click()
    await expect(page.locator("pre")).to_contain_text('"session": "walk"')
    await expect(page.get_by_role("link", name="JSON")).to_have_attribute("href", re.compile("/replay"))


async def test_an_unknown_session_says_so_and_leads_back(page: Page, story: Api) -> None:
    await log_in(page, story)
    await expect(page.get_by_role("link", name="walk")).to_be_visible()
    await page.goto(f"{story.url}/#/session/default/%zz")
    await expect(page.get_by_role("alert")).to_contain_text("There is no session '%zz' in log 'default'")
    await page.goto(f"{story.url}/#/session/default/nobody")
    await expect(page.get_by_role("alert")).to_contain_text("nobody")
    await page.get_by_role("link", name="Back to the sessions").click()
    await expect(page.get_by_role("link", name="walk")).to_be_visible()


OUTSIDE = ["/static/..%2Findex.html", "/static/%2e%2e/%2e%2e/settings.py", "/static/nothing.js", "/static/"]


async def test_the_pages_own_files_are_served_to_anybody(api: Api) -> None:
    page = await api.get("/", token=None)
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    script = await api.get("/static/main.js", token=None)
    assert script.headers["Content-Type"].partition(";")[0].endswith("javascript")


@pytest.mark.parametrize("path", OUTSIDE)
async def test_no_file_beside_the_pages_own_is_served(api: Api, path: str) -> None:
    assert (await api.get(path)).status == 404

"""Playing for real: the sound, the playhead and what is drawn agree. Each recording of the demo is one tone."""

from __future__ import annotations

import re
from functools import partial
from itertools import pairwise
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.server.api import Api, event
from tests.server.page.conftest import hertz_of
from tests.server.page.test_session import COMPLAINT, click, open_session
from tests.server.page.watching import eventually, state, until

pytestmark = pytest.mark.asyncio(loop_scope="package")

NOW = """async () => {
  await new Promise(requestAnimationFrame);
  const { model, player } = document.querySelector("session-view");
  const { engine } = player;
  const { element, start } = engine;
  const { time, scene } = model.state;
  const assets = scene.clips.at(time).map(({ asset }) => asset);
  if (!element) return { time, assets, media: null };
  return { time, assets, media: element.currentTime + start, rate: element.playbackRate, url: element.src };
}"""

LISTEN = """async () => {
  const { element } = document.querySelector("session-view").player.engine;
  const context = new AudioContext();
  const analyser = new AnalyserNode(context, { fftSize: 16384, smoothingTimeConstant: 0 });
  context.createMediaElementSource(element).connect(analyser).connect(context.destination);
  await context.resume();
  window.loudest = () => {
    const levels = new Float32Array(analyser.frequencyBinCount);
    analyser.getFloatFrequencyData(levels);
    const bin = levels.reduce((best, level, index) => (level > levels[best] ? index : best), 0);
    return { hertz: (bin * context.sampleRate) / analyser.fftSize, decibels: levels[bin] };
  };
}"""

TIMES = """() => {
  window.times = [];
  document.querySelector("session-view").model.watch(["time"], ({ time }) => window.times.push(time));
}"""
"""Keep every time that the playhead stands at from now on."""


async def now(page: Page) -> dict[str, Any]:
    """What is seen and heard, right after the playhead was put where the sound is: it is so for each frame."""
    found: dict[str, Any] = await page.evaluate(NOW)
    return found


async def plays(page: Page, after: float) -> dict[str, Any]:
    """The state once the sound has come past a moment."""
    await until(page, lambda found: found["playing"] and found["time"] > after)
    return await now(page)


async def hears(page: Page, asset: str) -> None:
    """Wait until the loudest of what is heard is a recording's tone: a busy machine lets the sound stumble."""
    tone = hertz_of(asset)
    look = partial(page.evaluate, "window.loudest()")
    await eventually(page, look, lambda heard: abs(heard["hertz"] - tone) < 6)


async def test_the_playhead_stays_with_the_sound(page: Page) -> None:
    await open_session(page, f"{COMPLAINT}?t=75")
    await page.get_by_role("button", name="Play", exact=True).click()
    await plays(page, 75.3)
    errors = []
    for _ in range(10):
        found = await now(page)
        errors.append(abs(found["media"] - found["time"]))
        assert found["assets"] == ["pavilion-strings"]
    assert sorted(errors)[len(errors) // 2] < 0.06
    await page.keyboard.press("Space")
    paused = await now(page)
    await page.wait_for_timeout(150)
    assert (await now(page))["media"] == paused["media"]


@pytest.mark.parametrize(("at", "asset"), [(10, "marimba"), (70, "pavilion-strings"), (130, "church-bell")])
async def test_what_is_heard_is_the_clip_under_the_playhead(page: Page, at: float, asset: str) -> None:
    await open_session(page, f"{COMPLAINT}?t={at}")
    await page.evaluate(LISTEN)
    await page.keyboard.press("Space")
    await plays(page, at + 1)
    await hears(page, asset)
    assert (await now(page))["assets"] == [asset]


async def test_a_pause_of_the_listener_is_silent(page: Page) -> None:
    await open_session(page, f"{COMPLAINT}?t=50")
    await page.evaluate(LISTEN)
    await page.keyboard.press("Space")
    await plays(page, 51)
    assert (await page.evaluate("window.loudest()"))["decibels"] < -120


async def test_a_deep_link_lands_before_the_first_play_and_a_click_seeks_while_it_plays(page: Page) -> None:
    await open_session(page, f"{COMPLAINT}?t=100")
    assert (await now(page))["time"] == 100
    await page.keyboard.press("Space")
    await plays(page, 100.1)
    await click(page, 20, "row 0")
    await until(page, lambda found: 19.5 < found["time"] < 90)
    found = await plays(page, 20.2)
    assert found["media"] == pytest.approx(found["time"], abs=0.2)


async def test_skipping_silence_leaps_to_the_next_clip_and_never_locks_the_scrubber(page: Page) -> None:
    await open_session(page, f"{COMPLAINT}?t=153.7")
    await page.get_by_role("button", name="Skip silence").click()
    await page.evaluate(TIMES)
    await page.keyboard.press("Space")
    await plays(page, 165.9)
    assert [time for time in await page.evaluate("window.times") if 154.5 < time < 165.9] == []
    await click(page, 160, "row 0")
    await until(page, lambda found: 160.3 < found["time"] < 165.9)


async def test_a_loop_goes_round(page: Page) -> None:
    await open_session(
        page, f"{COMPLAINT}?t=20.5&select=2026-05-14T14:55:50.000Z_2026-05-14T14:55:50.800Z&loop=yes"
    )
    await page.evaluate(TIMES)
    await page.keyboard.press("Space")
    seen = await eventually(page, lambda: page.evaluate("window.times"), lambda times: rounds(times) > 1)
    # Of 0.8 s; a busy machine drops frames.
    assert max(seen) < 24


def rounds(times: list[float]) -> int:
    """How often the playhead went back."""
    return sum(later < earlier - 0.3 for earlier, later in pairwise(times))


async def test_speed_and_volume_reach_the_sound(page: Page) -> None:
    await open_session(page)
    await page.get_by_label("Speed").select_option("4")
    await page.keyboard.press("Space")
    await plays(page, 3)
    assert (await now(page))["rate"] == 4
    await page.keyboard.press("m")
    assert await page.evaluate("document.querySelector('session-view').player.engine.element.volume") == 0


async def test_a_lane_is_muted_in_the_sound_too(page: Page) -> None:
    await open_session(page, "/#/session/default/museum?t=62")
    await page.get_by_role("button", name="Hear alone: lane voice").click()
    await expect(page).to_have_url(re.compile("solo=voice"))
    assert "lanes=voice" in (await now(page))["url"]
    await page.evaluate(LISTEN)
    await page.keyboard.press("Space")
    await plays(page, 63.2)
    await hears(page, "marimba")


async def test_a_lane_whose_name_holds_a_comma_is_muted_and_heard_alone(page: Page, site: Api) -> None:
    time = "2026-05-12T11:00:{:02}Z".format
    plays_on = {"marimba": "a, b", "fountain": "50%2C"}
    await site.send(
        event("comma-1", "session-started", session="comma", time=time(0)),
        *(
            event(
                f"comma-{asset}",
                "listen-started",
                session="comma",
                time=time(0),
                data={"asset": asset, "lane": lane},
            )
            for asset, lane in plays_on.items()
        ),
        event("comma-2", "session-ended", session="comma", time=time(9)),
    )
    await open_session(page, "/#/session/default/comma?solo=a%252C+b")
    await expect(page.get_by_role("button", name="Hear alone: lane a, b")).to_have_attribute(
        "aria-pressed", "true"
    )
    await page.evaluate(LISTEN)
    await page.keyboard.press("Space")
    await plays(page, 0.6)
    await hears(page, "marimba")
    await page.keyboard.press("Space")
    await page.get_by_role("button", name="Hear alone: lane a, b").click()
    await page.get_by_role("button", name="Mute lane a, b").click()
    await until(page, lambda found: not found["playing"])
    await page.evaluate(LISTEN)
    await page.keyboard.press("Home")
    await page.keyboard.press("Space")
    await plays(page, 0.6)
    await hears(page, "fountain")


async def test_what_was_known_then_is_what_is_heard(page: Page) -> None:
    await open_session(page, "/#/session/default/late?as_of=228&t=60")
    await expect(page.locator("known-bar")).to_contain_text("not known yet")
    await until(page, lambda found: found["totals"]["unknown"] == 124)
    assert "as_of=228" in (await now(page))["url"]
    await page.evaluate(LISTEN)
    await page.keyboard.press("Space")
    await plays(page, 61)
    assert (await page.evaluate("window.loudest()"))["decibels"] < -120


async def test_at_the_end_of_what_was_known_a_live_session_goes_on_with_what_came(
    page: Page, site: Api
) -> None:
    time = "2026-05-12T09:00:{:06.3f}Z".format
    await site.send(
        event("grows-1", "session-started", session="grows", time=time(0)),
        event(
            "grows-2",
            "listen-started",
            session="grows",
            time=time(0),
            data={"asset": "marimba", "listen": "a"},
        ),
        event("grows-3", "listen-ended", session="grows", time=time(1.5), data={"listen": "a"}),
    )
    await open_session(page, "/#/session/default/grows")
    await page.keyboard.press("Space")
    await plays(page, 0.2)
    first = (await now(page))["url"]
    await expect(page.get_by_text("waits for what comes")).to_be_visible()
    await site.send(
        event(
            "grows-4",
            "listen-started",
            session="grows",
            time=time(1.5),
            data={"asset": "fountain", "listen": "b"},
        ),
        event("grows-5", "listen-ended", session="grows", time=time(9), data={"listen": "b"}),
    )
    found = await plays(page, 2.2)
    assert found["assets"] == ["fountain"]
    assert found["url"] != first
    await site.send(event("grows-6", "session-ended", session="grows", time=time(9)))
    await page.keyboard.press("End")
    await until(page, lambda found: not found["playing"])


async def test_a_session_without_sound_plays_all_the_same_and_says_so(page: Page, site: Api) -> None:
    time = "2026-05-12T10:00:{:02}Z".format
    await site.send(
        event("mute-1", "session-started", session="mute", time=time(0)),
        event("mute-2", "session-ended", session="mute", time=time(30)),
    )
    await open_session(page, "/#/session/default/mute")
    await expect(page.get_by_text("nothing to hear")).to_be_visible()
    await page.keyboard.press("Space")
    await plays(page, 0.3)
    await page.keyboard.press("Space")
    assert (await state(page))["playing"] is False

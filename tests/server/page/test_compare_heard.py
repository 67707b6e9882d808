"""A comparison that is heard, and that goes on as its sessions do."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.server.api import Api, event
from tests.server.page.conftest import hertz_of
from tests.server.page.watching import eventually

pytestmark = pytest.mark.asyncio(loop_scope="package")

PAIR = """() => {
  const { comparison } = document.querySelector("compare-view");
  const { model, models, state, pair } = comparison;
  const { view, time, playing, scene } = model.state;
  const halves = pair.halves.map((half) => {
    const { element } = half.engine;
    return { time: half.time, outside: half.outside, volume: element?.volume, url: element?.src };
  });
  return {
    view, time, playing, halves, heard: state.heard, differences: state.found.differences?.length,
    clips: models.map((each) => each.state.scene.clips.size), other: models[1].state.time,
  };
}"""

LISTEN = """async () => {
  const { pair } = document.querySelector("compare-view").comparison;
  const context = new AudioContext();
  const analyser = new AnalyserNode(context, { fftSize: 16384, smoothingTimeConstant: 0 });
  for (const { engine } of pair.halves)
    context.createMediaElementSource(engine.element).connect(analyser);
  analyser.connect(context.destination);
  await context.resume();
  window.hears = () => {
    const levels = new Float32Array(analyser.frequencyBinCount);
    analyser.getFloatFrequencyData(levels);
    const bin = levels.reduce((best, level, index) => (level > levels[best] ? index : best), 0);
    return (bin * context.sampleRate) / analyser.fftSize;
  };
}"""
"""Both sounds as they come out together: what is not heard of them must add nothing."""


async def pair(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = await page.evaluate(PAIR)
    return found


async def hears(page: Page, asset: str) -> None:
    tone = hertz_of(asset)
    await eventually(page, lambda: page.evaluate("window.hears()"), lambda heard: abs(heard - tone) < 6)


async def compare(page: Page, address: str) -> None:
    await page.goto(address)
    await page.locator("ab-bar").wait_for()


async def test_a_flip_is_heard_at_the_same_moment_and_the_one_that_is_over_lets_the_other_go_on(
    page: Page,
) -> None:
    await compare(page, "/#/compare/default/walk/complaint?t=10")
    await page.evaluate(LISTEN)
    await page.keyboard.press("Space")
    await eventually(page, lambda: pair(page), lambda found: found["playing"] and found["time"] > 10.5)
    await hears(page, "birds-at-the-pond")
    before = (await pair(page))["time"]
    await page.keyboard.press("x")
    found = await pair(page)
    assert found["heard"] == 1
    assert [half["volume"] for half in found["halves"]] == [0, 1]
    assert found["time"] >= before - 0.3
    await hears(page, "marimba")
    await expect(page.get_by_role("button", name="Hear b: complaint")).to_have_attribute(
        "aria-pressed", "true"
    )
    # `complaint` is over at 202 s.
    await page.evaluate("document.querySelector('compare-view').model.seek(201.5)")
    found = await eventually(page, lambda: pair(page), lambda found: found["time"] > 202.3)
    assert found["halves"][1]["outside"]
    assert found["other"] == pytest.approx(found["time"], abs=0.5)
    await page.get_by_role("button", name="Hear a: walk").click()
    await hears(page, "fountain")
    await page.keyboard.press("Space")
    await expect(page).to_have_url(re.compile(r"#/compare/default/walk/complaint\?t=20[2-9]"))


async def test_a_comparison_goes_on_as_its_sessions_do_and_keeps_place_and_zoom(
    page: Page, site: Api
) -> None:
    def played(name: str, number: int, asset: str) -> list[dict[str, Any]]:
        time = "2026-05-12T12:00:{:02}Z".format
        listen = f"{name}-{number}"
        more = {"session": name, "device": None}
        return [
            event(
                f"{listen}-on",
                "listen-started",
                **more,
                time=time(number),
                data={"asset": asset, "listen": listen},
            ),
            event(f"{listen}-off", "listen-ended", **more, time=time(number + 4), data={"listen": listen}),
        ]

    for name in ("left", "right"):
        await site.send(*played(name, 0, "marimba"), *played(name, 10, "fountain"))
    await page.add_init_script(STREAMS)
    await compare(page, "/#/compare/default/left/right?t=2.000&view=1.000_5.000&hear=b")
    await expect(page.get_by_text("Nothing differs.", exact=True)).to_be_visible()
    before = await pair(page)
    await site.send(*played("right", 20, "church-bell"))
    await expect(page.get_by_role("button", name=re.compile("is not in a"))).to_be_visible()
    found = await eventually(page, lambda: pair(page), lambda found: found["clips"] == [2, 3])
    assert [found[name] for name in ("view", "time", "heard")] == [
        before[name] for name in ("view", "time", "heard")
    ]
    position = found["halves"][1]["url"]
    await page.keyboard.press("Space")
    found = await eventually(page, lambda: pair(page), lambda found: found["time"] > 2.2)
    assert found["halves"][1]["url"] != position, "what came is heard when it is played again"
    await page.keyboard.press("Space")
    # What nobody looks at lets go of its streams, and catches up when it is seen again.
    await page.evaluate(HIDE, True)
    assert await page.evaluate("window.open_streams()") == 0
    await site.send(*played("left", 30, "church-bell"))
    await page.evaluate(HIDE, False)
    await eventually(page, lambda: pair(page), lambda found: found["clips"] == [3, 3])


STREAMS = """
  const streams = [];
  window.EventSource = class extends EventSource {
    constructor(...given) { super(...given); streams.push(this); }
  };
  window.open_streams = () => streams.filter(({ readyState }) => readyState !== EventSource.CLOSED).length;
"""
HIDE = """(hidden) => {
  Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""

"""The sound in a real browser's `<audio>`: every form plays, and in the one for that a seek lands at once."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Page

from tests.server.api import Api
from tests.server.test_sound import walk

pytestmark = pytest.mark.asyncio(loop_scope="package")

LISTEN = """
async ([url, seconds]) => {
    const audio = new Audio(url);
    audio.preload = "auto";
    const event = (name) => new Promise((resolve, reject) => {
        audio.addEventListener(name, resolve, {once: true});
        audio.addEventListener("error", () => reject(new Error(audio.error.message)), {once: true});
    });
    const can = event("canplaythrough");
    await can;
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    analyser.fftSize = 8192;
    context.createMediaElementSource(audio).connect(analyser);
    analyser.connect(context.destination);
    const bins = new Float32Array(analyser.frequencyBinCount);
    let landed, loudest;
    // Again, where the machine was so busy that it heard what lies further on, or nothing.
    do {
        audio.pause();
        const seeked = event("seeked");
        audio.currentTime = seconds;
        await seeked;
        landed = audio.currentTime;
        await audio.play();
        while (audio.currentTime < landed + 0.4) await new Promise(requestAnimationFrame);
        analyser.getFloatFrequencyData(bins);
        loudest = bins.indexOf(Math.max(...bins));
    } while (audio.currentTime > landed + 1.2 || bins[loudest] < -60);
    const found = {
        duration: audio.duration, landed,
        hertz: loudest * context.sampleRate / analyser.fftSize,
    };
    audio.pause();
    await context.close();
    return found;
}
"""


async def listen(page: Page, url: str, seconds: float) -> dict[str, Any]:
    found: dict[str, Any] = await page.evaluate(LISTEN, [url, seconds])
    return found


async def test_a_seek_lands_and_what_lies_there_is_heard(page: Page, site: Api) -> None:
    await walk(site, session="sounding")
    await page.goto("/")
    for seconds, hertz in ((5.5, 2000), (1.5, 300)):
        found = await listen(page, "/api/v1/sessions/sounding/replay.wav", seconds)
        assert found["duration"] == pytest.approx(10, abs=0.001)
        assert found["landed"] == pytest.approx(seconds, abs=0.03)
        assert found["hertz"] == pytest.approx(hertz, abs=12)


@pytest.mark.parametrize("form", ["flac", "mp3", "opus"])
async def test_what_comes_as_it_is_made_plays_from_its_beginning(page: Page, site: Api, form: str) -> None:
    await walk(site, session="sounding")
    await page.goto("/")
    for start, hertz in ((5, 2000), (1.5, 300)):
        url = f"/api/v1/sessions/sounding/replay.{form}?start={start}&end={start + 4}"
        found = await listen(page, url, 0)
        assert found["duration"] == pytest.approx(4, abs=0.1) or form == "opus"
        assert found["hertz"] == pytest.approx(hertz, abs=12)

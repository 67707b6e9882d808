"""The player in Chromium: `python -m benchmarks.page`.

How long until a session is first drawn: after a click on the page, and after a link that loads the page too; and
how many frames a second it makes while it is zoomed from the whole session to milliseconds and back, and panned.
Sessions have 1,000 and 10,000 clips on four lanes, a tenth of them overlapping, each with a ramp of its gain, and a
mark for every fifth.

The server is a process of its own over a folder that is removed again. Frames are counted as the page draws them
at most as often as the screen is refreshed.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
from playwright.async_api import Page, async_playwright

from benchmarks.ingest import make_token, server
from replay.clock import format_time, parse_time
from tests.browser import ARGUMENTS, executable

START = parse_time("2026-05-01T00:00:00Z")
LANES = 4
STEPS = 120
BATCH = 2000

DRAWN = """async (address) => {
  const began = address ? performance.now() : 0;
  if (address) location.hash = address;
  for (;;) {
    await new Promise(requestAnimationFrame);
    const canvas = document.querySelector("timeline-view canvas");
    if (canvas && canvas.width > 300) break;
  }
  await new Promise(requestAnimationFrame);
  return performance.now() - began;
}"""

FRAMES = """async (steps) => {
  const { model } = document.querySelector("session-view");
  const drawing = document.querySelector("timeline-view");
  const costs = [];
  const draw = drawing.draw.bind(drawing);
  drawing.draw = () => { const from = performance.now(); draw(); costs.push(performance.now() - from); };
  const began = performance.now();
  for (let step = 0; step < steps; step++) {
    const middle = (model.state.scene.reach.start + model.state.scene.reach.stop) / 2;
    if (step < steps * 0.4) model.zoom(0.8, middle);
    else if (step < steps * 0.8) model.zoom(1.25, middle);
    else model.pan((model.state.view.stop - model.state.view.start) * 0.02);
    await new Promise(requestAnimationFrame);
  }
  const seconds = (performance.now() - began) / 1000;
  drawing.draw = draw;
  return { rate: steps / seconds, costs };
}"""


def session(clips: int) -> Iterator[dict[str, Any]]:
    """The events of a session, in order of time."""
    name = f"of {clips} clips"

    def at(kind: str, seconds: float, number: int, **data: Any) -> dict[str, Any]:
        time = format_time(START + round(seconds * 1_000_000))
        id = f"{name} {kind} {number}"
        return {"id": id, "source": "bench", "type": kind, "session": name, "time": time, "data": data}

    yield at("session-started", 0, 0)
    for number in range(clips):
        lane, begins = number % LANES, (number // LANES) * 3.0
        length = 3.4 if number % 10 == 0 else 2.9
        yield at(
            "listen-started",
            begins,
            number,
            asset=f"a{number % 50}",
            listen=f"l{number}",
            lane=f"lane {lane}",
        )
        yield at("gain-changed", begins + 0.5, number, listen=f"l{number}", gain=0.4, ramp=1.5)
        yield at("listen-ended", begins + length, number, listen=f"l{number}")
        if number % 5 == 0:
            yield at("heartbeat", begins + 1, number)
    yield at("session-ended", (clips // LANES) * 3.0 + 4, 0)


async def fill(url: str, token: str, sizes: list[int]) -> None:
    """Send the sessions."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    async with aiohttp.ClientSession(headers=headers) as client:
        for size in sizes:
            events = list(session(size))
            for first in range(0, len(events), BATCH):
                body = msgspec.json.encode(events[first : first + BATCH])
                async with client.post(f"{url}/api/v1/events", data=body) as answer:
                    answer.raise_for_status()


async def measure(url: str, token: str, sizes: list[int], times: int) -> None:
    """Open each session several times, and move about in it."""
    path = await asyncio.to_thread(executable)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        page = await browser.new_page(viewport={"width": 1440, "height": 900})
        await page.goto(url)
        await page.get_by_label("Token").fill(token)
        await page.get_by_role("button", name="Log in").click()
        await page.get_by_role("heading", name="Sessions").wait_for()
        for size in sizes:
            await report(page, size, times)
        await browser.close()


async def report(page: Page, size: int, times: int) -> None:
    """Print the figures of one session."""
    address = f"#/session/default/of%20{size}%20clips"
    clicks, links = [], []
    for _ in range(times):
        await page.evaluate("location.hash = '#/logs'")
        await page.get_by_role("heading", name="Logs").wait_for()
        clicks.append(await page.evaluate(DRAWN, address))
        await page.reload(wait_until="commit")
        links.append(await page.evaluate(DRAWN))
    await page.locator("event-list .row").first.wait_for()
    frames = await page.evaluate(FRAMES, STEPS)
    costs = sorted(frames["costs"])
    print(
        f"{size:6} clips: first view {statistics.median(clicks):4.0f} ms by a click, "
        f"{statistics.median(links):4.0f} ms by a link; "
        f"{frames['rate']:4.1f} frames/s, a frame {statistics.median(costs):.1f} ms "
        f"(99 of 100 within {costs[int(len(costs) * 0.99) - 1]:.1f} ms)",
        flush=True,
    )


async def run(sizes: list[int], times: int) -> None:
    """Measure."""
    with tempfile.TemporaryDirectory() as folder:
        token = await make_token(Path(folder))
        with server(Path(folder)) as url:
            await fill(url, token, sizes)
            await measure(url, token, sizes, times)


def main() -> None:
    """Read the options and run."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 10_000])
    parser.add_argument("--times", type=int, default=5)
    options = parser.parse_args()
    asyncio.run(run(options.sizes, options.times))


if __name__ == "__main__":
    main()

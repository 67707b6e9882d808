"""Waiting for what a page's own state says; the policy forbids what Playwright would do for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.async_api import Page

PATIENCE = 10_000
EVERY = 30
"""Milliseconds."""

STATE = """() => {
  const { model } = document.querySelector("session-view");
  const { scene, known, view, time, playing, selection, records } = model.state;
  const { clips, ghosts, reach, replay } = scene;
  const { position, ended, totals, clock } = replay;
  const seen = { known, view, time, playing, selection, records: records.length };
  return { ...seen, clips: clips.size, ghosts: ghosts?.clips.size ?? null, reach, position, ended, totals, clock };
}"""


async def state(page: Page) -> dict[str, Any]:
    """What a session's page knows of itself."""
    found: dict[str, Any] = await page.evaluate(STATE)
    return found


async def until(page: Page, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """The state of a session's page once something holds of it."""
    for _ in range(PATIENCE // EVERY):
        if holds(found := await state(page)):
            return found
        await page.wait_for_timeout(EVERY)
    raise AssertionError(f"it never held; now it is {found}")

"""Waiting for what a page's own state says; the policy forbids what Playwright would do for it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from playwright.async_api import Page

PATIENCE = 30_000
"""Milliseconds that a page may take; much less on a machine that does nothing else."""
EVERY = 30
"""Milliseconds between two looks at it."""

Found = TypeVar("Found")

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


async def eventually(
    page: Page, look: Callable[[], Awaitable[Found]], holds: Callable[[Found], bool]
) -> Found:
    """What a look at a page finds, once something holds of it."""
    for _ in range(PATIENCE // EVERY):
        if holds(found := await look()):
            return found
        await page.wait_for_timeout(EVERY)
    raise AssertionError(f"it never held; now it is {found}")


async def until(page: Page, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """The state of a session's page once something holds of it."""
    return await eventually(page, lambda: state(page), holds)

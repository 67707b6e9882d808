"""The page's helpers, tested in JavaScript where they run: in the browser, on the modules it is served."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Page, Route

FOLDER = Path(__file__).parent / "lib"
FILES = sorted(path.name for path in FOLDER.glob("*.test.js"))

RUN = """async (file) => {
  const { cases } = await import("/static/tests/check.js");
  await import(`/static/tests/${file}`);
  const failed = [];
  for (const { name, run } of cases) {
    try { await run(); } catch (error) { failed.push(`${name}: ${error.stack}`); }
  }
  return { ran: cases.length, failed };
}"""

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def lend(route: Route) -> None:
    """Answer with a file of the tests, as if the server had it."""
    name = route.request.url.rpartition("/")[2]
    await route.fulfill(path=FOLDER / name, content_type="text/javascript")


@pytest.mark.parametrize("file", FILES)
async def test_helpers(stranger: Page, file: str) -> None:
    await stranger.route("**/static/tests/*", lend)
    await stranger.goto("/")
    outcome = await stranger.evaluate(RUN, file)
    assert outcome["failed"] == []
    assert outcome["ran"] > 0

"""The pictures of docs/page.md, taken anew: `python -m tests.server.page.pictures`.

They are of the demo day with its real recordings, in Chromium, wide and narrow, light and dark.
"""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Literal, NamedTuple

from playwright.async_api import Page, async_playwright

from server.access import login_link
from server.app import serving
from server.demo.prepare import prepare
from server.services import open_services
from server.settings import Settings
from tests.browser import ARGUMENTS, executable

FOLDER = Path(__file__).parents[3] / "docs" / "page"
WIDE = (1440, 900)
NARROW = (400, 900)
SETTLES = 1500
"""Milliseconds until waveforms and outlines are there."""


class Picture(NamedTuple):
    """A view as it is to be seen; `press` are the keys that are pressed first."""

    name: str
    address: str
    scheme: Literal["light", "dark"] = "light"
    size: tuple[int, int] = WIDE
    press: tuple[str, ...] = ()


PICTURES = (
    Picture("sessions", "#/sessions"),
    Picture("sessions-narrow", "#/sessions", "dark", NARROW),
    Picture("session", "#/session/default/complaint?t=160", press=("w",)),
    Picture("session-dark", "#/session/default/museum?t=66", "dark", press=("f",)),
    Picture("session-narrow", "#/session/default/complaint?t=94", "dark", NARROW),
    Picture("known", "#/session/default/late?as_of=231", "dark"),
    Picture("compare", "#/compare/default/walk/complaint?t=94&select=90_130&hear=b", size=(1440, 1000)),
    Picture("device", "#/device/default/car-7f3a", "dark", (1440, 700)),
    Picture("log", "#/log/default?text=.", size=(1440, 600)),
    Picture("log-narrow", "#/log/default?text=.", "light", NARROW),
)


async def take(page: Page, url: str, picture: Picture) -> None:
    """Take one picture, in the session of a page that is logged in."""
    view = await page.context.new_page()
    await view.set_viewport_size({"width": picture.size[0], "height": picture.size[1]})
    await view.emulate_media(color_scheme=picture.scheme)
    await view.goto(f"{url}/{picture.address}")
    await view.wait_for_timeout(SETTLES)
    for key in picture.press:
        await view.keyboard.press(key)
        await view.wait_for_timeout(SETTLES // 3)
    await view.screenshot(path=FOLDER / f"{picture.name}.png")
    await view.close()
    print(picture.name)


async def main() -> None:
    """Take all of them."""
    await asyncio.to_thread(FOLDER.mkdir, exist_ok=True)
    path = await asyncio.to_thread(executable)
    with tempfile.TemporaryDirectory() as folder:
        await prepare(Path(folder))
        async with (
            open_services(Settings(data=Path(folder), port=0)) as services,
            serving(services) as running,
            async_playwright() as playwright,
        ):
            browser = await playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
            page = await (await browser.new_context(locale="en-GB", timezone_id="UTC")).new_page()
            assert services.access is not None
            await page.goto(login_link(running.url, services.access.codes.new()))
            await page.get_by_role("heading", name="Sessions").wait_for()
            for picture in PICTURES:
                await take(page, running.url, picture)
            await browser.close()


if __name__ == "__main__":
    asyncio.run(main())

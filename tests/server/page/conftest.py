"""A real Chromium, and a page of it that reports every fault it sees."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, async_playwright

from tests.browser import ARGUMENTS, executable


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Chromium without a screen."""
    path = await asyncio.to_thread(executable)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest.fixture
async def page(browser: Browser) -> AsyncIterator[Page]:
    """A page; a console error, an exception or a request to another host fails its test."""
    faults: list[str] = []
    hosts: set[str] = set()
    page = await browser.new_page()
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    yield page
    await page.close()
    expected = ("status of 401", "status of 404")  # a browser reports every refusal that a test provokes
    assert [fault for fault in faults if not any(text in fault for text in expected)] == []
    assert {host.partition(":")[0] for host in hosts} <= {"127.0.0.1"}

"""The browser that the page's tests drive: found, or installed.

`python -m tests.browser` installs one where there is none: Debian's package as root, else Playwright's own build.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--autoplay-policy=no-user-gesture-required",
]
NAMES = ("chromium", "chromium-browser", "google-chrome")


def executable() -> str | None:
    """The path of a Chromium: the system's, else Playwright's own; None when there is none."""
    installed = next((path for path in map(shutil.which, NAMES) if path is not None), None)
    return installed or _of_playwright()


def _of_playwright() -> str | None:
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def install() -> None:
    """Install a Chromium, by the system's package where that can be done without asking."""
    if shutil.which("apt-get") and os.geteuid() == 0:
        subprocess.run(["apt-get", "update", "-qq"], check=True)
        packages = ["chromium", "fonts-dejavu-core"]
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "install", "-y", "-qq", *packages], check=True, env=environment)
        return
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=True)


def main() -> None:
    """Make sure there is a browser."""
    if executable() is None:
        install()
    found = executable()
    if found is None:
        sys.exit("no Chromium to test the page with: install one, or run `playwright install chromium`")
    print(f"browser: {found}")


if __name__ == "__main__":
    main()

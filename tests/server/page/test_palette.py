"""One meaning has one colour, in the terminal and on the page."""

from __future__ import annotations

import re
from pathlib import Path

from server.cli.pages.palette import PALETTE

CSS = Path(__file__).parents[3] / "server" / "web" / "static" / "css" / "palette.css"


def test_the_page_paints_every_meaning_in_the_palettes_colour() -> None:
    painted = dict(re.findall(r"--([a-z]+):\s*(#[0-9a-f]{6});", CSS.read_text()))
    expected = {name: meaning.colour for name, meaning in PALETTE.items() if name != "erased"}
    assert {name: painted.get(name) for name in expected} == expected

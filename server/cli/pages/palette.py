"""What each colour and character means: one table, for the terminal and for the page.

Rule 1: a meaning has one colour everywhere. Nothing is coloured for decoration.
Rule 2: a meaning can be told without its colour, by its character; and without Unicode, by its plain one.
Rule 3: the colours keep apart for eyes that do not tell red from green (after Okabe and Ito).
"""

from __future__ import annotations

from msgspec import Struct


class Meaning(Struct, frozen=True):
    """One row. The page paints `colour`; the terminal uses `style`, which follows its own theme."""

    name: str
    colour: str
    style: str
    char: str
    plain: str
    says: str

    def glyph(self, ascii_only: bool) -> str:
        """The character that stands for it."""
        return self.plain if ascii_only else self.char


PALETTE: dict[str, Meaning] = {
    row.name: row
    for row in (
        Meaning("clip", "#1d5f9e", "bold blue", "━", "=", "a recording sounds"),
        Meaning("silence", "#7a828c", "bright_black", "·", ".", "known to be silent"),
        Meaning("unknown", "#b06fb3", "magenta", "░", "/", "no data: silent or not, nobody knows"),
        Meaning("pause", "#c8b273", "yellow", "‖", '"', "paused"),
        Meaning("stall", "#d55e00", "bold red", "!", "!", "stalled: it should have sounded"),
        Meaning("mark", "#56b4e9", "cyan", "▾", "v", "something else happened"),
        Meaning("erased", "#7a828c", "bright_black", "x", "x", "erased on request"),
        Meaning("error", "#d7263d", "bold bright_red", "E", "E", "what was heard is wrong or unknown"),
        Meaning("warning", "#e69f00", "bold yellow", "W", "W", "it was heard, and something is off"),
        Meaning("info", "#56b4e9", "cyan", "i", "i", "worth knowing"),
        Meaning("live", "#009e73", "bold green", "●", "*", "still going on"),
        Meaning("open", "#e69f00", "yellow", "○", "o", "never ended"),
        Meaning("ended", "#7a828c", "bright_black", "■", "-", "over"),
    )
}

BLOCK = "bold white on blue"
"""How a clip is painted: `clip` as a background."""

START = "["
"""How a clip begins in the terminal."""

ENDS: dict[str, tuple[str, str]] = {
    "observed": ("]", "end seen"),
    "length": (")", "end inferred"),
    "next": (")", "end inferred"),
    "session": (")", "end inferred"),
    "open": (">", "never ended"),
    "cut": ("|", "goes on later"),
}
"""How a clip's end is known: the character it closes with, and what the legend says.

An end is inferred from the recording's length, the next start on the lane, or the session's end. A clip that
goes on later was cut by a pause, a stall, a seek or a change of rate.
"""

SEVERITIES = ("info", "warning", "error")
"""A finding's severities, the least first."""


def severity(name: str) -> Meaning:
    """The meaning of a finding's severity; an unknown one stands out as an error does."""
    return PALETTE[name if name in SEVERITIES else "error"]


def palette_table() -> str:
    """The table of `docs/command-line.md`, in Markdown."""
    rows = [
        f"| `{row.char}` | `{row.plain}` | {row.name}: {row.says} | `{row.colour}` |"
        for row in PALETTE.values()
    ]
    return "\n".join(["| character | plain | meaning | colour |", "|---|---|---|---|", *rows])

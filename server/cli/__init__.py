"""The command line: `playhead`."""

from __future__ import annotations

import click

from server.cli.program import Program


@click.group(
    cls=Program,
    commands_in="server.cli.commands",
    names=(
        *("demo", "serve", "ingest", "sessions", "replay", "play", "findings", "explain", "compare"),
        *("listens", "listening", "feed", "tail", "import", "media", "status", "rebuild", "token"),
    ),
    examples=[
        ("See it at once", "playhead demo"),
        ("Serve a folder", "playhead serve --data kept"),
        ("Store a file of events", "playhead ingest --data kept day.ndjson"),
        ("Draw a session", "playhead replay walk-1 --data kept"),
    ],
)
@click.version_option(package_name="playhead", prog_name="playhead")
def playhead() -> None:
    """Session replay for audio: what a listener heard, from an append-only log of events.

    Settings come from flags, then PLAYHEAD_* variables, then playhead.toml.
    """


def main() -> None:
    """Run the command line of this process and exit."""
    playhead.main(prog_name="playhead")

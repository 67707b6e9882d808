"""The stories of the demo, explained at the moments that they are about."""

from __future__ import annotations

import pytest

from replay.explain import explain, moment_of, read_at
from tests.server.demo.day import demo_records, session_of

MOMENTS = [
    ("complaint", "14:58:04Z", "gap", 'Nothing played for 12 s: "Footsteps on gravel" ended at 14:58:04'),
    ("complaint", "14:58:15.999Z", "gap", "Nothing played for 12 s"),
    ("complaint", "14:56:20Z", "paused", "Playback was paused for 20 s"),
    ("complaint", "14:57:04Z", "stalled", "Playback had stalled for 4.5 s"),
    (
        "complaint",
        "14:57:25Z",
        "playing",
        '"Birds at the pond" and "The church bell across the water" were playing.',
    ),
    ("complaint", "14:55:00Z", "before-start", "The session had not begun"),
    ("complaint", "15:00:00Z", "after-end", "The session had ended at 14:58:52."),
    ("radio", "10", "sequence-hole", "Nobody knows: event 5 of car-7f3a"),
    ("radio", "09:05:00Z", "playing-open", '"The morning programme, live" was playing as far as is known'),
    ("late", "60", "playing", '"The fountain" was playing'),
]


@pytest.mark.parametrize(("session", "at", "cause", "begins"), MOMENTS)
async def test_a_moment_of_the_day_is_explained(session: str, at: str, cause: str, begins: str) -> None:
    found = session_of(await demo_records(), session)
    explained = explain(found, moment_of(read_at(at), found.timeline))
    assert (explained.cause, explained.sentence[: len(begins)]) == (cause, begins)


async def test_the_complaints_silence_names_the_log_lines_that_say_why() -> None:
    found = session_of(await demo_records(), "complaint")
    explained = explain(found, moment_of(read_at("14:58:04Z"), found.timeline))
    texts = [placed.event.data.get("text") for placed in explained.others]
    assert "GET /media/marimba timed out after 10 s" in texts


async def test_what_was_uploaded_a_day_late_says_so() -> None:
    found = session_of(await demo_records(), "late")
    late = explain(found, moment_of(read_at("60"), found.timeline)).late
    assert late is not None
    assert late.by > 21 * 3600 * 1_000_000_000

"""What is found in the demo is what its page says, and nothing where nothing is wrong."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from server.demo.story import SESSIONS
from tests.server.demo.day import Document, demo_records, known_at, replay

DOCS = Path(__file__).parents[3] / "docs" / "demo.md"
Findings = list[tuple[str, float]]


def table(heading: str) -> dict[str, Findings]:
    """The rows of the table whose first heading is this: a name, and the findings told of it."""
    _, _, text = DOCS.read_text(encoding="utf-8").partition(f"\n| {heading} | found |\n")
    told = {}
    for line in text.split("\n\n")[0].splitlines()[1:]:
        name, found = (cell.strip(" `") for cell in line.strip("|").split("|", 1))
        told[name] = [(rule, float(at)) for rule, at in re.findall(r"`?([a-z-]+)` ([\d.]+)", found)]
    return told


def found(document: Document) -> Findings:
    return [(finding["rule"], finding["offset"]) for finding in document["findings"]]


def test_every_session_is_in_the_table() -> None:
    assert set(table("in")) == set(SESSIONS)


@pytest.mark.parametrize("session", SESSIONS)
async def test_what_is_found_in_a_session(session: str) -> None:
    assert found(replay(await demo_records(), session)) == table("in")[session]


@pytest.mark.parametrize("moment", table("`late` as of"))
async def test_what_was_found_of_the_late_upload_by_then(moment: str) -> None:
    records = known_at(await demo_records(), moment)
    assert found(replay(records, "late")) == table("`late` as of")[moment]


async def test_a_healthy_session_has_nothing_above_info_at_any_moment() -> None:
    records = await demo_records()
    own = [record.position for record in records if record.event().session == "walk"]
    for position in own[:: max(len(own) // 20, 1)]:
        document = replay([record for record in records if record.position <= position], "walk")
        assert {finding["severity"] for finding in document["findings"]} <= {"info"}

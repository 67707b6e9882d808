"""What an event is as a line of its log."""

from __future__ import annotations

from typing import Any

import pytest

from projections.entries import Entry, read_entry
from projections.logbook.line import MAX_TAGS, labels_of, read_line, tags_of, text_of
from replay.envelope import Event
from replay.log.contract import Record
from tests.projections.house import House, event
from tests.projections.logbook.lines import line, wanted


def entry_of(told: Event) -> Entry:
    entry = read_entry(Record(1, 0, told.body))
    assert entry is not None
    return entry


def labels(told: Event) -> list[str]:
    entry = entry_of(told)
    return labels_of(read_line(entry), entry.user)


def test_a_line_has_a_label_for_each_of_its_names() -> None:
    told = line("hello", tags=["late", "cache"], source="web3", user="ann", class_="error")
    assert labels(told) == ["tag:late", "tag:cache", "source:web3", "user:ann", "class:error"]


def test_an_event_of_any_type_is_a_line_of_its_log() -> None:
    assert labels(event("heartbeat")) == []
    assert labels(event("asset-described", data={"asset": "a", "tags": ["Birds"]})) == ["tag:birds"]


def test_the_users_name_in_the_line_goes_before_the_events_own() -> None:
    assert labels(event(user="envelope")) == ["user:envelope"]
    assert labels(event(user="envelope", data={"user": "line"})) == ["user:line", "owner:envelope"]
    assert labels(event(user="line", data={"user": "line"})) == ["user:line"]
    assert labels(event(data={"user": "line"})) == ["user:line"]
    assert labels(event(user="envelope", data={"user": ""})) == ["user:envelope"]


@pytest.mark.parametrize(
    ("told", "tags"),
    [
        (["A", "b"], ["a", "b"]),
        ("One two  ONE", ["one", "two"]),
        (["forest birds", "birds"], ["forest", "birds"]),
        (["a", 7, None, ["b"]], ["a"]),
        ([], []),
        (None, []),
        (7, []),
        ({"a": "b"}, []),
        ([f"t{number}" for number in range(MAX_TAGS + 9)], [f"t{number}" for number in range(MAX_TAGS)]),
    ],
)
def test_tags_are_words_in_lower_case_each_once(told: Any, tags: list[str]) -> None:
    assert tags_of(told) == tags


@pytest.mark.parametrize("value", [7, 1.5, True, None, "", [], {}, ["x"]])
def test_what_is_no_text_is_no_name_and_no_text(value: Any) -> None:
    told = event(data={"source": value, "class": value, "text": value, "user": value})
    assert labels(told) == []
    assert text_of(read_line(entry_of(told)).text) == ""


async def test_names_of_any_length_and_kind_are_told_apart(house: House) -> None:
    names = ["x" * 64, "x" * 65, "x" * 66, "a\0b", "a", "tag:a", "🌿" * 40, "#", "it's", "%"]
    positions = await house.tell(*(line(source=name) for name in names))
    for name, position in zip(names, positions, strict=True):
        page = await house.projections.logbook.lines(wanted(source=name))
        assert [record.position for record in page.records] == [position]

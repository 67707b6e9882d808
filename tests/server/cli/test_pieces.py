"""Cutting a file into its events: every layout, any chunks, exact lines, bounded memory."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.cli.exits import BadInput
from server.cli.pieces import MAX_PIECE, Piece, Pieces


def cut(content: bytes, size: int = 7) -> list[Piece]:
    pieces = Pieces("day.json")
    found: list[Piece] = []
    for start in range(0, len(content), size):
        found += pieces.feed(content[start : start + size])
    return [*found, *pieces.finish()]


def values(content: bytes, size: int = 7) -> list[Any]:
    return [json.loads(piece.text) for piece in cut(content, size)]


A, B = {"type": "a", "data": {"x": [1, {"y": ']}\\",'}]}}, {"type": "b"}
JSON_A, JSON_B = json.dumps(A).encode(), json.dumps(B).encode()


@pytest.mark.parametrize("size", [1, 3, 64, 10_000])
@pytest.mark.parametrize(
    "content",
    [
        JSON_A + b"\n" + JSON_B + b"\n",
        JSON_A + b"\r\n\r\n" + JSON_B,
        b"\xef\xbb\xbf" + JSON_A + b"\n" + JSON_B,
        json.dumps([A, B]).encode(),
        b"\xef\xbb\xbf" + json.dumps([A, B]).encode(),
        json.dumps([A, B], indent=2).encode() + b"\n\n",
        b"[" + JSON_A + b"\n," + JSON_B + b"]",
        (json.dumps(A, indent=2) + "\n" + json.dumps(B, indent=2)).encode(),
    ],
)
def test_every_layout_gives_the_same_events_in_any_chunks(content: bytes, size: int) -> None:
    assert values(content, size) == [A, B]


@pytest.mark.parametrize("content", [b"", b"\n\n", b"[]", b" [ ] \n"])
def test_a_file_without_events_has_none(content: bytes) -> None:
    assert cut(content) == []


def test_a_line_is_an_event_and_blank_lines_are_counted_and_passed_over() -> None:
    assert [(piece.line, piece.end) for piece in cut(b'{"a":1}\n\n{"b":2}\n')] == [(1, 8), (3, 17)]


def test_an_event_of_an_array_has_the_line_that_it_begins_on() -> None:
    content = json.dumps([A, B], indent=1).encode()
    lines = content.decode().splitlines()
    assert [lines[piece.line - 1].strip() for piece in cut(content)] == ["{", "{"]
    assert [piece.line for piece in cut(content)] == [2, lines.index(" {", 2) + 1]


def test_the_end_of_a_piece_never_runs_ahead_of_the_file() -> None:
    content = json.dumps([A, B], indent=2).encode()
    ends = [piece.end for piece in cut(content)]
    assert ends == sorted(ends)
    assert content[: ends[0]].rstrip(b",").endswith(b"}")
    assert ends[-1] == len(content)


def test_a_bad_line_stays_one_line() -> None:
    assert [piece.text for piece in cut(b'{"a":1}\n{"b":\n{"c":3}\n')] == [b'{"a":1}', b'{"b":', b'{"c":3}']


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'[{"a":1},\n{"b":', "ends within the event that begins on line"),
        (b'{\n"a": "never closed', "ends within the event that begins on line 1"),
        (b'[{"a":1},\n,{"b":2}]', "line 2: an event is missing before the comma"),
        (b'[{"a":1}]\n[{"b":2}]', "something follows the end of the array"),
        (b'[{"a":1}] x', "something follows the end of the array"),
    ],
)
def test_what_is_no_json_is_refused_with_its_line(content: bytes, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        cut(content)


@pytest.mark.parametrize("start", [b"", b"[", b"\n\n\n"])
def test_an_endless_event_is_refused_before_it_fills_the_memory(start: bytes) -> None:
    with pytest.raises(BadInput, match="larger than 1024 KiB"):
        cut(start + b'{"a":"' + b"x" * (MAX_PIECE + 200_000), size=65_536)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
EVENTS = st.lists(st.dictionaries(st.text(max_size=5), JSON, min_size=1, max_size=4), max_size=6)


@given(EVENTS, st.sampled_from([None, 1, 4]), st.booleans(), st.integers(1, 50))
def test_any_array_comes_back_as_its_events(
    events: list[Any], indent: int | None, as_ascii: bool, size: int
) -> None:
    assert values(json.dumps(events, indent=indent, ensure_ascii=as_ascii).encode(), size) == events


@given(EVENTS, st.integers(1, 50))
def test_any_lines_come_back_as_their_events(events: list[Any], size: int) -> None:
    assert values("\n".join(map(json.dumps, events)).encode(), size) == events

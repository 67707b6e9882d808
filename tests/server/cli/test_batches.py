"""A file's batches: every event once, in bounded parts, with ids that a second run gives again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.cli import batches as batches_module
from server.cli.batches import Batch, Ids, batches
from server.cli.exits import BadInput

HEARTBEAT = b'{"type":"heartbeat","device":"d"}'


async def gather(path: Path, count: int = 500) -> list[Batch]:
    return [batch async for batch in batches(str(path), count)]


async def bodies(path: Path) -> list[dict[str, Any]]:
    return [msgspec.json.decode(entry.body()) for batch in await gather(path) for entry in batch.entries]


async def ids(path: Path) -> list[str]:
    return [body["id"] for body in await bodies(path)]


def write(path: Path, *lines: bytes) -> Path:
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    return path


async def test_a_file_is_cut_into_batches_of_so_many_events(tmp_path: Path) -> None:
    found = await gather(write(tmp_path / "a", *[HEARTBEAT] * 7), count=3)
    assert [len(batch.entries) for batch in found] == [3, 3, 1]
    assert [batch.first_line for batch in found] == [1, 4, 7]
    assert found[-1].end == (tmp_path / "a").stat().st_size


async def test_a_batch_is_bounded_in_bytes_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches_module, "MAX_BYTES", 2 * len(HEARTBEAT))
    found = await gather(write(tmp_path / "a", *[HEARTBEAT] * 5))
    assert [len(batch.entries) for batch in found] == [2, 2, 1]


async def test_an_event_with_an_id_is_sent_as_it_stands(tmp_path: Path) -> None:
    line = b'{"id" : "7", "type":"x", "data":{"n":1.0}}'
    ((entry,),) = [batch.entries for batch in await gather(write(tmp_path / "a", line))]
    assert entry.body() == line


@pytest.mark.parametrize("line", [HEARTBEAT, b'{"id":null,"type":"x"}', b"{}"])
async def test_an_event_without_an_id_gets_one_and_keeps_the_rest(tmp_path: Path, line: bytes) -> None:
    (body,) = await bodies(write(tmp_path / "a", line))
    assert len(body.pop("id")) == 32
    assert body == {key: value for key, value in msgspec.json.decode(line).items() if key != "id"}


async def test_the_same_file_gives_the_same_ids_wherever_it_lies(tmp_path: Path) -> None:
    lines = [HEARTBEAT] * 3
    first, second = await ids(write(tmp_path / "a", *lines)), await ids(write(tmp_path / "b", *lines))
    assert first == second
    assert len(set(first)) == 3


async def test_a_file_that_has_grown_keeps_the_ids_it_had(tmp_path: Path) -> None:
    before = await ids(write(tmp_path / "a", HEARTBEAT, HEARTBEAT))
    after = await ids(write(tmp_path / "a", HEARTBEAT, HEARTBEAT, HEARTBEAT))
    assert after[:2] == before


async def test_a_file_mended_further_down_keeps_the_ids_before(tmp_path: Path) -> None:
    before = await ids(write(tmp_path / "a", HEARTBEAT, b'{"type":"wrong"}'))
    after = await ids(write(tmp_path / "a", HEARTBEAT, b'{"type":"right"}'))
    assert before[0] == after[0]
    assert before[1] != after[1]


async def test_ends_of_lines_and_blank_lines_do_not_change_ids(tmp_path: Path) -> None:
    unix = await ids(write(tmp_path / "a", HEARTBEAT, HEARTBEAT))
    (tmp_path / "b").write_bytes(HEARTBEAT + b"\r\n\r\n" + HEARTBEAT)
    assert await ids(tmp_path / "b") == unix


@given(st.lists(st.binary(max_size=5), max_size=6), st.lists(st.binary(max_size=5), max_size=6))
def test_two_files_share_ids_exactly_as_far_as_they_are_the_same(
    left: list[bytes], right: list[bytes]
) -> None:
    left, right = [[text.replace(b"\n", b"") for text in file] for file in (left, right)]
    of_left, of_right = Ids(), Ids()
    pairs = zip([of_left.of(text) for text in left], [of_right.of(text) for text in right], strict=False)
    for count, (one, other) in enumerate(pairs, 1):
        assert (one == other) == (left[:count] == right[:count])


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b'{"type":', "line 2: it is no JSON: it ends early$"),
        (b'{"type":x}', "line 2: it is no JSON: invalid character$"),
        (b'{"type":"\xff"}', "line 2: it is not UTF-8"),
        (b"[1]", "line 2: an event must be a JSON object"),
        (b'{"a":' + b"[" * 2000 + b"]" * 2000 + b"}", "line 2: its JSON is nested too deeply"),
    ],
)
async def test_what_is_no_event_is_refused_by_line(tmp_path: Path, line: bytes, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        await gather(write(tmp_path / "a", HEARTBEAT, line))

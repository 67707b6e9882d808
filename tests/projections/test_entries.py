"""An entry says what its record's event says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projections.entries import read_entries, read_entry
from replay.clock import EARLIEST, LATEST
from replay.envelope import build_event
from replay.log.contract import Record
from replay.timeline.evidence import place

names = st.none() | st.text(min_size=1, max_size=8)


@given(
    time=st.none() | st.integers(EARLIEST, LATEST),
    session=names,
    device=names,
    user=names,
    sequence=st.none() | st.integers(0, 2**53 - 1),
)
def test_an_entry_agrees_with_the_placed_event(
    time: int | None, session: str | None, device: str | None, user: str | None, sequence: int | None
) -> None:
    event = build_event(
        id="e", source="s", type="t", time=time, session=session, device=device, user=user, sequence=sequence
    )
    record = Record(position=7, recordedtime=1_780_000_000_000_001, body=event.body)
    entry, placed = read_entry(record), place(record)
    assert entry is not None
    assert (entry.position, entry.recordedtime, entry.time) == (7, record.recordedtime, placed.time)
    assert (entry.type, entry.log) == (event.type, event.log)
    assert (entry.session, entry.device, entry.user, entry.sequence) == (session, device, user, sequence)


def test_an_erased_record_is_no_entry() -> None:
    assert read_entries([Record(position=1, recordedtime=0, body=None)]) == []


def test_a_body_that_is_no_event_is_refused() -> None:
    with pytest.raises(ValueError, match="missing required field"):
        read_entry(Record(position=1, recordedtime=0, body=b"{}"))

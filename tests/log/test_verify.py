"""Verification finds every change to what is stored, and says where."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from msgspec.structs import replace

from replay.envelope import Event
from replay.errors import Corrupt
from replay.log.chain import GENESIS, Sealed, commit, key_of, link
from replay.log.contract import Verification
from replay.log.erasure import SOURCE
from replay.log.verify import Verifier
from tests.log.making import event, events


def chained(told: Sequence[Event]) -> list[Sealed]:
    """Events as an engine would keep them."""
    sealed: list[Sealed] = []
    for position, one in enumerate(told, start=1):
        nonce = os.urandom(16)
        commitment = commit(nonce, one.body)
        chain = link(sealed[-1].chain if sealed else GENESIS, position, 1000, commitment)
        key = key_of(one.log, one.source, one.id)
        sealed.append(Sealed(position, 1000, key, nonce, commitment, chain, one.body))
    return sealed


def verify(records: Sequence[Sealed]) -> Verification:
    verifier = Verifier(1, GENESIS)
    for record in records:
        verifier.check(record)
    return verifier.result()


def erasure(*positions: tuple[int, int], source: str = SOURCE, type: str = "event-erased") -> Event:
    return event("erasure", source=source, type=type, data={"positions": [list(pair) for pair in positions]})


def erase(record: Sealed) -> Sealed:
    return replace(record, nonce=None, body=None)


def flipped(value: bytes | None, bit: int) -> bytes:
    assert value is not None
    changed = bytearray(value)
    changed[bit // 8 % len(changed)] ^= 1 << bit % 8
    return bytes(changed)


def test_an_untouched_log_verifies() -> None:
    assert verify(chained(events("a", "b", "c"))) == Verification(1, 3, 3, 0)


@pytest.mark.parametrize("field", ["body", "nonce", "commitment", "chain", "key"])
@pytest.mark.parametrize("bit", [0, 7, 100, 181])
def test_one_flipped_bit_is_found_at_its_position(field: str, bit: int) -> None:
    records = chained(events("a", "b", "c"))
    records[1] = replace(records[1], **{field: flipped(getattr(records[1], field), bit)})
    with pytest.raises(Corrupt) as fault:
        verify(records)
    assert fault.value.position == 2


@pytest.mark.parametrize(
    "change",
    [
        lambda record: replace(record, recordedtime=record.recordedtime + 1),
        lambda record: replace(record, position=record.position + 1),
        lambda record: replace(record, nonce=None),
        lambda record: replace(record, body=None),
        lambda record: erase(replace(record, commitment=bytes(32))),
    ],
)
def test_any_other_change_is_found(change: Callable[[Sealed], Sealed]) -> None:
    records = chained([*events("a", "b"), erasure((2, 2))])
    records[1] = change(records[1])
    with pytest.raises(Corrupt):
        verify(records)


def test_a_missing_record_is_found_at_the_next() -> None:
    records = chained(events("a", "b", "c"))
    del records[1]
    with pytest.raises(Corrupt) as fault:
        verify(records)
    assert fault.value.position == 3


def test_records_that_changed_places_are_found() -> None:
    records = chained(events("a", "b", "c"))
    records[0], records[1] = records[1], records[0]
    with pytest.raises(Corrupt):
        verify(records)


def test_rewriting_content_with_a_fitting_commitment_breaks_the_chain() -> None:
    records = chained(events("a", "b"))
    body = event("a", session="forged").body
    records[0] = replace(records[0], body=body, commitment=commit(records[0].nonce or b"", body))
    with pytest.raises(Corrupt, match="does not follow"):
        verify(records)


def test_missing_content_needs_an_erasure() -> None:
    records = chained(events("a", "b", "c"))
    records[1] = erase(records[1])
    with pytest.raises(Corrupt, match="no erasure") as fault:
        verify(records)
    assert fault.value.position == 2


@pytest.mark.parametrize("cover", [[(2, 4)], [(2, 2), (3, 3), (4, 4)], [(1, 3), (4, 9)], [(4, 4), (2, 3)]])
def test_an_erasure_explains_the_positions_it_names(cover: list[tuple[int, int]]) -> None:
    records = chained([*events("a", "b", "c", "d", "e"), erasure(*cover)])
    records[1:4] = [erase(record) for record in records[1:4]]
    assert verify(records).erased == 3


@pytest.mark.parametrize("cover", [[(2, 3)], [(3, 4)], [(2, 2), (4, 4)], [(5, 9)], [(1, 1)]])
def test_an_erasure_explains_nothing_else(cover: list[tuple[int, int]]) -> None:
    records = chained([*events("a", "b", "c", "d", "e"), erasure(*cover)])
    records[1:4] = [erase(record) for record in records[1:4]]
    with pytest.raises(Corrupt, match="no erasure"):
        verify(records)


@pytest.mark.parametrize("forged", [{"source": "player"}, {"type": "heartbeat"}])
def test_only_the_log_s_own_record_counts_as_an_erasure(forged: dict[str, Any]) -> None:
    records = chained([*events("a", "b"), erasure((1, 1), **forged)])
    records[0] = erase(records[0])
    with pytest.raises(Corrupt, match="no erasure"):
        verify(records)

"""The dedupe index finds every key, whatever was in memory, half written, or lost in a crash."""

from __future__ import annotations

import sqlite3
from hashlib import sha256

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from replay.log.sqlite.connection import writing
from replay.log.sqlite.keys import (
    END_BUCKET,
    FIRST_BUCKET,
    FIRST_SLOT,
    LAST_SLOT,
    Keys,
    Run,
    following,
    home,
    id_range,
)
from replay.log.sqlite.schema import get_meta, prepare

CROWDED = [
    bytes.fromhex("7fffffffff"),  # the last slots, after which come the first
    bytes.fromhex("8000000000"),  # the first
    bytes.fromhex("0000000000"),
    bytes.fromhex("4000000000"),
    bytes.fromhex("9000000000"),
    bytes.fromhex("c000000000"),
    bytes.fromhex("ffffffffff"),
]


def weak_key(prefix: int, source: int, number: int) -> bytes:
    """A key whose home nearly collides with many others, at the far ends of the table too."""
    return CROWDED[prefix] + (2**24 - 1 - source).to_bytes(3, "big") + number.to_bytes(16, "big")


def add(connection: sqlite3.Connection, keys: Keys, new: list[bytes], *, crash: bool = False) -> None:
    """Append keys as the writer does: place them, write a slice, commit, and only then take over."""
    placed: dict[int, int] = {}
    count = connection.execute("SELECT count(*) FROM records").fetchone()[0]
    connection.execute("BEGIN IMMEDIATE")
    for position, key in enumerate(new, start=count + 1):
        connection.execute("INSERT INTO records VALUES (?, 0, 0, ?, NULL, x'', x'', NULL)", (position, key))
        slot = home(key)
        while slot in placed or keys.at(connection, slot) is not None:
            slot = following(slot)
        placed[slot] = position
    written = keys.flush(connection, len(new))
    if crash:
        connection.execute("ROLLBACK")
        return
    connection.execute("COMMIT")
    keys.accept(placed, written)


def lookup(connection: sqlite3.Connection, keys: Keys, key: bytes) -> int | None:
    """The position of a key, as the writer looks for it."""
    slot = home(key)
    while (position := keys.at(connection, slot)) is not None:
        if connection.execute("SELECT key FROM records WHERE position = ?", (position,)).fetchone()[0] == key:
            return position
        slot = following(slot)
    return None


def database() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    prepare(connection)
    return connection


class KeysMachine(RuleBasedStateMachine):
    """Appends, failed appends and restarts at every stage of a flush, with keys that collide."""

    @initialize(capacity=st.integers(1, 10))
    def start(self, capacity: int) -> None:
        self.connection = database()
        self.keys = Keys(capacity)
        self.known: dict[bytes, int] = {}

    @rule(
        homes=st.lists(st.tuples(st.integers(0, 6), st.integers(0, 3)), min_size=1, max_size=6),
        crash=st.booleans(),
    )
    def append(self, homes: list[tuple[int, int]], crash: bool) -> None:
        first = len(self.known) + 1
        new = [weak_key(*place, number) for number, place in enumerate(homes, start=first)]
        add(self.connection, self.keys, new, crash=crash)
        if not crash:
            self.known.update((key, position) for position, key in enumerate(new, start=first))

    @rule(capacity=st.integers(1, 10))
    def restart(self, capacity: int) -> None:
        """Memory is lost. The size of a run may even be another than it was."""
        self.keys = Keys(capacity)
        self.keys.load(self.connection)

    @invariant()
    def every_key_is_found(self) -> None:
        for key, position in getattr(self, "known", {}).items():
            assert lookup(self.connection, self.keys, key) == position

    @invariant()
    def an_id_s_candidates_hold_all_its_sources(self) -> None:
        for prefix in range(len(CROWDED)) if hasattr(self, "keys") else ():
            found = self.keys.candidates(self.connection, weak_key(prefix, 3, 0))
            assert found >= {at for key, at in self.known.items() if key[:5] == CROWDED[prefix]}

    @invariant()
    def what_is_said_to_be_flushed_is_in_the_table(self) -> None:
        if hasattr(self, "keys"):
            flushed = int(get_meta(self.connection, "flushed_through"))
            assert flushed == self.keys.flushed_through
            there = {row[0] for row in self.connection.execute("SELECT position FROM keys")}
            assert there >= set(range(1, flushed + 1))

    @invariant()
    def every_key_stands_in_one_slot(self) -> None:
        if hasattr(self, "keys"):
            slots = set(self.connection.execute("SELECT slot, position FROM keys"))
            for run in self.keys.runs:
                slots.update(
                    pair for number in range(FIRST_BUCKET, END_BUCKET) for pair in run.sorted_bucket(number)
                )
            assert len(slots) == len(self.known)

    def teardown(self) -> None:
        if hasattr(self, "connection"):
            self.connection.close()


TestKeys = KeysMachine.TestCase
TestKeys.settings = settings(max_examples=60, stateful_step_count=25)


def spread_key(number: int) -> bytes:
    return sha256(str(number).encode()).digest()[:24]


def test_a_sealed_run_is_in_the_table_before_the_next_is_full() -> None:
    connection, keys = database(), Keys(500)
    add(connection, keys, [spread_key(number) for number in range(500)])
    assert [run.size for run in keys.runs] == [0, 500]
    for number in range(500, 751):
        add(connection, keys, [spread_key(number)])
    assert [run.size for run in keys.runs] == [251]
    assert connection.execute("SELECT count(*) FROM keys").fetchone()[0] == 500
    assert keys.flushed_through == 500
    connection.close()


def test_a_restart_amid_a_flush_leaves_each_key_in_one_slot() -> None:
    connection, keys = database(), Keys(8)
    new = [weak_key(number % 7, number % 2, number) for number in range(1, 10)]
    add(connection, keys, new[:8])
    add(connection, keys, new[8:])
    written = connection.execute("SELECT count(*) FROM keys").fetchone()[0]
    assert 0 < written < 8
    again = Keys(100)
    again.load(connection)
    assert again.runs[0].size == len(new) - written
    assert [lookup(connection, again, key) for key in new] == list(range(1, 10))
    connection.close()


def test_no_commit_writes_more_of_a_run_than_it_must() -> None:
    connection, keys = database(), Keys(2_000)
    add(connection, keys, [spread_key(number) for number in range(2_000)])
    before, largest = 0, 0
    for number in range(2_000, 3_000):
        add(connection, keys, [spread_key(number)])
        now = connection.execute("SELECT count(*) FROM keys").fetchone()[0]
        largest, before = max(largest, now - before), now
    assert before == 2_000
    assert largest < 20
    connection.close()


def test_the_table_is_written_in_slot_order() -> None:
    connection, keys = database(), Keys(300)
    add(connection, keys, [spread_key(number) for number in range(300)])
    highest = FIRST_SLOT
    while len(keys.runs) == 2:
        earlier = {row[0] for row in connection.execute("SELECT slot FROM keys")}
        with writing(connection):
            written = keys.flush(connection, 10)
        keys.accept({}, written)
        new = {row[0] for row in connection.execute("SELECT slot FROM keys")} - earlier
        assert all(slot > highest for slot in new)
        highest = max(new, default=highest)
    connection.close()


@pytest.mark.parametrize("slot", [FIRST_SLOT, -1, 0, LAST_SLOT])
def test_a_run_holds_slots_at_its_ends(slot: int) -> None:
    run = Run()
    run.add(slot, 7)
    assert run.get(slot) == 7
    assert [pair for bucket in range(FIRST_BUCKET, END_BUCKET) for pair in run.sorted_bucket(bucket)] == [
        (slot, 7)
    ]


def test_after_the_last_slot_comes_the_first() -> None:
    assert following(LAST_SLOT) == FIRST_SLOT
    assert following(-1) == 0


def test_all_sources_of_an_id_lie_in_its_range() -> None:
    low, high = id_range(weak_key(1, 17, 0))
    assert [low, high] == [home(CROWDED[1] + bytes(3)), home(CROWDED[1] + b"\xff" * 3)]

"""One transaction's worth of appends: which events are new, and what the others are told.

Rule 1: each append of a group is all or nothing by itself. A conflict takes back what its own append placed,
        and leaves the others alone.
Rule 2: an event is compared with what is stored, and with what came before it in the same group.
Rule 3: nothing here is final. The index takes over what was placed once the transaction is committed.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence

from replay.envelope import Event
from replay.errors import Conflict
from replay.log.chain import NONCE_BYTES, KeyOf, commit, link
from replay.log.contract import Receipt
from replay.log.repeats import repeated
from replay.log.sqlite.connection import insert, one
from replay.log.sqlite.keys import Keys, following, home
from replay.log.sqlite.queries import Tail

Outcome = list[Receipt] | Conflict
Keyed = tuple[int, bytes, Event]
"""An event with its home and its key."""
ROW_BYTES = 150
"""What a row takes beside its body."""


class Group:
    """Settles appends one after the other, then writes their new events."""

    def __init__(self, connection: sqlite3.Connection, keys: Keys, tail: Tail, key_of: KeyOf) -> None:
        self._connection = connection
        self._keys = keys
        self._key_of = key_of
        self._tail = tail
        self._fresh: list[Keyed] = []
        self.placed: dict[int, int] = {}

    def settle(self, appends: Sequence[Sequence[Event]]) -> list[Outcome]:
        """For each append its receipts, or the conflict that refuses it."""
        keyed = [[self._with_key(event) for event in events] for events in appends]
        taken = self._keys.in_table(self._connection, (slot for append in keyed for slot, _, _ in append))
        return [self._settle_or_refuse(append, taken) for append in keyed]

    def write(self, recordedtime: int) -> Tail:
        """Insert the new events, recorded at that time; return where the log ends with them."""
        tail = self._tail
        position, chain = tail.position, tail.chain
        latest = max(tail.latest, recordedtime)
        behind = latest - recordedtime
        nonces = os.urandom(NONCE_BYTES * len(self._fresh))
        rows = []
        for at, (_, key, event) in enumerate(self._fresh):
            position += 1
            nonce = nonces[at * NONCE_BYTES : (at + 1) * NONCE_BYTES]
            commitment = commit(nonce, event.body)
            chain = link(chain, position, recordedtime, commitment)
            rows.append((position, recordedtime, behind, key, nonce, commitment, chain, event.body))
        insert(self._connection, "records", rows)
        return Tail(position, chain, latest) if rows else tail

    @property
    def pages(self) -> int:
        """About how many pages of 4 KiB the new events fill, and touch beside."""
        return sum(len(event.body) + ROW_BYTES for _, _, event in self._fresh) // 4096 + 3

    @property
    def size(self) -> int:
        """How many new events there are."""
        return len(self._fresh)

    def _settle_or_refuse(self, append: list[Keyed], taken: dict[int, int]) -> Outcome:
        fresh, placed = len(self._fresh), len(self.placed)
        try:
            return [self._settle_one(keyed, index, taken) for index, keyed in enumerate(append)]
        except Conflict as refusal:
            del self._fresh[fresh:]
            for slot in list(self.placed)[placed:]:
                del self.placed[slot]
            return refusal

    def _settle_one(self, keyed: Keyed, index: int, taken: dict[int, int]) -> Receipt:
        slot, key, event = keyed
        position = self.placed.get(slot) or self._keys.in_memory(slot) or taken.get(slot)
        if position is not None and self._key_at(position) != key:
            slot, position = self._walk(slot, key)
        if position is None:
            self._fresh.append(keyed)
            position = self.placed[slot] = self._tail.position + len(self._fresh)
            return Receipt(event.id, event.source, position, "stored")
        status = repeated(event, self._body_at(position), index)
        return Receipt(event.id, event.source, position, status)

    def _with_key(self, event: Event) -> Keyed:
        key = self._key_of(event.log, event.source, event.id)
        return home(key), key, event

    def _walk(self, slot: int, key: bytes) -> tuple[int, int | None]:
        """From a slot that another key has: this key's slot and position, or the free slot for it."""
        position: int | None
        while True:
            slot = following(slot)
            position = self.placed.get(slot) or self._keys.at(self._connection, slot)
            if position is None or self._key_at(position) == key:
                return slot, position

    def _key_at(self, position: int) -> bytes:
        if position > self._tail.position:
            return self._fresh[position - self._tail.position - 1][1]
        key: bytes = one(self._connection, "SELECT key FROM records WHERE position = ?", position)
        return key

    def _body_at(self, position: int) -> bytes | None:
        if position > self._tail.position:
            return self._fresh[position - self._tail.position - 1][2].body
        body: bytes | None = one(self._connection, "SELECT body FROM records WHERE position = ?", position)
        return body

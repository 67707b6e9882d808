"""Verification: is every record still what it was when it was stored?

Rule 1: content must match its commitment, and commitments their chain, from the first record read to the
        last. One flipped bit anywhere in them is `Corrupt`, at its position.
Rule 2: a record's key must be that of its content, else a repeated event would not be recognised. The key of
        an erased record cannot be checked.
Rule 3: content may be missing only where a later `event-erased` record says so.
Rule 4: a record with an anchor follows from that: what was between is not here, and is counted.

What is cut off the end of a log leaves no trace in it: keep a head somewhere else and compare.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from replay.errors import Corrupt
from replay.log.chain import GENESIS, KeyOf, Sealed, commit, key_of, link
from replay.log.contract import END_OF_POSITIONS, Verification
from replay.log.erasure import Range, covered_by


class _Identity(msgspec.Struct):
    log: str
    source: str
    id: str


_identity = msgspec.json.Decoder(_Identity)


class Verifier:
    """Checks records one after the other, beginning after the chain hash `previous`."""

    def __init__(self, first: int, previous: bytes, key_of: KeyOf = key_of) -> None:
        self._key_of = key_of
        self.first = first
        self.last = first - 1
        self._previous = previous
        self._records = 0
        self._erased = 0
        self._anchored = 0
        self._unexplained: list[Range] = []

    def check(self, record: Sealed) -> None:
        """Check the next record. Raises `Corrupt`."""
        at = record.position
        if record.body is None or record.nonce is None:
            self._note_erased(record)
        elif commit(record.nonce, record.body) != record.commitment:
            raise Corrupt(f"the content at position {at} does not match its commitment", at)
        previous = self._previous if record.anchor is None else record.anchor
        if link(previous, at, record.recordedtime, record.commitment) != record.chain:
            raise Corrupt(f"the record at position {at} does not follow from the one before", at)
        if record.body is not None:
            self._check_key(record.body, record)
            self.explain(record.body)
        self._previous = record.chain
        self._records += 1
        self._anchored += record.anchor is not None
        self.last = at

    @property
    def complete(self) -> bool:
        """Whether each missing content is explained by an erasure that was seen."""
        return not self._unexplained

    def explain(self, body: bytes) -> None:
        """Take notice of what a record, also one after the last checked, declares erased."""
        for cover in covered_by(body) if self._unexplained else ():
            self._unexplained = [rest for part in self._unexplained for rest in _without(part, cover)]

    def result(self) -> Verification:
        """What was read. Raises `Corrupt` when content is missing without an erasure."""
        if self._unexplained:
            at = self._unexplained[0][0]
            raise Corrupt(f"the content at position {at} is missing, and no erasure tells of it", at)
        return Verification(self.first, self.last, self._records, self._erased, self._anchored)

    @classmethod
    def of_excerpt(cls, records: Iterable[Sealed], key_of: KeyOf = key_of) -> Verification:
        """Check a whole excerpt. Raises `Corrupt` also where its positions do not rise."""
        verifier = cls(1, GENESIS, key_of)
        for record in records:
            if not verifier.last < record.position < END_OF_POSITIONS:
                raise Corrupt(f"the position {record.position} is out of order", record.position)
            verifier.check(record)
        return verifier.result()

    def _check_key(self, body: bytes, record: Sealed) -> None:
        own = _identity.decode(body)
        if self._key_of(own.log, own.source, own.id) != record.key:
            raise Corrupt(f"the key at position {record.position} is another event's", record.position)

    def _note_erased(self, record: Sealed) -> None:
        at = record.position
        if record.body is not None or record.nonce is not None:
            raise Corrupt(f"the record at position {at} is half erased", at)
        self._erased += 1
        if self._unexplained and self._unexplained[-1][1] == at - 1:
            self._unexplained[-1] = (self._unexplained[-1][0], at)
        else:
            self._unexplained.append((at, at))


def _without(part: Range, cover: Range) -> list[Range]:
    """What is left of a range when another is taken out of it."""
    left = (part[0], min(part[1], cover[0] - 1))
    right = (max(part[0], cover[1] + 1), part[1])
    if cover[1] < part[0] or part[1] < cover[0]:
        return [part]
    return [piece for piece in (left, right) if piece[0] <= piece[1]]

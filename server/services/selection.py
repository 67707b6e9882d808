"""Which records a reader of the log is shown: those of some logs, or of one session.

Rule 1: to a session belong its own records, and what may change how it is told: descriptions of recordings, and
        erasures that name no session.
Rule 2: an erased place has lost its log and session with its content. It is shown to those who read every log and
        every session; others learn of it by the record of the erasure, which keeps both.
"""

from __future__ import annotations

import msgspec

from replay.log.contract import Record

Logs = frozenset[str] | None
"""The logs that may be read; None: every one."""

DESCRIBED = "asset-described"
ERASED = "event-erased"


class Subject(msgspec.Struct, frozen=True, gc=False):
    """What a record is about, as far as it decides who is shown it."""

    log: str
    type: str
    session: str | None = None

    @property
    def concerns_all(self) -> bool:
        """Whether it may change how any session of its log is told."""
        return self.type == DESCRIBED or (self.type == ERASED and self.session is None)


_decode = msgspec.json.Decoder(Subject).decode


def subject_of(record: Record) -> Subject | None:
    """What a record is about; None when it was erased."""
    return None if record.body is None else _decode(record.body)


class Selection(msgspec.Struct, frozen=True):
    """Which records are shown: of these logs, and of this session (None: whatever session they are of)."""

    logs: Logs = None
    session: str | None = None

    @property
    def everything(self) -> bool:
        """Whether nothing is left out."""
        return self.logs is None and self.session is None

    def shows(self, record: Record) -> bool:
        """Whether a record is shown."""
        if self.everything:
            return True
        subject = subject_of(record)
        return subject is not None and self.admits(subject)

    def admits(self, subject: Subject) -> bool:
        """Whether records about something are shown."""
        if self.logs is not None and subject.log not in self.logs:
            return False
        return self.session is None or subject.session == self.session or subject.concerns_all

"""The append-only log: one contract, several engines.

Read `replay.log.contract` first; `docs/log.md` has the format.
"""

from replay.log.contract import EventLog, Head, Receipt, Record, Verification
from replay.log.memory import MemoryLog
from replay.log.sqlite import SqliteLog

__all__ = ["EventLog", "Head", "MemoryLog", "Receipt", "Record", "SqliteLog", "Verification"]

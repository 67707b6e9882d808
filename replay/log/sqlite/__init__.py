"""The log in a SQLite file: `docs/log.md` has its format, `engine` is its face."""

from replay.log.sqlite.connection import sqlite_warning
from replay.log.sqlite.engine import SqliteLog
from replay.log.sqlite.limits import Limits

__all__ = ["Limits", "SqliteLog", "sqlite_warning"]

"""A log's folder: its name, written so that every file system keeps it, and keeps it apart from others.

Rule 1: lower-case letters, digits, `-`, `_` and `.` stand for themselves, a `.` not at the beginning. Every other
        byte of the name's UTF-8 is `%XX`; capitals too, since some file systems do not tell them apart.
Rule 2: what becomes longer than a file's name may be is cut, and told apart by `~` and a digest of the whole.
"""

from __future__ import annotations

from replay.ids import derived_id

PLAIN = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789-_.")
LONGEST = 200
"""Characters of a folder's name; a file's name may have 255 bytes nearly everywhere."""


def folder_name(log: str) -> str:
    """The name of a log's folder; two logs never share one."""
    name = "".join(chr(byte) if byte in PLAIN else f"%{byte:02X}" for byte in log.encode())
    if name.startswith("."):
        name = "%2E" + name[1:]
    if len(name) <= LONGEST:
        return name
    digest = derived_id(log)
    return f"{name[: LONGEST - len(digest) - 1]}~{digest}"

"""Files that an asset's description may name: those below one folder, and no others.

Rule 1: a link is not followed, wherever in the path it stands. The folder itself may be one: who keeps the data
        has put it there.
Rule 2: the folder is not left: `..`, an absolute path and a drive are refused, however they are escaped.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from urllib.parse import unquote, urlsplit

MAX_PARTS = 32


class Outside(ValueError):
    """A url that names no file below the folder; its message is a sentence's end."""


def relative_parts(url: str) -> tuple[str, ...]:
    """The names that a relative url is made of, percent-decoded. Raises `Outside`."""
    try:
        parts = urlsplit(url)
        decoded = unquote(parts.path, errors="strict")
    except (ValueError, UnicodeDecodeError):
        raise Outside("its url cannot be read") from None
    if parts.scheme or parts.netloc:
        raise Outside(f"its url is neither http nor a path: {parts.scheme or parts.netloc}"[:200])
    names = tuple(decoded.split("/"))
    if len(names) > MAX_PARTS or not all(_is_plain(name) for name in names):
        raise Outside("its url leaves the media folder")
    return names


def locate(root: Path, names: tuple[str, ...]) -> tuple[Path, os.stat_result] | None:
    """The regular file that names lead to below a folder, and its state; None when there is none.

    Raises `Outside` for a link, and for what is no regular file.
    """
    path = root
    for index, name in enumerate(names):
        path = path / name
        try:
            found = path.lstat()
        except (OSError, ValueError):
            return None
        last = index == len(names) - 1
        if stat.S_ISLNK(found.st_mode):
            raise Outside("its url leads over a symbolic link")
        if not (stat.S_ISREG(found.st_mode) if last else stat.S_ISDIR(found.st_mode)):
            raise Outside("its url names no regular file")
    return path, found


def _is_plain(name: str) -> bool:
    """Whether a name stands for one file or folder, on any system."""
    return name not in ("", ".", "..") and not any(character in name for character in "\\\0:")

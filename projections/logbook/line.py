"""What an event is as a line of its log.

Rule 1: every event is a line of its log; an erasure is none: nobody said it, the log wrote it.
Rule 2: a line's text, tags, source and class are those of the event's data; so is its user, else the event's own.
        What is of another kind than a line has there (a number as `source`) is not the line's.
Rule 3: tags are words in lower case, each once, in order; the first `MAX_TAGS` are the line's.
Rule 4: fold, search and surfaces ask here, so that what is shown is what is found.
"""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec

from projections.entries import Entry

MAX_TAGS = 64
MAX_LABEL = 64
"""The longest value that a label spells out, in characters; of a longer one it has the SHA-256."""

EVERY = ""
"""The label of every line."""


class LineData(msgspec.Struct):
    """The keys of an event's data that a line has a meaning for; each may hold anything."""

    text: Any = None
    tags: Any = None
    source: Any = None
    user: Any = None
    class_: Any = msgspec.field(default=None, name="class")


_decoder = msgspec.json.Decoder(LineData)


def read_line(entry: Entry) -> LineData:
    """What an entry's data says as a line."""
    return entry.read(_decoder)


def text_of(value: object) -> str:
    """A line's text; empty when it has none."""
    return value if isinstance(value, str) else ""


def name_of(value: object) -> str | None:
    """A line's source, user or class; None when it has none."""
    return value if isinstance(value, str) and value else None


def tags_of(value: object) -> list[str]:
    """A line's tags, of a list of texts or of one text."""
    return words_of(value)[:MAX_TAGS]


def words_of(value: object) -> list[str]:
    """Every tag that a list of texts, or one text, names."""
    texts = value if isinstance(value, list) else [value]
    return list(
        dict.fromkeys(word for text in texts if isinstance(text, str) for word in text.lower().split())
    )


def label(kind: str, value: str) -> str:
    """The label of all lines with this value: `tag:late`."""
    if len(value) <= MAX_LABEL and "\0" not in value:  # SQLite's JSON ends a text there
        return f"{kind}:{value}"
    return f"{kind}#{hashlib.sha256(value.encode()).hexdigest()}"


def labels_of(data: LineData, user: str | None) -> list[str]:
    """The labels of a line, but the empty one; `user` is the event's own."""
    labels = [] if data.tags is None else [label("tag", word) for word in tags_of(data.tags)]
    shown = name_of(data.user) or user
    named = (
        ("source", name_of(data.source)),
        ("user", shown),
        ("owner", None if user == shown else user),
        ("class", name_of(data.class_)),
    )
    return labels + [label(kind, name) for kind, name in named if name is not None]


def labels_of_owner(user: str) -> tuple[str, str]:
    """The labels that every line has of which a user is the event's own; others may have them, too."""
    return label("user", user), label("owner", user)

"""The ids of a stream's messages: where a listener is, so that who comes back goes on exactly there.

Rule: `<epoch>-<position>-<step>-<check>`: the log's epoch; the position that the session is played as of; how
      many steps are behind; and a checksum of all steps, because an erasure, another clock or another version
      of Playhead makes other steps of the same position.
"""

from __future__ import annotations

import re

import msgspec

from replay.errors import Invalid

LAST_EVENT_ID = "Last-Event-ID"

_ID = re.compile(r"(?P<epoch>.{1,64})-(?P<position>[0-9]{1,16})-(?P<step>[0-9]{1,9})-(?P<check>[0-9a-f]{8})")


class Mark(msgspec.Struct, frozen=True):
    """Where a listener is."""

    epoch: str
    position: int
    step: int
    check: str

    def __str__(self) -> str:
        return f"{self.epoch}-{self.position}-{self.step}-{self.check}"


def parse_id(text: str | None) -> Mark | None:
    """The place that a `Last-Event-ID` names; None without one. Raises `Invalid` for what is none."""
    if text is None or not text.strip():
        return None
    parts = _ID.fullmatch(text.strip())
    if parts is None:
        raise Invalid(LAST_EVENT_ID, f"{LAST_EVENT_ID} must be an id that this stream gave")
    return Mark(parts["epoch"], int(parts["position"]), int(parts["step"]), parts["check"])

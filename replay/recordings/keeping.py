"""The one door by which a recording comes into a log's folder: looked into, named by its content, put in place."""

from __future__ import annotations

import msgspec

from replay.recordings.drafts import Draft
from replay.recordings.folder import Recordings
from replay.recordings.kinds import kind_of
from replay.recordings.known import Probe
from replay.recordings.opening import Unplayable
from replay.recordings.probe import probe


class Examined(msgspec.Struct, frozen=True):
    """A written draft with sound in it: its SHA-256, what it holds, and the `url` that will lead to it."""

    sha256: str
    probe: Probe
    url: str


def examine(draft: Draft) -> Examined:
    """Finish a draft and look into it. Blocks, for as long as it takes to read it once.

    Raises `Unplayable` when there is no sound in it, and OSError.
    """
    if draft.size == 0:
        raise Unplayable("it is empty")
    sha256 = draft.finish()
    held = probe(draft.path)
    return Examined(sha256, held, f"{sha256}.{kind_of(held).ending}")


def place(recordings: Recordings, log: str, draft: Draft, examined: Examined) -> None:
    """Put it in its place, which is the same for the same bytes. Raises OSError."""
    path = recordings.folder(log) / examined.url
    draft.place(path)
    recordings.learn(path, examined.probe, examined.sha256)

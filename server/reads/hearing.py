"""What is there of the recordings that a session played: looked for when it is told, for `missing-audio`.

Rule 1: nothing is fetched, and no file is read through: a recording is missing when it is not there, or when
        somebody who read it (the mix, the waveform) found it broken or short.
Rule 2: an asset whose description has no url was promised no recording (a live radio has none), and one at an
        address that was never fetched is not known to be missing: nobody has looked.
Rule 3: an asset that nobody has described is missing in a log that is used with sound: its folder holds a
        recording, or the session was promised one. A log without recordings misses none.
Rule 4: who asks what a session sounds like is told of everything that is silent, whatever was promised.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping

import msgspec

from replay.events import AssetDescribed
from replay.findings import Finding
from replay.recordings import Known, Recordings
from replay.recordings.folder import NOWHERE
from replay.recordings.known import MISSING, UNDESCRIBED
from replay.recordings.prefixes import is_address
from replay.session import Session, missing_audio
from server.services import Services

PROMISED_NONE = Known(None, MISSING, None, NOWHERE)
"""What is there of a recording whose description has no url."""


class Hearing(msgspec.Struct, frozen=True):
    """The recordings that were looked for, and what is missing of them. `tag` stands for that; empty: nothing."""

    recordings: Mapping[str, Known] = {}
    missing: tuple[Finding, ...] = ()
    tag: str = ""

    def of(self, session: Session) -> Session:
        """The session with what is missing among its findings."""
        return session.with_findings(self.missing) if self.missing else session


async def look_for_recordings(services: Services, session: Session, *, sound: bool = False) -> Hearing:
    """What is there of the recordings of a session, as things stand now. `sound`: its sound is asked for."""
    if all(clip.asset is None for clip in session.timeline.clips):
        return Hearing()
    return await asyncio.to_thread(_look, services.media.recordings, session, sound)


def look_for(recordings: Recordings, log: str, description: AssetDescribed) -> Known | None:
    """What is there of a recording that its description promises; None for one that nobody has looked for."""
    known = recordings.glance(log, description)
    return None if known.path is None and is_address(description.url or "") else known


def _look(recordings: Recordings, session: Session, sound: bool) -> Hearing:
    timeline = session.timeline
    promised = {asset: one.data for asset, one in timeline.descriptions.items() if one.data.url is not None}
    found: dict[str, Known] = {}
    if sound or promised or recordings.keeps(timeline.log):
        played = {clip.asset for clip in timeline.clips if clip.asset is not None}
        found |= dict.fromkeys(sorted(played - timeline.descriptions.keys()), UNDESCRIBED)
    if sound:
        found |= dict.fromkeys(sorted(timeline.descriptions.keys() - promised.keys()), PROMISED_NONE)
    for asset, description in promised.items():
        known = look_for(recordings, timeline.log, description)
        if known is not None:
            found[asset] = known
    if not found:
        return Hearing()
    missing = tuple(missing_audio(session, found))
    tag = hashlib.sha256(msgspec.json.encode(missing)).hexdigest()[:12] if missing else ""
    return Hearing(found, missing, tag)

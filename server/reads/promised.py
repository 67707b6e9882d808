"""What is missing of the recordings that outlined sessions played: *missing-audio*, for lists.

Rule 1: it is looked for as a replay looks (`server.reads.hearing`): nothing is fetched, no file is read through.
Rule 2: a recording is looked for once a request, and `LOOKED_FOR` of them: whoever lists more stops there.
Rule 3: so is whether a log keeps recordings, where it decides on assets that nobody has described.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import msgspec

from projections.view import CHUNK
from replay.events import AssetDescribed
from replay.findings import MISSING_AUDIO
from replay.findings.recordings import Promise
from replay.outline import Found, Outline
from replay.recordings import Known
from server.reads.hearing import look_for
from server.services import Services

LOOKED_FOR = 5_000
"""How many recordings one request looks for; no less than one session's (`replay.outline.MOST_PROMISED`)."""


class Looking:
    """The recordings that one request has looked for, by the position of the description that promises each.

    An outline is told of with the log of its session.
    """

    def __init__(self, services: Services) -> None:
        self._services = services
        self._limit = services.settings.thresholds.ns("missing_audio")
        self._known: dict[int, Known | None] = {}
        self._keeps: dict[str, bool] = {}

    async def look(self, outlines: Iterable[tuple[str, Outline]]) -> None:
        """Look for what outlines need to have looked for, from the first on, as far as a request may."""
        wanted: set[int] = set()
        logs: set[str] = set()
        for log, one in outlines:
            more = {promise.position for promise in one.promised}.difference(self._known, wanted)
            if len(self._known) + len(wanted) + len(more) > LOOKED_FOR:
                break
            wanted |= more
            if one.undescribed:
                logs.add(log)
        await self._look_into(logs.difference(self._keeps))
        ordered = sorted(wanted)
        for start in range(0, len(ordered), CHUNK):
            await self._look(ordered[start : start + CHUNK])

    def covers(self, log: str, one: Outline) -> bool:
        """Whether all that an outline needs has been looked for."""
        if one.undescribed and log not in self._keeps:
            return False
        return all(promise.position in self._known for promise in one.promised)

    def told(self, log: str, one: Outline) -> Outline:
        """An outline that is covered, with what is missing among its findings."""
        missing = sum(map(self._missing, one.promised))
        if one.promised or self._keeps.get(log):
            missing += one.undescribed
        if not missing:
            return one
        found = Found(MISSING_AUDIO.id, MISSING_AUDIO.severity, missing)
        return msgspec.structs.replace(one, findings=tuple(sorted((*one.findings, found), key=_order)))

    def _missing(self, promise: Promise) -> int:
        known = self._known[promise.position]
        return 0 if known is None else promise.missing(known, self._limit)

    async def _look_into(self, logs: set[str]) -> None:
        """Look which of these logs keep recordings."""
        keeps = self._services.media.recordings.keeps
        if logs:
            self._keeps |= await asyncio.to_thread(lambda: {log: keeps(log) for log in logs})

    async def _look(self, positions: list[int]) -> None:
        """Look for what these records promise. One that was erased a moment ago promises nothing."""
        described: dict[int, tuple[str, AssetDescribed]] = {}
        for record in await self._services.log.get(positions):
            if not record.erased:
                event = record.event()
                described[record.position] = (event.log, msgspec.convert(event.data, AssetDescribed))
        recordings = self._services.media.recordings
        found = await asyncio.to_thread(
            lambda: {at: look_for(recordings, log, one) for at, (log, one) in described.items()}
        )
        self._known |= dict.fromkeys(positions, None) | found


def _order(found: Found) -> tuple[str, str]:
    return found.rule, found.severity

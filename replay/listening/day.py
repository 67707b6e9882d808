"""A device's day: the time that its sessions sound, each by itself and together.

Rule 1: the listening of a session is the time in which anything of this device sounds, each instant once;
        that of the day is the sum over its sessions, both within the day. `claimed` is what a report would
        say that adds up the durations of the listens that began on the day.
Rule 2: two sessions of one device at once are impossible time: one finding for each cluster of sessions that
        lie over each other. It names them, and why each may be told to be longer than it was.
Rule 3: sessions are folded one at a time; only spans, starts and reasons of each are kept.
"""

from __future__ import annotations

from collections.abc import Sequence

from replay.findings import DEFAULTS, Thresholds
from replay.listening.clusters import RULE, impossible
from replay.listening.model import Day, Listening
from replay.listening.reasons import reasons
from replay.session import Session
from replay.timeline import Listen
from replay.timeline.stretches import length, union


def listening_of(session: Session, device: str, start: int, stop: int) -> Listening | None:
    """What a session adds to the day of a device; None where nothing of it sounds then."""
    listens = [listen for listen in session.timeline.listens if listen.device == device]
    clips = [clip for clip in session.timeline.clips if clip.device == device]
    sounding = union((max(clip.start, start), min(clip.stop, stop)) for clip in clips)
    claimed = sum(_claim(listen) for listen in listens if start <= listen.start < stop)
    if not sounding and not claimed:
        return None
    return Listening(
        session=session.timeline.session,
        ended=session.timeline.ended,
        sounding=tuple(sounding),
        claimed=claimed,
        why=tuple(reasons(session, listens)),
        starts=tuple(sorted((listen.start, listen.position) for listen in listens)),
        findings=tuple(
            f for f in session.findings if f.rule == RULE.id and f.start < stop and f.stop >= start
        ),
    )


def device_day(
    sessions: Sequence[Listening], start: int, stop: int, thresholds: Thresholds = DEFAULTS
) -> Day:
    """The day of a device, of what its sessions add to it."""
    ordered = sorted(sessions, key=lambda one: (one.sounding[:1], one.session))
    findings = [*impossible(ordered, thresholds), *(f for one in ordered for f in one.findings)]
    findings.sort(key=lambda finding: (finding.start, finding.positions))
    return Day(
        start=start,
        stop=stop,
        listening=sum(one.lasted for one in ordered),
        wall=length(union(span for one in ordered for span in one.sounding)),
        claimed=sum(one.claimed for one in ordered),
        sessions=tuple(ordered),
        findings=tuple(findings),
    )


def _claim(listen: Listen) -> int:
    """How long (ns) a listen says that it lasted, or is drawn."""
    return listen.stop - listen.start if listen.told_duration is None else listen.told_duration

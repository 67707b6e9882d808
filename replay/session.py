"""One session as it was known: what was told, what that comes to, and what is wrong with it. Pure.

Rule 1: everything that shows a session (a document, a file for other tools, a drawing, a sound) is made from a
        `Session`, and a `Session` is made here alone.
Rule 2: it is a function of its evidence: nothing here depends on the wall clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from replay.clocks import ClockChoice, DeviceClock
from replay.findings import DEFAULTS, MISSING_AUDIO, Case, Finding, Thresholds, find, in_order
from replay.recordings.known import Known
from replay.timeline import Evidence, Timeline, fold
from replay.timeline.correction import corrected, device_clocks

FOLD_VERSION = 7
"""Raised when the same prefix would give another replay; part of its ETag."""


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A session: the evidence of it, its timeline, and its findings in time order.

    `clock` says whose clock they are told in; `clocks` is what is known of each device's. `thresholds` are those
    that the findings exceed.
    """

    evidence: Evidence
    timeline: Timeline
    findings: tuple[Finding, ...]
    clock: ClockChoice
    clocks: Mapping[str, DeviceClock]
    thresholds: Thresholds

    def with_findings(self, more: Iterable[Finding]) -> Session:
        """The same session with more findings, in their places."""
        return msgspec.structs.replace(self, findings=tuple(in_order((*self.findings, *more))))


def reconstruct(
    evidence: Evidence,
    clock: ClockChoice = "device",
    *,
    thresholds: Thresholds = DEFAULTS,
    recordings: Mapping[str, Known] | None = None,
) -> Session:
    """The session that the evidence tells of, in its devices' time or in the server's, and what is wrong with it.

    `recordings` is what was found of the assets that were looked for: None when nobody looked.

    Raises ValueError without records, `TooLarge` above the fold's limits.
    """
    clocks = device_clocks(evidence)
    if clock == "corrected":
        evidence = corrected(evidence, clocks)
    timeline = fold(evidence)
    findings = find(Case(evidence, timeline, clocks, thresholds, recordings))
    return Session(
        evidence=evidence,
        timeline=timeline,
        findings=tuple(findings),
        clock=clock,
        clocks=clocks,
        thresholds=thresholds,
    )


def examine(
    session: Session, thresholds: Thresholds = DEFAULTS, recordings: Mapping[str, Known] | None = None
) -> Session:
    """The same session with the findings of other thresholds, or of recordings that were looked for."""
    case = Case(session.evidence, session.timeline, session.clocks, thresholds, recordings)
    return msgspec.structs.replace(session, findings=tuple(find(case)), thresholds=thresholds)


def missing_audio(session: Session, recordings: Mapping[str, Known]) -> list[Finding]:
    """What of a session's recordings is missing, in what was found of them."""
    case = Case(session.evidence, session.timeline, session.clocks, session.thresholds, recordings)
    return find(case, [MISSING_AUDIO])

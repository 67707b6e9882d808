"""One session as it was known: what was told, what that comes to, and what is wrong with it. Pure.

Rule 1: everything that shows a session (a document, a file for other tools, a drawing, a sound) is made from a
        `Session`, and a `Session` is made here alone.
Rule 2: it is a function of its evidence: nothing here depends on the wall clock.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from replay.clocks import ClockChoice, DeviceClock
from replay.clocks.correction import corrected, device_clocks
from replay.findings import Case, Finding, find
from replay.timeline import Evidence, Timeline, fold

FOLD_VERSION = 2
"""Raised when the same prefix would give another replay; part of its ETag."""


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A session: the evidence of it, its timeline, and its findings in time order.

    `clock` says whose clock they are told in; `clocks` is what is known of each device's.
    """

    evidence: Evidence
    timeline: Timeline
    findings: tuple[Finding, ...]
    clock: ClockChoice
    clocks: Mapping[str, DeviceClock]


def reconstruct(evidence: Evidence, clock: ClockChoice = "device") -> Session:
    """The session that the evidence tells of, in its devices' time or in the server's.

    Raises ValueError without records, `TooLarge` above the fold's limits.
    """
    clocks = device_clocks(evidence)
    if clock == "corrected":
        evidence = corrected(evidence, clocks)
    timeline = fold(evidence)
    findings = find(Case(evidence=evidence, timeline=timeline, clocks=clocks))
    return Session(evidence=evidence, timeline=timeline, findings=tuple(findings), clock=clock, clocks=clocks)

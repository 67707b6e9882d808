"""The rules, as a table, and what goes through it.

Rule 1: the same prefix and thresholds always give the same findings, in time order.
Rule 2: adding a rule is one function in the module of its theme, and one row here. A rule's version is raised
        when the same case would give another finding.
Rule 3: a rule looks at each record, listen or clip a bounded number of times, after sorting: none is
        quadratic.
"""

from __future__ import annotations

from collections.abc import Iterable

from replay.findings import (
    arriving,
    contradicting,
    ending,
    recordings,
    repeating,
    scheduling,
    sounding,
    timekeeping,
)
from replay.findings.bounds import bounded
from replay.findings.model import Case, Finding, Rule
from replay.findings.thresholds import LIMITS

OWN = "own"

RULES = (
    Rule(
        "gap",
        1,
        "silence between a listen and the next on its lane, with no pause or stall told and no other lane sounding",
        "own; 50 ms as in live streaming",
        ("gap",),
        "warning",
        sounding.gap,
    ),
    Rule(
        "overlap",
        1,
        "two listens of one lane of one device sound at once, beyond the crossfade that both declare",
        OWN,
        ("overlap",),
        "warning",
        sounding.overlap,
    ),
    Rule(
        "truncated",
        1,
        "a listen was told to end before its recording was over, and the listener had not stopped it",
        OWN,
        ("truncated",),
        "warning",
        ending.truncated,
    ),
    Rule(
        "skipped",
        1,
        "the listener ended a listen early (observed), or no end was told and the next start on its lane came so "
        "long before the expected end (inferred)",
        "ListenBrainz for the inferred",
        ("skipped",),
        "info",
        ending.skipped,
    ),
    Rule(
        "overrun",
        1,
        "a listen was told to last longer than its recording's length / rate, pauses and stalls included",
        OWN,
        ("overrun", "overrun_percent"),
        "error",
        ending.overrun,
    ),
    Rule(
        "never-ended",
        1,
        "nobody told that a listen ended, though its session is over or goes on for so long after; or that the "
        "session did",
        OWN,
        ("never_ended",),
        "info",
        ending.never_ended,
    ),
    Rule(
        "impossible-time",
        1,
        "more listening than the wall clock allows: a listen's duration beyond its device's own clock; in a "
        "device's day, two sessions at once",
        OWN,
        ("impossible_time", "impossible_time_percent"),
        "error",
        contradicting.impossible_time,
    ),
    Rule(
        "wrong-recording",
        1,
        "what played differs from what was scheduled for that listen, or near that time",
        OWN,
        ("wrong_recording",),
        "error",
        scheduling.wrong_recording,
    ),
    Rule(
        "missing-audio",
        1,
        "the recording of a clip is not there, cannot be decoded, or is over so long before the clip is",
        OWN,
        ("missing_audio",),
        "error",
        recordings.missing_audio,
    ),
    Rule(
        "late-arrival",
        1,
        "recorded so long after it happened, or after the session's end was recorded",
        OWN,
        ("late_arrival",),
        "info",
        arriving.late_arrival,
    ),
    Rule(
        "out-of-order",
        1,
        "its time is below that of an earlier recorded event of the same device",
        OWN,
        (),
        "info",
        arriving.out_of_order,
    ),
    Rule(
        "sequence-hole",
        1,
        "a number of a device's count that is nowhere in the log",
        OWN,
        (),
        "warning",
        arriving.sequence_hole,
    ),
    Rule(
        "clock-offset",
        1,
        "a device's clock minus the server's, surely so much",
        OWN,
        ("clock_offset",),
        "warning",
        timekeeping.clock_offset,
    ),
    Rule(
        "rate-error",
        1,
        "what a device's clock gains or loses against the server's, surely so much, measured over so long",
        "own; skew in RFC 2330's words",
        ("rate_error", "rate_error_over"),
        "warning",
        timekeeping.rate_error,
    ),
    Rule(
        "clock-step",
        1,
        "a device's wall and monotonic clock disagree: the wall clock was set",
        OWN,
        ("clock_step",),
        "warning",
        timekeeping.clock_step,
    ),
    Rule(
        "duplicate",
        1,
        "the same device and sequence under another id, the counter not having begun again",
        OWN,
        (),
        "warning",
        repeating.duplicate,
    ),
    Rule(
        "suspected-duplicate",
        1,
        "starts of the same recording on one device so near each other, under other ids",
        OWN,
        ("suspected_duplicate",),
        "warning",
        repeating.suspected_duplicate,
    ),
    Rule(
        "played-while-paused",
        1,
        "a listen starts while its session is paused, or finishes while paused with more than `truncated` left",
        OWN,
        (),
        "warning",
        contradicting.played_while_paused,
    ),
    Rule(
        "started-before-session",
        1,
        "a listen starts before its session does",
        OWN,
        (),
        "warning",
        contradicting.started_before_session,
    ),
    Rule(
        "ended-before-start",
        1,
        "a listen-ended without a start of its listen or asset at or before it",
        OWN,
        (),
        "warning",
        contradicting.ended_before_start,
    ),
    Rule(
        "duration-disagrees",
        1,
        "an end whose duration and time tell different moments; the duration counts",
        OWN,
        ("duration_disagrees",),
        "info",
        contradicting.duration_disagrees,
    ),
)

BY_ID = {rule.id: rule for rule in RULES}
MISSING_AUDIO = BY_ID["missing-audio"]


def rules_table() -> str:
    """The table of `docs/findings.md`, in Markdown."""
    lines = [
        "| rule | version | definition | source | threshold | severity | code |",
        "|---|---|---|---|---|---|---|",
    ]
    for rule in RULES:
        limits = " and ".join(f"{LIMITS[name].shown} (`{name}`)" for name in rule.limits) or "none"
        code = f"{rule.look.__module__.rpartition('.')[2]}.{rule.look.__name__}"
        cells = (
            f"`{rule.id}`",
            str(rule.version),
            rule.definition,
            rule.source,
            limits,
            rule.severity,
            f"`{code}`",
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def find(case: Case, rules: Iterable[Rule] = RULES) -> list[Finding]:
    """Every finding of a case, by all rules or some, in time order."""
    return in_order(
        rule.finding(found, case.thresholds)
        for rule in rules
        for found in bounded(rule.look(case), case.extent)
    )


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Findings in time order."""
    return sorted(findings, key=lambda finding: (finding.start, finding.rule, finding.positions))

"""Laws of findings, for any history."""

from __future__ import annotations

import random as randomness

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from replay.findings import BY_ID, LIMITS, Case, Thresholds, find
from replay.session import reconstruct
from replay.timeline import Evidence, fold
from tests.replay.test_fold_laws import evidences

STRICT = Thresholds(
    gap=0, overlap=0, truncated=0, skipped=0, overrun=0, overrun_percent=0, never_ended=0, impossible_time=0,
    impossible_time_percent=0, late_arrival=0, clock_offset=0, suspected_duplicate=5, duration_disagrees=0,
)  # fmt: skip
"""So strict that the small histories of the laws have many findings."""
THRESHOLDS = st.sampled_from([Thresholds(), STRICT])


def shuffled(evidence: Evidence, seed: int) -> Evidence:
    records = list(evidence.records)
    randomness.Random(seed).shuffle(records)
    return msgspec.structs.replace(evidence, records=tuple(records))


@given(evidences(), st.integers(0, 1000), THRESHOLDS)
def test_the_same_records_give_the_same_findings_in_whatever_order_they_are_handed_over(
    evidence: Evidence, seed: int, thresholds: Thresholds
) -> None:
    one = reconstruct(evidence, thresholds=thresholds).findings
    other = reconstruct(shuffled(evidence, seed), thresholds=thresholds).findings
    assert one == other


@given(evidences(), THRESHOLDS)
def test_findings_change_neither_the_timeline_nor_the_evidence(
    evidence: Evidence, thresholds: Thresholds
) -> None:
    before = msgspec.json.encode(fold(evidence))
    session = reconstruct(evidence, thresholds=thresholds)
    assert msgspec.json.encode(session.timeline) == before
    assert session.evidence == evidence


@given(evidences(), THRESHOLDS)
def test_a_finding_is_shown_by_records_and_lies_on_the_timeline(
    evidence: Evidence, thresholds: Thresholds
) -> None:
    session = reconstruct(evidence, thresholds=thresholds)
    positions = {placed.position for placed in evidence.records}
    moments = [mark.time for mark in session.timeline.marks]
    first, last = min([session.timeline.start, *moments]), max([session.timeline.stop, *moments])
    for finding in session.findings:
        assert finding.positions
        assert set(finding.positions) <= positions
        assert list(finding.positions) == sorted(set(finding.positions))
        assert first <= finding.start <= finding.stop <= last
        assert finding.count >= 1


@given(evidences(), THRESHOLDS)
def test_a_finding_has_its_rules_version_severity_and_threshold(
    evidence: Evidence, thresholds: Thresholds
) -> None:
    for finding in reconstruct(evidence, thresholds=thresholds).findings:
        rule = BY_ID[finding.rule]
        used = {LIMITS[name].unit: getattr(thresholds, name) for name in rule.limits}
        assert (finding.version, finding.severity) == (rule.version, rule.severity)
        assert (finding.threshold or {}) == used
        assert finding.message


@given(evidences())
def test_findings_are_in_time_order(evidence: Evidence) -> None:
    starts = [finding.start for finding in reconstruct(evidence, thresholds=STRICT).findings]
    assert starts == sorted(starts)


@given(evidences())
def test_a_higher_threshold_never_finds_more(evidence: Evidence) -> None:
    session = reconstruct(evidence)
    case = Case(evidence, session.timeline, session.clocks, STRICT)
    strict = {
        (f.rule, f.positions) for f in find(case) if f.rule in ("gap", "truncated", "duration-disagrees")
    }
    for finding in session.findings:
        if finding.rule in ("gap", "truncated", "duration-disagrees"):
            assert (finding.rule, finding.positions) in strict


def test_the_laws_histories_do_have_findings() -> None:
    """So that the laws above say something."""
    seen: set[str] = set()

    @settings(derandomize=True)
    @given(evidences())
    def look(evidence: Evidence) -> None:
        seen.update(finding.rule for finding in reconstruct(evidence, thresholds=STRICT).findings)

    look()
    assert {"never-ended", "ended-before-start", "suspected-duplicate"} <= seen


@pytest.mark.parametrize("name", sorted(LIMITS))
def test_a_threshold_is_compared_exactly(name: str) -> None:
    if LIMITS[name].unit == "seconds":
        assert msgspec.structs.replace(Thresholds(), **{name: 0.1}).ns(name) == 100_000_000

"""The rules, as a table, and what goes through it.

Rule 1: the same prefix and thresholds always give the same findings, in time order.
Rule 2: adding a rule is one function in the module of its theme, and one row here.
"""

from __future__ import annotations

from replay.findings import contradictions
from replay.findings.model import Case, Finding, Rule

RULES = (
    Rule(
        "ended-before-start",
        1,
        "a listen-ended without a start of its listen or asset at or before it",
        None,
        "warning",
        contradictions.ended_before_start,
    ),
    Rule(
        "duration-disagrees",
        1,
        "an end whose duration and time tell different moments",
        0.5,
        "info",
        contradictions.duration_disagrees,
    ),
)


def find(case: Case) -> list[Finding]:
    """Every finding of a case, in time order."""
    findings = [finding for rule in RULES for finding in rule.look(case, rule)]
    findings.sort(key=lambda finding: (finding.start, finding.rule, finding.positions))
    return findings

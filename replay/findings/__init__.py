"""The fold's second look: what went wrong in a session, with the records that show it. Pure."""

from replay.findings.model import SEVERITIES, Case, Finding, Rule, Severity
from replay.findings.rules import BY_ID, MISSING_AUDIO, RULES, find, in_order
from replay.findings.thresholds import DEFAULTS, LIMITS, Thresholds

__all__ = [
    "BY_ID",
    "DEFAULTS",
    "LIMITS",
    "MISSING_AUDIO",
    "RULES",
    "SEVERITIES",
    "Case",
    "Finding",
    "Rule",
    "Severity",
    "Thresholds",
    "find",
    "in_order",
]

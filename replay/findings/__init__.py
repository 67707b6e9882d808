"""The fold's second look: what went wrong in a session, with the records that show it. Pure."""

from replay.findings.model import Case, Finding, Rule, Severity
from replay.findings.rules import RULES, find

__all__ = ["RULES", "Case", "Finding", "Rule", "Severity", "find"]

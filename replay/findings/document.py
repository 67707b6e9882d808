"""A finding as a document: seconds from a zero, as everything of a replay."""

from __future__ import annotations

from typing import Any

from replay.clock import to_seconds
from replay.findings.model import Finding


def finding_document(finding: Finding, zero: int) -> dict[str, Any]:
    """A finding, placed in seconds from `zero` (nanoseconds since the epoch)."""
    return {
        "rule": finding.rule,
        "version": finding.version,
        "threshold": finding.threshold,
        "offset": to_seconds(finding.start - zero),
        "duration": to_seconds(finding.stop - finding.start),
        "severity": finding.severity,
        "message": finding.message,
        "count": finding.count,
        "positions": list(finding.positions),
    }

"""How well findings match what was planted: precision and recall, by rule.

Rule 1: a finding tells of an expectation when it is of its rule, its positions hold the records that must
        show it, and it lies where it must; a finding that stands for several cases may tell of several, and
        covers their places.
Rule 2: cases are counted: a finding of four cases that tells of one is three false alarms.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from tests.replay.findings.planted.history import History
from tests.replay.findings.planted.telling import Expected


class Found(Protocol):
    """What is compared: a finding, told by somebody else."""

    @property
    def rule(self) -> str: ...

    @property
    def start(self) -> int: ...

    @property
    def stop(self) -> int: ...

    @property
    def positions(self) -> tuple[int, ...]: ...

    @property
    def count(self) -> int: ...


@dataclass
class Score:
    """The cases of one rule: planted, and of these found; told of, and of these true."""

    planted: int = 0
    found: int = 0
    told: int = 0
    true: int = 0

    def add(self, other: Score) -> None:
        """Add the cases of another history."""
        self.planted += other.planted
        self.found += other.found
        self.told += other.told
        self.true += other.true

    @property
    def precision(self) -> float:
        """Which part of what was told was true."""
        return self.true / self.told if self.told else 1.0

    @property
    def recall(self) -> float:
        """Which part of what was planted was found."""
        return self.found / self.planted if self.planted else 1.0


def score(history: History, findings: Iterable[Found]) -> dict[str, Score]:
    """One history's scores by rule."""
    scores: dict[str, Score] = defaultdict(Score)
    findings = list(findings)
    told_of: dict[int, int] = defaultdict(int)
    for expected in history.expected:
        matching = [index for index, one in enumerate(findings) if _tells(one, expected, history)]
        scores[expected.rule].planted += expected.count
        scores[expected.rule].found += expected.count if matching else 0
        for index in matching[:1]:
            told_of[index] += expected.count
    for index, one in enumerate(findings):
        scores[one.rule].told += one.count
        scores[one.rule].true += min(one.count, told_of[index])
    return scores


def _tells(found: Found, expected: Expected, history: History) -> bool:
    if found.rule != expected.rule or not expected.records <= set(found.positions):
        return False
    if expected.among is not None and {history.devices[p] for p in found.positions} != {expected.among}:
        return False
    if found.count == expected.count:
        return (found.start, found.stop) == (expected.start, expected.stop)
    return found.start <= expected.start and expected.stop <= found.stop

"""Precision and recall, measured on histories with planted faults: each is 1.0 for every rule."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

import pytest

from replay.findings import BY_ID
from replay.session import reconstruct
from tests.replay.findings.planted import history
from tests.replay.findings.planted.score import Score, score

HISTORIES = 150
PLANTED = Path(__file__).parent / "planted"


@pytest.fixture(scope="module")
def scores() -> dict[str, Score]:
    measured: dict[str, Score] = defaultdict(Score)
    for seed in range(HISTORIES):
        planted = history(seed)
        session = reconstruct(planted.evidence, recordings=planted.recordings)
        for rule, one in score(planted, session.findings).items():
            measured[rule].add(one)
    return measured


@pytest.mark.parametrize("rule", BY_ID)
def test_whatever_was_planted_is_found_and_nothing_else(scores: dict[str, Score], rule: str) -> None:
    assert scores[rule].planted > 10
    assert (scores[rule].precision, scores[rule].recall) == (1.0, 1.0), scores[rule]


def test_who_plants_the_faults_knows_nothing_of_the_rules() -> None:
    for file in PLANTED.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            assert not [name for name in names if name.startswith(("replay.findings", "replay.session"))]

"""The table of rules, its page, and the glossary's words."""

from __future__ import annotations

from pathlib import Path

import msgspec

from replay.findings import BY_ID, LIMITS, RULES, SEVERITIES, Thresholds
from replay.findings.rules import rules_table
from replay.findings.thresholds import limits_table

PAGE = (Path(__file__).parents[3] / "docs" / "findings.md").read_text(encoding="utf-8")


def test_the_page_has_the_table_of_rules() -> None:
    assert rules_table() in PAGE


def test_the_page_has_the_table_of_thresholds() -> None:
    assert limits_table() in PAGE


def test_every_rule_has_a_name_of_its_own_a_severity_and_thresholds_that_there_are() -> None:
    assert len(BY_ID) == len(RULES)
    for rule in RULES:
        assert rule.version >= 1
        assert rule.severity in SEVERITIES
        assert set(rule.limits) <= set(LIMITS)
        assert len({LIMITS[name].unit for name in rule.limits}) == len(rule.limits)


def test_every_threshold_is_some_rules() -> None:
    assert {name for rule in RULES for name in rule.limits} == set(LIMITS)


def test_every_default_is_one_that_may_be_asked_for() -> None:
    msgspec.convert(msgspec.structs.asdict(Thresholds()), Thresholds)

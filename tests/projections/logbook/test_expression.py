"""Expressions are RE2's: linear in time, bounded in size, refused by name when they are broken."""

from __future__ import annotations

import pytest

from projections import Expression
from projections.logbook.expression import MAX_LENGTH
from replay.errors import Invalid


@pytest.mark.parametrize(
    ("source", "text", "matches"),
    [
        ("user", "A user was created", True),
        ("User", "A user was created", False),
        ("(?i)USER", "A user was created", True),
        ("^A .* created$", "A user was created", True),
        ("^user", "A user was created", False),
        ("🌿", "kortið 🌿", True),
        ("^.$", "🌿", True),
        ("a.b", "a\nb", False),
        ("(?s)a.b", "a\nb", True),
        ("", "", True),
        ("x", "", False),
    ],
)
def test_an_expression_is_searched_for_anywhere_and_minds_case(source: str, text: str, matches: bool) -> None:
    assert Expression(source).matches(text.encode()) is matches


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("(", "missing )"),
        ("a**", "bad repetition"),
        ("[z-a]", "invalid character class range"),
        ("(?=a)", "invalid perl operator"),
        (r"(a)\1", "invalid escape"),
        ("a{1001}", "invalid repetition size"),
        ("(" * 400, "missing )"),
        ("((a{100}){100}){100}", "invalid repetition size"),
        (r"(\pL{1,10}x){5}", "too large"),
        ("[^x]{1000}" * 40, "too large"),
        ("a" * (MAX_LENGTH + 1), "longer than 1000"),
        ("\ud800", "half of a character"),
    ],
)
def test_a_broken_or_monstrous_expression_is_refused_with_its_name_and_a_reason(
    source: str, reason: str
) -> None:
    with pytest.raises(Invalid, match=r"^look ") as caught:
        Expression(source, "look")
    assert caught.value.field == "look"
    assert reason in caught.value.message


@pytest.mark.parametrize(
    "source", ["(x+x+)+y", "(a?){200}a{200}", "((a*)*)*b", "(.*)*=(.*)*=(.*)*", "(a|aa)+$"]
)
def test_what_freezes_other_engines_costs_a_text_one_passage(source: str) -> None:
    Expression(source).matches(b"a" * 65_536 + b"!")


def test_expressions_are_equal_when_they_say_the_same() -> None:
    assert Expression("a") == Expression("a")
    assert len({Expression("a"), Expression("a"), Expression("b")}) == 2
    assert str(Expression("a|b")) == "a|b"

"""What every match must contain: never more than is true."""

from __future__ import annotations

import re

import pytest
import re2  # type: ignore[import-untyped]
from hypothesis import example, given, settings
from hypothesis import strategies as st

from projections.logbook.literals import Demand, Either, Every, demand


@pytest.mark.parametrize(
    ("expression", "demanded"),
    [
        ("timeout", "timeout"),
        (r"ti+meout: (read|write) failed", Every(("imeout: ", Either(("read", "write")), " failed"))),
        (r"10\.0\.0\.1", "10.0.0.1"),
        (r"\Qa.b|c\E*xyz", Every(("a.b|", "xyz"))),
        ("abcd*e", "abc"),
        ("abcd?efg", Every(("abc", "efg"))),
        ("abc+def", Every(("abc", "cdef"))),
        ("abc{0,2}def", "def"),
        ("abc{2,}def", Every(("abc", "cdef"))),
        ("a{,2}bcd", "a{,2}bcd"),
        ("abc.def", Every(("abc", "def"))),
        ("abc[x-z]def", Every(("abc", "def"))),
        ("[]abc]def", "def"),
        ("[^]abc]def", "def"),
        (r"[\]abc]def", "def"),
        ("[[:alpha:]]abc", "abc"),
        (r"\d\pN\p{Greek}\Cabc", "abc"),
        (r"\x41\x{62}cd\tef", "Abcd\tef"),
        (r"\101bcd", "bcd"),
        ("^abc$", "abc"),
        (r"\babc\b\z", "abc"),
        ("(abc)", "abc"),
        ("a(?:b(?P<name>c(?<other>d)))e", "abcde"),
        ("(abc)+x", Every(("abc", "abcx"))),
        ("(abc)?xyz", "xyz"),
        ("(ab|cd)xyz", "xyz"),
        ("(?s)abc", "abc"),
        ("(?i)abc", "abc"),
        ("(?i:abc)def", "abcdef"),
        ("(?i)timeouts", "timeout"),
        ("(?i)asked", None),
        ("(?i)été", None),
        ("(?i)a(?-i)sks", "asks"),
        ("abc|def", Either(("abc", "def"))),
        ("abc|de", None),
        ("(|abc)", None),
        ("ab", None),
        ("a.c", None),
        ("", None),
        (".*", None),
        (r"a\0bc", None),
        ("(" * 200 + "abc" + ")" * 200, None),
        ("abc(?i)?", None),
    ],
)
def test_the_texts_that_every_match_must_contain(expression: str, demanded: Demand | None) -> None:
    assert demand(expression) == demanded


def meets(demanded: Demand | None, text: str) -> bool:
    if demanded is None:
        return True
    if isinstance(demanded, str):
        return demanded.lower() in text.lower()
    several = all if isinstance(demanded, Every) else any
    return several(meets(part, text) for part in demanded.demands)


def compiled(expression: str) -> re2._Regexp | None:
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(expression, options)
    except re2.error:
        return None


PIECES = st.sampled_from(
    [
        *"abk()[]|*+?{}.^$\\-:,12é \n", r"\d", r"\w", r"\b", r"\Q", r"\E", "(?i)", "(?:", "(?i:", "(?-i)", "[^",
        "[[:alpha:]]", r"\pN", r"\x41", r"\x{1F33F}", r"\101", "{2}", "{0,1}", "{2,}", "*?", "(?P<n>", "abc",
    ]
)  # fmt: skip
TEXTS = st.lists(st.sampled_from([*"abckKABC12éÉ🌿 \n-:,{}]\\QE.*|", "abc", "abcd", "12"]), max_size=12).map(
    "".join
)


@settings(max_examples=400)
@given(expression=st.lists(PIECES, min_size=1, max_size=9).map("".join), texts=st.lists(TEXTS, max_size=4))
@example(expression="abcd(?i){0,1}x", texts=["abcx"])
@example(expression=r"abc\Q\E*d", texts=["abd"])
@example(expression=r"abc\E*d", texts=["abd"])
def test_nothing_is_demanded_that_a_match_may_lack(expression: str, texts: list[str]) -> None:
    engine = compiled(expression)
    demanded = demand(expression)
    if engine is not None:
        assert all(meets(demanded, text) for text in texts if engine.search(text))


COMMON = st.recursive(
    st.sampled_from(["a", "b", "abc", "xyz", ".", "[ab]", r"\d", "^", r"\.", r"\w"]),
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=4).map("".join),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"({'|'.join(parts)})"),
        inner.map(lambda part: f"(?:{part})?"),
        inner.map(lambda part: f"(?:{part})+"),
        inner.map(lambda part: f"(?:{part}){{2}}"),
    ),
    max_leaves=8,
)


@settings(max_examples=200)
@given(data=st.data())
def test_what_an_expression_generates_meets_its_demand(data: st.DataObject) -> None:
    """In the syntax that Python and RE2 share."""
    expression = data.draw(COMMON)
    text = data.draw(st.from_regex(re.compile(expression, re.ASCII)))
    engine = compiled(expression)
    if engine is not None and engine.search(text):
        assert meets(demand(expression), text)

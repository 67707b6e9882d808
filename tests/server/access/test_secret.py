"""A secret's form, and what is told about one that is not well formed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from server.access.secret import PATTERN, digest, fault, new_secret, normal

ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"


def test_a_secret_looks_as_a_scanner_expects() -> None:
    assert PATTERN.fullmatch(new_secret())
    assert fault(new_secret()) is None


def test_no_two_secrets_are_the_same() -> None:
    assert len({new_secret() for _ in range(1000)}) == 1000


def test_case_and_blanks_around_it_do_not_matter() -> None:
    secret = new_secret()
    assert normal(f"  {secret.upper()}\n") == secret
    assert fault(secret.upper()) is None


@given(place=st.integers(3, 41), char=st.sampled_from(ALPHABET))
def test_one_wrong_character_is_a_typo(place: int, char: str) -> None:
    secret = new_secret()
    typo = secret[:place] + char + secret[place + 1 :]
    assert (fault(typo) is None) == (typo == secret)


@given(place=st.integers(3, 40))
def test_two_characters_the_other_way_round_are_a_typo(place: int) -> None:
    secret = new_secret()
    typo = secret[:place] + secret[place + 1] + secret[place] + secret[place + 2 :]
    assert (fault(typo) is None) == (typo == secret)


def test_a_cut_secret_and_a_foreign_one_are_told_apart() -> None:
    assert "has 41 characters instead of 42" in str(fault(new_secret()[:-1]))
    assert "begin with ph_" in str(fault("ghp_0123456789"))
    assert "checksum" in str(fault("ph_" + "1" * 39))


@given(st.text(alphabet=st.characters(exclude_categories=())))
def test_any_text_has_a_digest_and_a_fault_that_does_not_repeat_it(text: str) -> None:
    assert len(digest(text)) == 32
    assert fault(text) is not None

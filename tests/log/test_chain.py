"""The chain's functions give exactly the bytes that `docs/log.md` describes."""

from __future__ import annotations

from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from replay.log.chain import GENESIS, commit, key_of, link

names = st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=20)


def test_a_commitment_is_the_hash_of_nonce_and_body() -> None:
    assert commit(bytes(range(16)), b"{}") == sha256(bytes(range(16)) + b"{}").digest()


def test_a_link_hashes_previous_position_time_and_commitment() -> None:
    commitment = commit(bytes(16), b"{}")
    expected = sha256(GENESIS + (7).to_bytes(8, "big") + (-5).to_bytes(8, "big", signed=True) + commitment)
    assert link(GENESIS, 7, -5, commitment) == expected.digest()


def test_the_bytes_are_fixed_for_ever() -> None:
    """A change here is a new format: every log that exists would fail its verification."""
    commitment = commit(bytes(range(16)), b'{"id":"a"}')
    assert commitment.hex() == "7d83fe9b87e7dd233eed7a66c052f7f014dca41f957f78ad6572ba1b3e0cec08"
    assert (
        link(GENESIS, 1, 1_800_000_000_000_000, commitment).hex()
        == "29a91cad0eb52d2d0767bca759295ee8b5a46a1f0c06026a02d1936aa66c31bf"
    )
    assert key_of("default", "player", "a").hex() == "5f19f78bfb8f066cc7ce357cc8a72fbd4bbca46a33329db0"


@given(names, names, names)
def test_a_key_starts_with_what_log_and_id_say_alone(log: str, source: str, id: str) -> None:
    assert key_of(log, source, id)[:5] == key_of(log, "another", id)[:5]
    assert key_of(log, source, id)[5:8] == key_of("another", source, "another")[5:8]


@given(st.lists(st.tuples(names, names, names), min_size=2, max_size=2, unique=True))
def test_different_identities_have_different_keys(identities: list[tuple[str, str, str]]) -> None:
    one, other = identities
    assert key_of(*one) != key_of(*other)


def test_moving_a_letter_between_parts_makes_another_key() -> None:
    keys = {key_of("ab", "c", "d"), key_of("a", "bc", "d"), key_of("a", "b", "cd"), key_of("a", "bcd", "")}
    assert len(keys) == 4

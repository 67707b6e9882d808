"""Which addresses lie on a prefix."""

from __future__ import annotations

import pytest

from replay.recordings.prefixes import lies_on

PREFIX = "https://media.example/walks"


@pytest.mark.parametrize(
    ("url", "prefix"),
    [
        ("https://media.example/walks/a.wav", PREFIX),
        ("https://media.example/walks", PREFIX),
        ("HTTPS://MEDIA.example:443/walks/a.wav?v=2", PREFIX),
        ("https://media.example/walks/a.wav", f"{PREFIX}/"),
        ("http://media.example/anything", "http://media.example"),
        ("http://media.example:8080/a", "http://media.example:8080/"),
    ],
)
def test_what_goes_on_from_a_prefix_lies_on_it(url: str, prefix: str) -> None:
    assert lies_on(url, prefix)


@pytest.mark.parametrize(
    "url",
    [
        "https://media.example/walksabout/a.wav",
        "http://media.example/walks/a.wav",
        "https://media.example:444/walks/a.wav",
        "https://media.example.evil.example/walks/a.wav",
        "https://evil.example/walks/a.wav",
        "https://media.example@evil.example/walks/a.wav",
        "https://me:secret@media.example/walks/a.wav",
        "https://media.example/walks/../private/a.wav",
        "https://media.example/walks/%2e%2E/private/a.wav",
        "https://media.example/walks/..%5c..%5cprivate",
        "https://media.example/",
        "https:///walks/a.wav",
        "https://media.example:port/walks/a.wav",
        "https://[/walks",
        "walks/a.wav",
    ],
)
def test_what_only_looks_like_it_does_not(url: str) -> None:
    assert not lies_on(url, PREFIX)


def test_a_prefix_that_is_no_address_allows_nothing() -> None:
    assert not lies_on("https://media.example/walks/a.wav", "media.example")

from __future__ import annotations

import pytest
from aiohttp import web

from replay.errors import Invalid
from server.http.replies import link, matches, negotiate, with_query

OFFERS = ("application/json", "application/x-ndjson", "text/event-stream")

NEGOTIATED = [
    (None, "application/json"),
    ("", "application/json"),
    (" ", "application/json"),
    ("*/*", "application/json"),
    ("application/*", "application/json"),
    ("text/*", "text/event-stream"),
    ("TEXT/Event-Stream", "text/event-stream"),
    ("application/x-ndjson", "application/x-ndjson"),
    ("application/x-ndjson;q=0.5, application/json;q=0.4", "application/x-ndjson"),
    ("application/json;q=0.4, */*;q=0.5", "application/x-ndjson"),
    ("application/json;q=0, */*", "application/x-ndjson"),
    ("text/event-stream; charset=utf-8; q=0.9, application/json; q=0.8", "text/event-stream"),
    ("application/xml, */*;q=0.1", "application/json"),
    ("application/json,,", "application/json"),
]


@pytest.mark.parametrize(("accept", "offer"), NEGOTIATED)
def test_the_offer_that_is_liked_best_is_chosen(accept: str | None, offer: str) -> None:
    assert negotiate(accept, OFFERS) == offer


@pytest.mark.parametrize("accept", ["application/xml", "image/*", "*/*;q=0", "application/json;q=0", "json"])
def test_what_wants_no_offer_is_told_what_there_is(accept: str) -> None:
    with pytest.raises(web.HTTPNotAcceptable) as refused:
        negotiate(accept, OFFERS)
    assert "application/x-ndjson" in (refused.value.text or "")


def test_a_quality_that_is_no_number_is_refused() -> None:
    with pytest.raises(Invalid, match="must be a number"):
        negotiate("application/json;q=high", OFFERS)


MATCHES = [
    (None, False),
    ("", False),
    ('"a"', True),
    ('W/"a"', True),
    ('"b", "a"', True),
    ("*", True),
    ("a", False),
    ('"b"', False),
]


@pytest.mark.parametrize(("if_none_match", "expected"), MATCHES)
def test_a_tag_matches_one_of_a_list(if_none_match: str | None, expected: bool) -> None:
    assert matches(if_none_match, '"a"') is expected


def test_absent_parameters_are_left_out_of_a_path() -> None:
    assert with_query("/a", [("b", None), ("c", "d e&f"), ("g", 0)]) == "/a?c=d+e%26f&g=0"
    assert with_query("/a", [("b", None)]) == "/a"


def test_a_link_is_there_when_its_target_is() -> None:
    assert link("/a?b=c") == {"Link": '</a?b=c>; rel="next"'}
    assert link(None) == {}

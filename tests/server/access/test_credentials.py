"""Every form in which a secret arrives, and what is said of one that cannot be read."""

from __future__ import annotations

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from server.access import Unauthorized
from server.access.credentials import Credential, in_form, in_header
from tests.server.access.conftest import Server, bearer


def basic(text: str) -> str:
    return "Basic " + b64encode(text.encode()).decode()


@pytest.mark.parametrize("keyword", ["Bearer", "bearer", "BEARER", "token", "Token", "TOKEN"])
def test_a_header_carries_a_token_under_either_keyword_in_any_case(keyword: str) -> None:
    assert in_header(f"{keyword} ph_x") == Credential("bearer", "ph_x")
    assert in_header(f"  {keyword}   ph_x ") == Credential("bearer", "ph_x")


@pytest.mark.parametrize(
    ("pair", "secret"),
    [("id:ph_x", "ph_x"), ("me@example.org:ph_x", "ph_x"), (":ph_x", "ph_x"), ("a:b:c", "b:c")],
)
def test_basic_carries_the_token_as_password_whatever_the_id(pair: str, secret: str) -> None:
    assert in_header(basic(pair)) == Credential("basic", secret)
    assert in_header("BASIC" + basic(pair)[5:]) == Credential("basic", secret)


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("", "no scheme known"),
        ("ph_x", "no scheme known"),
        ("Digest username=x", "no scheme known"),
        ("Bearer", "malformed"),
        ("Bearer ", "malformed"),
        ("token", "malformed"),
        ("Bearer one two", "malformed"),
        ("Basic", "malformed"),
        ("Basic !!!", "in base64"),
        ("Basic \udcff", "in base64"),
        ("Basic /w==", "in base64"),
        (basic("no colon"), "no password"),
        (basic("id:"), "no password"),
    ],
)
def test_a_header_that_cannot_be_read_is_refused_with_the_reason(value: str, says: str) -> None:
    with pytest.raises(Unauthorized, match=says) as caught:
        in_header(value)
    assert caught.value.given


def said_of(header: str) -> str:
    try:
        return repr(in_header(header))
    except Unauthorized as error:
        return error.message


@given(st.text(alphabet=st.characters(exclude_categories=())))
def test_any_header_is_read_or_refused_and_never_repeated(value: str) -> None:
    for scheme in ("", "Bearer ", "Basic "):
        said = said_of(f"{scheme}{value}0123456789abcdef")
        assert said
        assert "0123456789abcdef" not in said


def test_a_form_carries_a_key() -> None:
    assert in_form({"apikey": "ph_x", "text": "hello"}) == Credential("apikey", "ph_x")
    assert in_form({"text": "hello"}) is None


@pytest.mark.parametrize("value", ["", "  ", b"upload"])
def test_a_form_with_an_empty_key_or_a_file_is_refused(value: object) -> None:
    with pytest.raises(Unauthorized):
        in_form({"apikey": value})


def test_a_credential_keeps_its_secret_out_of_its_repr() -> None:
    assert "ph_x" not in repr(Credential("bearer", "ph_x"))


@pytest.mark.parametrize("form", ["Bearer {}", "token {}", "TOKEN {}", "Basic", "query", "cookie"])
async def test_every_form_lets_in(server: Server, form: str) -> None:
    token = await server.token("read", name="phone")
    headers, path = {}, "/who"
    if form == "query":
        path = f"/who?apikey={token}"
    elif form == "cookie":
        assert await server.log_in(token=token) == 200
    else:
        headers = {"Authorization": basic(f"id:{token}") if form == "Basic" else form.format(token)}
    status, document = await server.ask(path, headers=headers)
    assert (status, document["name"]) == (200, "phone")


async def test_the_header_beats_the_key_and_the_key_beats_the_cookie(server: Server) -> None:
    header, key, cookie = [await server.token("read", name=name) for name in ("header", "key", "cookie")]
    await server.log_in(token=cookie)
    _, document = await server.ask(f"/who?apikey={key}", headers=bearer(header))
    assert document["name"] == "header"
    _, document = await server.ask(f"/who?apikey={key}")
    assert document["name"] == "key"
    _, document = await server.ask("/who")
    assert document["name"] == "cookie"


async def test_a_credential_that_does_not_hold_is_not_passed_over_for_the_next(server: Server) -> None:
    good = await server.token("read")
    await server.log_in(token=good)
    for path, headers in (
        (f"/who?apikey={good}", bearer("ph_wrong")),
        (f"/who?apikey={good}", {"Authorization": "Digest x"}),
        ("/who?apikey=ph_wrong", {}),
        ("/who?apikey=", {}),
        (f"/who?apikey={good}&apikey={good}", {}),
    ):
        status, document = await server.ask(path, headers=headers)
        assert status == 401, path
        assert good not in str(document)


async def test_two_authorization_headers_are_refused(server: Server) -> None:
    token = await server.token("read")
    request = server.client.get("/who", headers=[("Authorization", f"Bearer {token}")] * 2)
    async with request as answer:
        assert answer.status == 401


async def test_a_key_may_be_percent_encoded(server: Server) -> None:
    token = await server.token("read")
    url = server.client.make_url("/who").join(URL(f"/who?%61pikey={token}", encoded=True))
    async with server.client.session.get(url) as answer:
        assert answer.status == 200


async def test_a_form_under_its_paths_lets_in_and_elsewhere_does_not(server: Server) -> None:
    token = await server.token("ingest")
    assert (await server.ask("/forms/write", "POST", data={"apikey": token}))[0] == 201
    assert (await server.ask("/forms/write", "POST", data={"apikey": "ph_wrong"}))[0] == 401
    assert (await server.ask("/forms/write", "POST", data={"text": "hello"}))[0] == 401
    assert (await server.ask("/write", "POST", data={"apikey": token}))[0] == 401

"""docs/http.md says what the code does, and its examples run."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import aiohttp
import pytest

from server.api.bodies import CODINGS
from server.api.formats import FORMS
from server.api.ingest import IDEMPOTENCY_KEY, MAX_ERRORS
from server.reads.scan import MOST_BYTES, MOST_RECORDS
from server.routes import ROUTES, Route
from tests.replay.recordings.making import wav
from tests.server.api import Api

PAGE = (Path(__file__).parents[2] / "docs" / "http.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"<!-- run -->\n```sh\n(.*?)```", PAGE, re.DOTALL)
STREAMS = re.findall(r"<!-- stream -->\n```sh\n(.*?)```", PAGE, re.DOTALL)
RECORDINGS = {"@fountain.wav": wav()}
EVERYWHERE = ("min_position", "wait")


def section_of(route: Route) -> str:
    """The section that names a route: from the heading before its name to the next heading."""
    name = f"`{route.method} {route.path}`"
    sections = re.split(r"(?m)^(?=## )", PAGE)
    headed = [section for section in sections if name in section.partition("\n")[0]]
    found = headed or [section for section in sections if name in section]
    assert len(found) == 1, f"{name} stands in {len(found)} sections"
    return found[0]


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_every_route_is_on_the_page_with_its_role_and_parameters(route: Route) -> None:
    section = section_of(route)
    if route.role is not None:
        assert f"ole `{route.role}`" in section
    for parameter in route.parameters.readers:
        assert f"`{parameter}`" in (PAGE if parameter in EVERYWHERE else section), parameter


def test_the_page_names_no_route_that_there_is_not() -> None:
    named = set(re.findall(r"`((?:GET|POST|DELETE|PUT|PATCH) /[^`]*)`", PAGE))
    assert named == {f"{route.method} {route.path}" for route in ROUTES}


def test_forms_codings_and_bounds_are_on_the_page() -> None:
    for word in (*FORMS, *CODINGS[1:], IDEMPOTENCY_KEY):
        assert f"`{word}`" in PAGE
    assert f"the first {MAX_ERRORS} events" in PAGE
    assert f"{MOST_RECORDS:,} records and gathers {MOST_BYTES // 2**20} MiB" in PAGE


def commands(block: str, api: Api) -> list[list[str]]:
    """The curl commands of a block, their variables filled in."""
    text = block.replace("\\\n", " ").replace("$URL", api.url).replace("$TOKEN", api.tokens["admin"])
    lines: list[list[str]] = []
    for word in shlex.split(text):
        if word == "curl":
            lines.append([])
        else:
            lines[-1].append(word)
    return lines


async def curl(api: Api, words: list[str]) -> aiohttp.ClientResponse:
    """What curl does with these options: -X, -H, -d, --data-binary, -N, and a URL."""
    method, url, headers = None, "", {}
    body: bytes | None = None
    options = iter(words)
    for word in options:
        match word:
            case "-X":
                method = next(options)
            case "-H":
                name, _, value = next(options).partition(": ")
                headers[name] = value
            case "-d":
                body = next(options).encode()
            case "--data-binary":
                body = RECORDINGS[next(options)]
            case "-N":
                pass
            case _:
                assert word.startswith(api.url)
                url = word
    method = method or ("POST" if body else "GET")
    return await api.session.request(method, url, headers=headers, data=body)


async def test_the_examples_run(api: Api) -> None:
    ran = 0
    for block in EXAMPLES:
        for words in commands(block, api):
            async with await curl(api, words) as answer:
                assert answer.status in (200, 202, 206), (words, await answer.text())
                ran += 1
    assert ran >= 15


async def test_the_live_example_gives_what_is_there(api: Api) -> None:
    for words in commands(EXAMPLES[0], api):
        async with await curl(api, words) as answer:
            assert answer.status == 200
    ((words,),) = [commands(block, api) for block in STREAMS]
    async with await curl(api, words) as answer:
        received = b""
        while b'"position":2' not in received:
            received += await answer.content.readany()
    assert f"id: {api.services.log.epoch}-2\n".encode() in received


async def test_the_receipt_on_the_page_is_the_receipt_given(api: Api) -> None:
    (words,) = commands(EXAMPLES[0], api)
    async with await curl(api, words) as answer:
        given = re.sub(r"\s", "", await answer.text())
    shown = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)[0]
    assert re.sub(r"\s", "", shown) == given

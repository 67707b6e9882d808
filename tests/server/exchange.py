"""Exchanges in files: what a client sends, and what comes back. They lie in `samples/` beside a surface's tests.

A line begins with what it is:

    #   a remark
    +   an event that is there before: a JSON object, posted natively
    @   the milliseconds that the server's clock stands at from here on
    >   a request: method and target; the lines `> Name: value` after it are headers
    >>  a line of its body; a form in parts ends its lines with CR LF
    <   the status of the answer; the lines `< Name: value` after it are headers that it must have
    <<  a line of the answer's body. JSON must hold all that is shown, and may hold more; text must be equal
    <~  bytes that the body must hold as they are
    <!  bytes that it must not hold

`$read`, `$ingest` and the like are the keys of these tokens, `$basic-read` the same as `Basic` carries it. Any
other `$name` in an answer is kept when it comes first, and is the same from then on.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from tests.server.api import Api, Reply

_VARIABLE = re.compile(r"\$([a-z][a-z0-9-]*)")


class Hands:
    """The clock of a server: it stands where a sample puts it. Microseconds."""

    def __init__(self) -> None:
        self.time = 1_308_491_673_911_000

    def __call__(self) -> int:
        return self.time


def samples_beside(test: str) -> list[Path]:
    """The files of exchanges beside a test's own file (`__file__`)."""
    return sorted((Path(test).parent / "samples").glob("*.http"))


class Exchange(msgspec.Struct):
    """One request and what must be answered."""

    line: int
    target: str
    headers: dict[str, str] = {}
    body: list[str] = []
    status: int = 0
    expected_headers: dict[str, str] = {}
    expected: list[str] = []
    holds: list[str] = []
    lacks: list[str] = []


class Player:
    """Plays a sample against a server."""

    def __init__(self, api: Api, clock: Hands) -> None:
        self.api = api
        self.clock = clock
        self.values = dict(api.tokens)
        for name, key in api.tokens.items():
            self.values[f"basic-{name}"] = b64encode(f"someone@example.com:{key}".encode()).decode()

    async def play(self, path: Path) -> int:
        """Play all exchanges of a file; return how many there were."""
        exchange: Exchange | None = None
        played = 0
        for number, text in _lines_of(path):
            mark, _, rest = text.partition(" ")
            if exchange is not None and (mark in ("#", "+", "@") or (mark == ">" and exchange.status)):
                await self._check(exchange, f"{path.name}:{exchange.line}")
                exchange, played = None, played + 1
            if mark == ">" and exchange is None:
                exchange = Exchange(number, rest)
            elif mark in ("+", "@"):
                await self._prepare(mark, rest)
            elif exchange is not None and mark:
                _add(exchange, mark, rest)
        return played

    async def _prepare(self, mark: str, rest: str) -> None:
        if mark == "@":
            self.clock.time = int(rest) * 1000
            return
        answer = await self.api.send(msgspec.json.decode(rest))
        assert answer.status == 200, answer.body

    async def _check(self, exchange: Exchange, place: str) -> None:
        method, _, target = self._filled(exchange.target).partition(" ")
        headers = {name: self._filled(value) for name, value in exchange.headers.items()}
        ending = "\r\n" if "multipart/" in exchange.headers.get("Content-Type", "") else "\n"
        body = self._filled(ending.join(exchange.body)).encode()
        if body:
            headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
        answer = await self.api.ask(method, target, token=None, headers=headers, body=body or None)
        assert answer.status == exchange.status, f"{place}: {answer.status} {answer.body!r}"
        for part in exchange.holds:
            assert self._filled(part).encode() in answer.body, f"{place}: {answer.body!r}"
        for part in exchange.lacks:
            assert part.encode() not in answer.body, f"{place}: {answer.body!r}"
        if exchange.expected:
            self._compare(exchange, answer, place)
        for name, value in exchange.expected_headers.items():
            assert answer.headers.get(name) == self._filled(value), f"{place}: {name}"

    def _compare(self, exchange: Exchange, answer: Reply, place: str) -> None:
        text = "\n".join(exchange.expected)
        if answer.headers["Content-Type"].startswith("text/"):
            assert answer.body.decode() == text, place
            return
        self._hold(msgspec.json.decode(text), answer.document, place)

    def _hold(self, shown: Any, found: Any, place: str) -> None:
        if isinstance(shown, dict):
            assert isinstance(found, dict), place
            for name, value in shown.items():
                assert name in found, f"{place}: {name} is missing"
                self._hold(value, found[name], f"{place}: {name}")
        elif isinstance(shown, list):
            assert isinstance(found, list), place
            assert len(shown) == len(found), f"{place}: {len(found)} instead of {len(shown)}"
            for number, (one, other) in enumerate(zip(shown, found, strict=True)):
                self._hold(one, other, f"{place}[{number}]")
        elif isinstance(shown, str) and (variable := _VARIABLE.fullmatch(shown)):
            assert self.values.setdefault(variable[1], found) == found, place
        else:
            assert (type(shown), shown) == (type(found), found), place

    def _filled(self, text: str) -> str:
        return _VARIABLE.sub(lambda found: self.values[found[1]], text)


def _lines_of(path: Path) -> Iterator[tuple[int, str]]:
    return enumerate([*path.read_text(encoding="utf-8").splitlines(), "# the end"], 1)


def _add(exchange: Exchange, mark: str, rest: str) -> None:
    name, _, value = rest.partition(": ")
    match mark:
        case ">":
            exchange.headers = {**exchange.headers, name: value}
        case ">>":
            exchange.body = [*exchange.body, rest]
        case "<" if exchange.status == 0:
            exchange.status = int(rest)
        case "<":
            exchange.expected_headers = {**exchange.expected_headers, name: value}
        case "<<":
            exchange.expected = [*exchange.expected, rest]
        case "<~":
            exchange.holds = [*exchange.holds, rest]
        case "<!":
            exchange.lacks = [*exchange.lacks, rest]
        case _:
            raise AssertionError(f"nobody knows what {mark!r} is")

"""A request's query and path as typed values: parsed once, at the edge.

Rule 1: a route's parameters are a table. A parameter that is not in it is refused by name, so that a typo in
        a filter never returns everything; a repeated one is refused, so that nobody guesses which counts.
Rule 2: a blank value is an absent one.
Rule 3: an error names the parameter and says what it takes.
Rule 4: the raw request target is read, because aiohttp gives `%FF` and `%25FF` as the same text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from keyword import iskeyword
from typing import Any, Generic, TypeVar
from urllib.parse import parse_qsl, unquote_to_bytes

from aiohttp import web

from replay.clock import parse_time
from replay.envelope import check_name
from replay.errors import Invalid
from replay.numbers import read_number

Reader = Callable[[str, str], Any]
"""(text, the parameter's name) -> value; raises `Invalid` naming the parameter."""

T = TypeVar("T")

CREDENTIALS = frozenset({"apikey"})
"""Parameters that the way in reads (see `server.access`); they are never part of a question."""

MAX_PARAMETERS = 64
MAX_NUMBER_LENGTH = 32

_A_PLUS_READ_AS_A_SPACE = re.compile(r"(?<=T)(\S+) (\d\d:\d\d)$")


class Parameters(Generic[T]):
    """The parameters of one route: a struct that holds them, and how the text of each is read.

    A parameter `objectId` is the struct's field `object_id`, `class` is `class_`.
    """

    def __init__(self, struct: type[T], **readers: Reader) -> None:
        self.struct = struct
        self.readers = readers

    def parse(self, raw_query: str) -> T:
        """Read a raw query string. Raises `Invalid` naming the parameter at fault."""
        values: dict[str, Any] = {}
        for name, text in query_items(raw_query):
            reader = self.readers.get(name)
            if reader is None:
                raise Invalid(name, f"{name[:64]!r} is no parameter here; {self._known()}")
            if name in values:
                raise Invalid(name, f"{name} is given more than once")
            values[name] = reader(text, name) if text else None
        return self._make({_field(name): value for name, value in values.items() if value is not None})

    def _make(self, given: dict[str, Any]) -> T:
        return self.struct(**given)

    def _known(self) -> str:
        return f"known are {', '.join(self.readers)}" if self.readers else "none are known"


def _field(parameter: str) -> str:
    return f"{parameter}_" if iskeyword(parameter) else re.sub(r"(?=[A-Z])", "_", parameter).lower()


def query_items(raw_query: str) -> list[tuple[str, str]]:
    """The names and values of a raw query string, without credentials. Raises `Invalid`."""
    try:
        items = parse_qsl(raw_query, keep_blank_values=True, errors="strict", max_num_fields=MAX_PARAMETERS)
    except UnicodeDecodeError:
        raise Invalid("query", "the query holds an escape that is not UTF-8") from None
    except ValueError:
        raise Invalid("query", f"the query has more than {MAX_PARAMETERS} parameters") from None
    return [(name, value) for name, value in items if name not in CREDENTIALS]


def path_ids(request: web.Request) -> dict[str, str]:
    """The ids in a request's path, percent-decoded once. Raises `Invalid` naming the one at fault."""
    resource = request.match_info.route.resource
    template = resource.canonical.split("/") if resource is not None else []
    segments = request.rel_url.raw_path.split("/")
    return {
        part[1:-1]: _path_id(segment, part[1:-1])
        for part, segment in zip(template, segments, strict=False)
        if part.startswith("{")
    }


def _path_id(segment: str, field: str) -> str:
    try:
        text = unquote_to_bytes(segment).decode()
    except UnicodeDecodeError:
        raise Invalid(field, f"{field} holds an escape that is not UTF-8") from None
    return check_name(text, field)


def name(text: str, field: str) -> str:
    """An id or a short name."""
    return check_name(text, field)


def text(longest: int) -> Callable[[str, str], str]:
    """Any text of at most so many characters."""

    def read(value: str, field: str) -> str:
        if len(value) > longest:
            raise Invalid(field, f"{field} is longer than {longest} characters")
        return value

    return read


def integer(low: int, high: int) -> Reader:
    """A whole number in digits, within bounds (both inclusive)."""

    def read(value: str, field: str) -> int:
        digits = value.isascii() and value.isdigit() and len(value) <= MAX_NUMBER_LENGTH
        if not digits or not low <= int(value) <= high:
            raise Invalid(field, f"{field} must be a whole number from {low} to {high}")
        return int(value)

    return read


def seconds(high: float) -> Reader:
    """A number of seconds, from 0."""

    def read(value: str, field: str) -> float:
        found = read_number(value)
        if found is None or not 0 <= found <= high:
            raise Invalid(field, f"{field} must be a number of seconds from 0 to {high:g}")
        return found

    return read


def moment(value: str, field: str) -> int:
    """An RFC 3339 time, as microseconds UTC; an offset's `+` that a client left unescaped is understood."""
    return parse_time(with_its_plus(value), field)


def with_its_plus(value: str) -> str:
    """A time whose offset's `+` was left unescaped, and so read as a space, as it was meant."""
    return _A_PLUS_READ_AS_A_SPACE.sub(r"\1+\2", value)


def day(value: str, field: str) -> date:
    """A date such as 2026-05-14."""
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise Invalid(field, f"{field} must be a date such as 2026-05-14")


def flag(value: str, field: str) -> bool:
    """`true` or `false`."""
    if value not in ("true", "false"):
        raise Invalid(field, f"{field} must be true or false")
    return value == "true"


def one_of(*choices: str) -> Reader:
    """One of a few words."""

    def read(value: str, field: str) -> str:
        if value not in choices:
            raise Invalid(field, f"{field} must be one of {', '.join(choices)}")
        return value

    return read

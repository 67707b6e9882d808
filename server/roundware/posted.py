"""How each field that a client posts is read.

Rule 1: all that is wrong with the fields is told at once, by name.
Rule 2: null and blank stand for nothing, which only an optional field may be.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Decimal

from aiohttp import web

from replay.clock import NANOSECONDS
from replay.envelope import check_name
from replay.errors import Invalid
from server.api.bodies import read_body
from server.roundware.fields import read_fields
from server.roundware.manner import Rejected
from server.roundware.values import read_moment, read_number
from server.services import Services

MAX_BODY = 256 * 1024
"""The largest body, in bytes: an event's data is at most 64 KiB."""
LONGEST = 10**9 * NANOSECONDS

REQUIRED = "This field is required."
NULL = "This field may not be null."
BLANK = "This field may not be blank."
NOT_AN_ID = "Incorrect type. Expected pk value, received {}."
NOT_A_NUMBER = "A valid number is required."
NOT_A_FLAG = "Must be a valid boolean."
NOT_A_TEXT = "Not a valid string."
NOT_A_MOMENT = (
    "Datetime has wrong format. Use one of these formats instead: "
    "YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z]."
)
_FLAGS = {
    "true": True,
    "1": True,
    "on": True,
    "yes": True,
    "false": False,
    "0": False,
    "off": False,
    "no": False,
}


async def read_posted(services: Services, request: web.Request) -> Posted:
    """The fields that a request posts. Raises `Invalid`, `TooLarge`, or aiohttp's 415."""
    with services.bodies.hold() as hold:
        body = await read_body(request, hold, limit=min(MAX_BODY, services.settings.max_body))
    return Posted(read_fields(request, body))


class Posted:
    """Posted fields. A reader gives a value, or notes what is wrong and gives None; `check` raises all of it."""

    def __init__(self, fields: Mapping[str, object]) -> None:
        self._fields = fields
        self._faults: dict[str, list[str]] = {}

    def check(self) -> None:
        """Raise `Rejected` when a field was wrong."""
        if self._faults:
            raise Rejected(self._faults)

    def fault(self, field: str, message: str) -> None:
        """Note what is wrong with a field."""
        self._faults.setdefault(field, []).append(message)

    def raw(self, field: str) -> object:
        """A field as it came; None when it was left out, null or blank."""
        value = self._fields.get(field)
        return None if isinstance(value, str) and not value.strip() else value

    def id(self, field: str) -> str | None:
        """An id: a text or an integer."""
        value = self.raw(field)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | str):
            self.fault(field, NOT_AN_ID.format(type(value).__name__))
            return None
        try:
            return check_name(str(value).strip(), field)
        except Invalid as error:
            self.fault(field, error.message)
            return None

    def text(self, field: str, longest: int) -> str | None:
        """A text of at most so many characters; a number counts as its digits."""
        value = self.raw(field)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            self.fault(field, NOT_A_TEXT)
            return None
        text = value if isinstance(value, str) else str(value)
        if len(text) > longest:
            self.fault(field, f"Ensure this field has no more than {longest} characters.")
            return None
        return text

    def flag(self, field: str) -> bool | None:
        """Yes or no."""
        value = self.raw(field)
        if value is None or isinstance(value, bool):
            return value
        found = _FLAGS.get(str(value).strip().lower())
        if found is None:
            self.fault(field, NOT_A_FLAG)
        return found

    def moment(self, field: str) -> int | None:
        """A date with a time, in microseconds UTC."""
        value = self.raw(field)
        if value is None:
            return None
        moment = read_moment(value) if isinstance(value, str) else None
        if moment is None:
            self.fault(field, NOT_A_MOMENT)
        return moment

    def number(self, field: str, low: int, high: int) -> Decimal | None:
        """A number between two others, both included."""
        value = self.raw(field)
        if value is None:
            return None
        number = read_number(value)
        if number is None:
            self.fault(field, NOT_A_NUMBER)
        elif number < low:
            self.fault(field, f"Ensure this value is greater than or equal to {low}.")
        elif number > high:
            self.fault(field, f"Ensure this value is less than or equal to {high}.")
        else:
            return number
        return None

    def duration(self) -> int | None:
        """`duration` (nanoseconds) or else `duration_in_seconds`, in nanoseconds, rounded half to even."""
        exact = self.number("duration", 0, LONGEST)
        seconds = self.number("duration_in_seconds", 0, LONGEST // NANOSECONDS)
        if exact is None and seconds is not None:
            exact = seconds.scaleb(9)
        return None if exact is None else int(exact.to_integral_value(ROUND_HALF_EVEN))

    def needed_id(self, field: str) -> str:
        """An id that must be there; empty where it is not, until `check` says so."""
        self._need(field)
        return self.id(field) or ""

    def needed_moment(self, field: str) -> int:
        """A moment that must be there; 0 where it is not, until `check` says so."""
        self._need(field)
        return self.moment(field) or 0

    def _need(self, field: str) -> None:
        if field not in self._fields:
            self.fault(field, REQUIRED)
        elif self.raw(field) is None:
            self.fault(field, NULL if self._fields[field] is None else BLANK)

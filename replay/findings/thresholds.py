"""The thresholds: what a finding must exceed. One struct, with the defaults of the glossary.

Rule 1: a threshold is a field of `Thresholds`; its unit, bounds, default and meaning stand there and nowhere
        else. A query parameter and a key of the setting `thresholds` have its name.
Rule 2: what is compared is exact: nanoseconds, and ratios of the decimal digits that a percentage is written
        with.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Annotated, get_type_hints

import msgspec
from msgspec import Meta, Struct

from replay.clock import to_nanoseconds
from replay.errors import Invalid
from replay.numbers import read_number
from replay.timeline.ratio import ratio

DAY = 86_400.0
SECONDS = {"unit": "seconds"}
PERCENT = {"unit": "percent"}
PPM = {"unit": "ppm"}
SYMBOLS = {"seconds": "s", "percent": "%", "ppm": "ppm"}


class Thresholds(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a finding must exceed: seconds, but for what is named as a percentage or as parts in a million."""

    gap: Annotated[
        float, Meta(ge=0, le=DAY, extra=SECONDS, description="Silence between two listens of a lane.")
    ] = 0.05
    overlap: Annotated[
        float, Meta(ge=0, le=DAY, extra=SECONDS, description="Two listens of a lane sounding at once.")
    ] = 0.05
    truncated: Annotated[
        float, Meta(ge=0, le=DAY, extra=SECONDS, description="What is left of the recording.")
    ] = 1.0
    skipped: Annotated[
        float,
        Meta(ge=0, le=DAY, extra=SECONDS, description="How far before the expected end the next one starts."),
    ] = 30.0
    overrun: Annotated[
        float, Meta(ge=0, le=DAY, extra=SECONDS, description="How long a listen outlasts its recording.")
    ] = 2.0
    overrun_percent: Annotated[
        float, Meta(ge=0, le=1000, extra=PERCENT, description="The same, of what it should have lasted.")
    ] = 2.0
    never_ended: Annotated[
        float,
        Meta(
            ge=0, le=DAY, extra=SECONDS, description="How long its session goes on after a listen left open."
        ),
    ] = 300.0
    impossible_time: Annotated[
        float, Meta(ge=0, le=DAY, extra=SECONDS, description="Listening beyond what the wall clock allows.")
    ] = 10.0
    impossible_time_percent: Annotated[
        float, Meta(ge=0, le=1000, extra=PERCENT, description="The same, of the wall clock.")
    ] = 1.0
    wrong_recording: Annotated[
        float,
        Meta(ge=0, le=DAY, extra=SECONDS, description="How near its time an unnamed schedule finds a start."),
    ] = 2.0
    missing_audio: Annotated[
        float, Meta(ge=0, le=DAY, extra=SECONDS, description="How far a clip runs beyond its recording.")
    ] = 0.5
    late_arrival: Annotated[
        float, Meta(ge=0, le=DAY, extra=SECONDS, description="From when it happened to when it was recorded.")
    ] = 60.0
    clock_offset: Annotated[
        float, Meta(ge=0, le=DAY, extra=SECONDS, description="A device's clock minus the server's.")
    ] = 2.0
    rate_error: Annotated[
        float, Meta(ge=0, le=1e6, extra=PPM, description="How fast or slow a device's clock goes.")
    ] = 200.0
    rate_error_over: Annotated[
        float, Meta(ge=1, le=DAY, extra=SECONDS, description="The least time that a rate is judged over.")
    ] = 3600.0
    clock_step: Annotated[
        float, Meta(ge=1, le=DAY, extra=SECONDS, description="Wall and monotonic clock disagreeing.")
    ] = 1.0
    suspected_duplicate: Annotated[
        float, Meta(ge=0, le=DAY, extra=SECONDS, description="Between two starts of the same recording.")
    ] = 2.0
    duration_disagrees: Annotated[
        float, Meta(ge=0, le=DAY, extra=SECONDS, description="Between an end's duration and its time.")
    ] = 0.5

    def ns(self, name: str) -> int:
        """A threshold in seconds, as nanoseconds."""
        return to_nanoseconds(getattr(self, name))

    def exceeds_percent(self, name: str, excess: int, whole: int) -> bool:
        """Whether an excess is more than a threshold in percent of a whole, exactly."""
        return excess * 100 > whole * ratio(getattr(self, name))

    @property
    def tag(self) -> str:
        """Short text that stands for these thresholds and no others; empty for the defaults."""
        return "" if self == DEFAULTS else hashlib.sha256(msgspec.json.encode(self)).hexdigest()[:12]

    def shown(self, names: tuple[str, ...]) -> dict[str, float] | None:
        """Some of them as an answer names them, by unit: `{"seconds": 2.0, "percent": 2.0}`; None for none."""
        return {LIMITS[name].unit: getattr(self, name) for name in names} or None


class Limit(Struct, frozen=True):
    """One threshold: its name, its unit, the least and the most it may be, its default, what it is."""

    name: str
    unit: str
    low: float
    high: float
    default: float
    meaning: str

    @property
    def shown(self) -> str:
        """Its default as a person writes it: `0.05 s`, `2 %`, `200 ppm`."""
        return f"{self.default:g} {SYMBOLS[self.unit]}"

    @property
    def refusal(self) -> str:
        """What is said to a value that it may not have."""
        return f"{self.name} must be a number of {self.unit} from {self.low:.10g} to {self.high:.10g}"

    def read(self, text: str) -> float:
        """Its value of a text. Raises `Invalid`."""
        value = read_number(text)
        if value is None or not self.low <= value <= self.high:
            raise Invalid(self.name, self.refusal)
        return value


def _limits() -> dict[str, Limit]:
    hints = get_type_hints(Thresholds, include_extras=True)
    found = {}
    for field in msgspec.structs.fields(Thresholds):
        meta: Meta = hints[field.name].__metadata__[0]
        unit = (meta.extra or {})["unit"]
        low, high = float(meta.ge or 0), float(meta.le or 0)
        found[field.name] = Limit(field.name, unit, low, high, field.default, meta.description or "")
    return found


LIMITS = _limits()
"""Every threshold by its name."""


def changed(thresholds: Thresholds, values: Mapping[str, float]) -> Thresholds:
    """Thresholds with some of them changed. Raises `Invalid` for one unknown or out of bounds."""
    for name, value in values.items():
        limit = LIMITS.get(name)
        if limit is None:
            raise Invalid(name, f"{name[:64]!r} is no threshold; known are {', '.join(LIMITS)}")
        if not limit.low <= value <= limit.high:
            raise Invalid(name, limit.refusal)
    return msgspec.structs.replace(thresholds, **values)


def read_thresholds(text: str) -> Thresholds:
    """Thresholds of a text such as `gap=0.1, overrun=5`; the others have their defaults. Raises `Invalid`."""
    values = {}
    for part in filter(None, map(str.strip, text.split(","))):
        name, _, number = map(str.strip, part.partition("="))
        values[name] = LIMITS[name].read(number) if name in LIMITS else 0.0
    return changed(DEFAULTS, values)


def limits_table() -> str:
    """The table of thresholds of `docs/findings.md`, in Markdown."""
    lines = ["| threshold | is | unit | default | from | to |", "|---|---|---|---|---|---|"]
    for limit in LIMITS.values():
        numbers = tuple(f"{number:.10g}" for number in (limit.default, limit.low, limit.high))
        lines.append(f"| {' | '.join((f'`{limit.name}`', limit.meaning, limit.unit, *numbers))} |")
    return "\n".join(lines)


DEFAULTS = Thresholds()
"""The thresholds that hold where none are set."""

"""What can be asked of a session's sound. `start` and `end` are seconds from the session's zero, as offsets are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from urllib.parse import unquote_to_bytes

from replay.errors import Invalid
from replay.numbers import read_number
from server.questions.parameters import Parameters, Reader, flag, one_of
from server.questions.sessions import REPLAY, ReplayQuestion

RATES = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 88200, 96000)
MP3_RATES = (32000, 44100, 48000)
OPUS_RATES = (8000, 12000, 16000, 24000, 48000)
MOST_LANES = 256
MOST_SECONDS = 1e12


class SoundQuestion(ReplayQuestion, frozen=True, kw_only=True):
    """A session's sound: a part of it, some of its lanes. `rate` is in frames a second.

    `lanes` are the only ones that are heard (None: all), `muted` those of them that are not.
    """

    start: float | None = None
    end: float | None = None
    rate: int = 44100
    channels: int = 2
    lanes: tuple[str, ...] | None = None
    muted: tuple[str, ...] | None = None


class OpusQuestion(SoundQuestion, frozen=True, kw_only=True):
    """The same in Opus, which has rates of its own."""

    rate: int = 48000


class DigestQuestion(ReplayQuestion, frozen=True, kw_only=True):
    """A replay, with the digest of its sound or without."""

    digest: bool = False


class AnyQuestion(SoundQuestion, frozen=True, kw_only=True):
    """Whatever any format of a replay takes; each then takes its own alone."""

    digest: bool = False


def asked_sound(question: ReplayQuestion) -> SoundQuestion:
    """All of the sound of what is asked for."""
    return SoundQuestion(**question.shared())


def offset(value: str, field: str) -> float:
    """Seconds from the session's zero; what began before it is negative."""
    found = read_number(value)
    if found is None or abs(found) > MOST_SECONDS:
        raise Invalid(field, f"{field} must be a number of seconds from the session's zero")
    return found


def lanes(value: str, field: str) -> tuple[str, ...]:
    """Names separated by commas; within a name a comma is `%2C`, and a percent sign `%25`."""
    names = tuple(_unescaped(name, field) for name in value.split(",") if name)
    if not 0 < len(names) <= MOST_LANES:
        raise Invalid(field, f"{field} must be 1 to {MOST_LANES} names of lanes, separated by commas")
    return names


def written_lanes(names: Iterable[str]) -> str | None:
    """Names of lanes as `lanes` reads them; None where there are none."""
    return ",".join(name.replace("%", "%25").replace(",", "%2C") for name in names) or None


def _unescaped(name: str, field: str) -> str:
    try:
        return unquote_to_bytes(name).decode()
    except UnicodeDecodeError:
        raise Invalid(field, f"{field} holds an escape that is not UTF-8") from None


def _number_of(choices: Sequence[int]) -> Reader:
    read = one_of(*map(str, choices))
    return lambda value, field: int(read(value, field))


def _sound(question: type[SoundQuestion], rates: Sequence[int]) -> Parameters[SoundQuestion]:
    return Parameters(
        question,
        start=offset,
        end=offset,
        rate=_number_of(rates),
        channels=_number_of((1, 2)),
        lanes=lanes,
        muted=lanes,
        **REPLAY.readers,
    )


SOUND = _sound(SoundQuestion, RATES)
MP3 = _sound(SoundQuestion, MP3_RATES)
OPUS = _sound(OpusQuestion, OPUS_RATES)
DIGEST = Parameters(DigestQuestion, digest=flag, **REPLAY.readers)
ANY = Parameters(AnyQuestion, **{**SOUND.readers, **DIGEST.readers})

"""A session's sound: what is asked for, found out before any of it is made.

Rule 1: the sound is a function of the timeline, the recordings and what was asked, and so is its entity tag.
Rule 2: what cannot be made in parts, since an encoder carries something from one to the next, is kept once it was
        made to its end (`server.services.encodings`): from then on it is had in parts.
Rule 3: a score is kept with its session (`server.services.kept`), so that a player that jumps about does not have
        it written each time, and goes with it, so that nothing of it is left when something was erased.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncGenerator, Callable, Generator, Mapping
from contextlib import aclosing
from functools import partial
from typing import TypeVar

import msgspec

from replay.clock import to_nanoseconds, to_seconds
from replay.errors import Unprocessable
from replay.mixdown import MIX_VERSION, Score, Sound, SpooledTapes, write_score
from replay.mixdown.encoding import FLAC, MP3, OPUS, Codec, encode
from replay.recordings import Known
from replay.recordings.libraries import LIBRARIES
from replay.timeline import Timeline
from server.access import Identity
from server.reads import replays
from server.reads.made import Made
from server.services import Services
from server.services.encoding import Making
from server.services.encodings import Name
from server.services.kept import Kept
from server.sound.questions import SoundQuestion

CODECS: dict[str, Codec] = {"flac": FLAC, "mp3": MP3, "opus": OPUS}
OFFSET = "Playhead-Offset"
"""The header that tells where a sound begins, in seconds from the session's zero."""
LONGEST = 24 * 3600
"""Seconds of the longest sound that is made in one go."""

T = TypeVar("T")


class Prepared(msgspec.Struct, frozen=True):
    """A sound that can be made. `offset` is where it begins, in seconds from the session's zero."""

    sound: Sound
    recordings: Mapping[str, Known]
    etag: str
    position: int
    offset: float

    def run(
        self, services: Services, work: Callable[[SpooledTapes], Generator[T, None, None]]
    ) -> AsyncGenerator[T, None]:
        """What some work on the sound gives, as it is asked for."""
        return services.renders.make(self.recordings, self.sound.score.rate, work)


async def prepare(
    services: Services, identity: Identity, id: str, question: SoundQuestion, extension: str
) -> Prepared:
    """What is asked for. Raises what `replays.held` does, and `Unprocessable` for no sound, or more than a day."""
    held = await replays.held(services, identity, id, question)
    timeline = held.value.session.timeline
    score = await _score(held.value, question.rate)
    sound = _cut(score, timeline.zero, question)
    sound = msgspec.structs.replace(sound, score=_chosen(score, question))
    recordings = await _recordings(services, timeline, sound)
    form = f"{extension}-{_digest(sound, question, recordings)}"
    offset = to_seconds(score.origin - timeline.zero) + sound.first / score.rate
    return Prepared(sound, recordings, held.tag(form), held.position, offset)


async def make(
    services: Services, identity: Identity, id: str, question: SoundQuestion, extension: str
) -> Made:
    """A form of the sound, to be made as it is read. Raises what `prepare` does."""
    log = identity.one_log(question.log)
    edition = services.encodings.edition(log)
    prepared = await prepare(services, identity, id, question, extension)
    sound = prepared.sound
    headers = {OFFSET: repr(prepared.offset)}
    if extension == "wav":

        def part(start: int, stop: int) -> AsyncGenerator[bytes, None]:
            return prepared.run(services, partial(sound.wav, start=start, stop=stop))

        size = sound.wav_size
        return Made(part(0, size), prepared.etag, prepared.position, size, part, headers)
    make = partial(_encoded, services, prepared, CODECS[extension])
    name = Name(log, (id, prepared.etag), edition)
    kept = await services.encodings.find(name)
    if kept is None:
        pieces = services.encodings.make(name, make)
        waits = partial(services.encodings.under_way, name)
        return Made(pieces, prepared.etag, prepared.position, headers=headers, waits=waits)
    read = partial(services.encodings.read, name, make)
    return Made(read(0, kept), prepared.etag, prepared.position, kept, read, headers)


def _encoded(
    services: Services, prepared: Prepared, codec: Codec, making: Making | None
) -> AsyncGenerator[bytes, None]:
    """All of an encoded form, also written where it is to be kept: once all was heard as it was found to be."""
    sound = prepared.sound

    def work(tapes: SpooledTapes) -> Generator[bytes, None, None]:
        for piece in encode(sound.blocks(tapes), codec, sound.shape):
            if making is not None:
                making.write(piece)
            yield piece
        if making is not None and not tapes.surprised:
            making.finish()

    return prepared.run(services, work)


async def digest(services: Services, prepared: Prepared) -> dict[str, object]:
    """What the sound is, and the SHA-256 of its samples: 16 bits, little-endian, channels in turn."""
    sound = prepared.sound
    async with aclosing(prepared.run(services, sound.digest)) as progress:
        found = [step async for step in progress][-1]
    return {
        "rate": sound.score.rate,
        "channels": sound.channels,
        "offset": prepared.offset,
        "frames": sound.last - sound.first,
        "gain": sound.score.gain,
        "sha256": found,
    }


async def _score(kept: Kept, rate: int) -> Score:
    """The session's score at a rate."""
    score = kept.score
    if score is None or score.rate != rate:
        score = kept.score = await asyncio.to_thread(write_score, kept.session.timeline, rate)
    return score


def _chosen(score: Score, question: SoundQuestion) -> Score:
    """The score with the lanes that are to be heard."""
    if question.lanes is None and question.muted is None:
        return score
    there = {part.lane for part in score.parts} if question.lanes is None else set(question.lanes)
    return score.only(there.difference(question.muted or ()))


def _cut(score: Score, zero: int, question: SoundQuestion) -> Sound:
    """The part that is asked for. Raises `Unprocessable`."""
    first = 0 if question.start is None else score.frame_at(zero + to_nanoseconds(question.start))
    last = score.frames if question.end is None else score.frame_at(zero + to_nanoseconds(question.end))
    if first >= last:
        begin = to_seconds(score.origin - zero)
        lasts = f"the session's sound lasts from {begin:g} to {begin + score.frames / score.rate:g} s"
        raise Unprocessable(f"there is no sound in what is asked for: {lasts}")
    if last - first > LONGEST * score.rate:
        hours = (last - first) / score.rate / 3600
        raise Unprocessable(f"that is {hours:.1f} hours of sound: ask for 24 at most, with `start` and `end`")
    return Sound(score, first, last, question.channels)


async def _recordings(services: Services, timeline: Timeline, sound: Sound) -> dict[str, Known]:
    """What is there of the recordings that the sound is made of, by asset."""
    parts = (part for part in sound.score.parts if part.first < sound.last and part.last > sound.first)
    assets = sorted({part.asset for part in parts} & timeline.descriptions.keys())
    descriptions = [timeline.descriptions[asset].data for asset in assets]
    found = await asyncio.gather(*(services.media.find(timeline.log, each) for each in descriptions))
    return dict(zip(assets, found, strict=True))


def _digest(sound: Sound, question: SoundQuestion, recordings: Mapping[str, Known]) -> str:
    """What, beside the session, decides which bytes these are."""
    lanes = [names and sorted(set(names)) for names in (question.lanes, question.muted)]
    asked = (MIX_VERSION, LIBRARIES, sound.first, sound.last, sound.score.rate, sound.channels, lanes)
    keys = [(asset, known.key, known.fault is None) for asset, known in sorted(recordings.items())]
    return hashlib.sha256(msgspec.json.encode((asked, keys))).hexdigest()[:24]

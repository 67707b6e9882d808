"""The formats that a replay can be had in: one table, for HTTP, for the command line and for the documents.

Rule 1: a format is one row. From it come the route `replay.<extension>`, what `Accept` may choose at `replay`, the
        `Link` of every replay, what `-o` writes, and a line of `docs/formats.md` that a test asks for.
Rule 2: what is large is made in pieces as it is asked for, which may be never: its tag is known before.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from typing import Any, NamedTuple

import msgspec

from replay.formats import FORMATS, Format
from replay.session import Session
from replay.timeline.resting import contributing
from server.access import Identity
from server.exports.bundles import bundle
from server.http.cloudevents import CLOUDEVENTS, cloudevent
from server.questions.parameters import Parameters
from server.questions.sessions import BUNDLE, REPLAY, BundleQuestion, ReplayQuestion
from server.reads import replays
from server.reads.made import Made
from server.services import Services
from server.sound.questions import DIGEST, MP3, OPUS, SOUND, DigestQuestion, SoundQuestion, asked_sound

PAGE = 500
"""Records that are read at once."""


Make = Callable[[Services, Identity, str, Any], Awaitable[Made]]
"""(services, who asks, the session, the question) -> the replay. Raises what `replays.replay` does."""


class Export(NamedTuple):
    """One row. `meaning` says in a few words what it is for. `headers` go with every answer in this format.

    `sound`: it is made of the recordings, which takes a while.
    """

    extension: str
    media_type: str
    meaning: str
    make: Make
    text: bool = True
    parameters: Parameters[Any] = REPLAY
    sound: bool = False
    headers: Mapping[str, str] = {}


async def _json(services: Services, identity: Identity, id: str, question: DigestQuestion) -> Made:
    found = await replays.replay(services, identity, id, question, sound=question.digest)
    if not question.digest:
        return Made(found.body, found.etag, found.position)
    from server.sound import making

    sound = await making.prepare(services, identity, id, asked_sound(question), "digest")
    digest = msgspec.json.encode(await making.digest(services, sound))
    return Made(b'%s,"sound":%s}' % (found.body[:-1], digest), sound.etag, found.position)


def _of_session(row: Format) -> Export:
    """The row of a format that needs nothing but the session."""

    async def make(services: Services, identity: Identity, id: str, question: ReplayQuestion) -> Made:
        told = await replays.told(services, identity, id, question, row.write)
        return Made(told.value, told.tag(row.extension), told.position)

    policy = {} if row.policy is None else {"Content-Security-Policy": f"{row.policy}; sandbox allow-scripts"}
    return Export(row.extension, row.media_type, row.meaning, make, text=row.text, headers=policy)


async def _events(services: Services, identity: Identity, id: str, question: ReplayQuestion) -> Made:
    def tell(session: Session) -> list[int]:
        return contributing(session.evidence, session.timeline)

    told = await replays.told(services, identity, id, question, tell)
    return Made(_batch(services, told.value), told.tag("cloudevents"), told.position)


async def _batch(services: Services, positions: list[int]) -> AsyncGenerator[bytes, None]:
    """The records at these positions as a batch of CloudEvents that any server takes."""
    before = b"["
    for at in range(0, len(positions), PAGE):
        records = await services.log.get(positions[at : at + PAGE])
        events = [cloudevent(record, placed=False) for record in records if not record.erased]
        if events:
            yield before + b",".join(events)
            before = b","
    yield b"]" if before == b"," else b"[]"


async def _zip(services: Services, identity: Identity, id: str, question: BundleQuestion) -> Made:
    return Made(*await bundle(services, identity, id, question))


def _sound(extension: str, media_type: str, meaning: str, parameters: Parameters[Any]) -> Export:
    """The row of a form of the sound."""

    async def make(services: Services, identity: Identity, id: str, question: SoundQuestion) -> Made:
        from server.sound import making

        return await making.make(services, identity, id, question, extension)

    return Export(extension, media_type, meaning, make, text=False, parameters=parameters, sound=True)


EXPORTS: tuple[Export, ...] = (
    Export("json", "application/json", "the replay, field by field", _json, parameters=DIGEST),
    _sound("wav", "audio/wav", "the sound, to seek in at once", SOUND),
    _sound("flac", "audio/flac", "the sound, smaller and without loss", SOUND),
    _sound("mp3", "audio/mpeg", "the sound, for every player", MP3),
    _sound("opus", "audio/ogg", "the sound, smallest", OPUS),
    *map(_of_session, FORMATS),
    Export("cloudevents.json", CLOUDEVENTS, "its records, for another server to take", _events),
    Export(
        "zip", "application/zip", "a bundle: all of it, to take along", _zip, text=False, parameters=BUNDLE
    ),
)


def export_of(name: str) -> Export | None:
    """The format that a file's name ends with, the longest that fits; None for one that is none of ours."""
    fitting = [row for row in EXPORTS if name.lower().endswith(f".{row.extension}")]
    return max(fitting, key=lambda row: len(row.extension), default=None)

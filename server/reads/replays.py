"""One session, sequenced and told: bytes that are a function of a log prefix and the erasures known.

Rule: an entity tag stands for one answer: for the evidence it was made of, the code, and all that was asked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Generic, TypeVar

import msgspec

from replay.document import sequence, timeline_document
from replay.findings import Thresholds
from replay.session import FOLD_VERSION, Session, examine
from server.access import Identity
from server.questions.sessions import ReplayQuestion
from server.reads.answers import Body
from server.reads.hearing import look_for_recordings
from server.reads.standing import Prefix, find_prefix
from server.services import Services
from server.services.kept import Kept, Key

T = TypeVar("T")

_encode = msgspec.json.Encoder().encode


class Replay(msgspec.Struct, frozen=True):
    """A replay's bytes, the entity tag that stands for them, and where the views stood."""

    body: bytes
    etag: str
    position: int

    def encode(self) -> bytes:
        """The document as JSON."""
        return self.body


class Told(msgspec.Struct, Generic[T], frozen=True):
    """What was made of one session, the entity tag of its evidence, and where the views stood.

    `newest` is the position of the last record that contributed.
    """

    value: T
    evidence_tag: str
    position: int
    newest: int

    def tag(self, form: str = "") -> str:
        """The entity tag of the value in some form: other forms of one session are other entities."""
        return f'"{self.evidence_tag}-{form}"' if form else f'"{self.evidence_tag}"'


async def timeline(services: Services, identity: Identity, id: str, question: ReplayQuestion) -> Body:
    """One session's timeline, in absolute times. Raises `NotFound`, `Erased`, `Invalid`."""
    prefix = await find_prefix(services, identity.one_log(question.log), id, question)
    _, body = await services.warm.told(
        _key(prefix, question),
        prefix.position,
        "timeline",
        lambda session: _encode(timeline_document(session)),
    )
    return Body(body, prefix.position)


async def replay(
    services: Services, identity: Identity, id: str, question: ReplayQuestion, *, sound: bool = False
) -> Replay:
    """One session, sequenced: bytes that are a function of a log prefix and the erasures known.

    `sound`: its sound is asked for as well. Raises `NotFound`, `Erased`, `Invalid`.
    """
    prefix, kept = await _warm(services, identity, id, question)
    heard = await look_for_recordings(services, kept.session, sound=sound)
    name = f"replay-{heard.tag}"
    body = await services.warm.told_of(kept, name, lambda session: _encode(sequence(heard.of(session))))
    return Replay(body, f'"{_tag(services, kept, heard.tag)}"', prefix.position)


async def told(
    services: Services,
    identity: Identity,
    id: str,
    question: ReplayQuestion,
    tell: Callable[[Session], T],
    thresholds: Thresholds | None = None,
) -> Told[T]:
    """What is told of one session: a function of a log prefix, its recordings, the clock and the erasures known.

    Its findings exceed `thresholds`, by default those that are set. Raises `NotFound`, `Erased`, `Invalid`,
    `TooLarge`.
    """
    prefix, kept = await _warm(services, identity, id, question)
    heard = await look_for_recordings(services, kept.session)
    asked_for = None if thresholds == kept.session.thresholds else thresholds

    def tell_all(session: Session) -> tuple[T, str]:
        if asked_for is None:
            return tell(heard.of(session)), heard.tag
        examined = examine(session, asked_for, heard.recordings)
        return tell(examined), _digest((asked_for, examined.findings))

    value, tag = await kept.tell(tell_all)
    last = kept.session.timeline.position
    return Told(value, _tag(services, kept, tag), prefix.position, last)


async def held(services: Services, identity: Identity, id: str, question: ReplayQuestion) -> Told[Kept]:
    """One session as it is kept warm, for who makes more of it than an answer. Raises what `told` does."""
    prefix, kept = await _warm(services, identity, id, question)
    heard = await look_for_recordings(services, kept.session)
    tag = _tag(services, kept, heard.tag)
    return Told(kept, tag, prefix.position, kept.session.timeline.position)


async def known(services: Services, identity: Identity, id: str, question: ReplayQuestion) -> Told[Kept]:
    """One session as it is kept warm, for what its recordings do not change. Raises what `told` does."""
    prefix, kept = await _warm(services, identity, id, question)
    tag = _tag(services, kept, "")
    return Told(kept, tag, prefix.position, kept.session.timeline.position)


async def _warm(
    services: Services, identity: Identity, id: str, question: ReplayQuestion
) -> tuple[Prefix, Kept]:
    prefix = await find_prefix(services, identity.one_log(question.log), id, question)
    return prefix, await services.warm.session(_key(prefix, question), prefix.position)


def _key(prefix: Prefix, question: ReplayQuestion) -> Key:
    return Key(prefix.log, prefix.session, prefix.as_of, question.clock)


def _tag(services: Services, kept: Kept, more: str) -> str:
    """What an entity tag says of a session: the evidence, the code, and what is not as by default."""
    session = kept.session
    parts = [services.log.epoch, session.timeline.position, kept.erasures, FOLD_VERSION]
    if session.clock != "device":
        parts.append(session.clock)
    if session.thresholds.tag:
        parts.append(session.thresholds.tag)
    return "-".join(map(str, [*parts, more] if more else parts))


def _digest(value: object) -> str:
    return hashlib.sha256(_encode(value)).hexdigest()[:12]

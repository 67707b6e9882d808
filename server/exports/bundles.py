"""A session as a bundle: what `replay.zip` and `-o walk.zip` give. Its form is in `replay.bundle`.

Rule 1: the records that the session rests on are read page by page, compressed beside the event loop, and sent as
        they come; a recording never is in memory. What is told of the session is made before the first byte.
Rule 2: the entity tag is of the evidence and of what is there of the recordings.
Rule 3: recordings come along only when they are asked for; what is known of them always does.
"""

from __future__ import annotations

import asyncio
import hashlib
from bisect import bisect_left, bisect_right
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from replay.bundle import RECORDINGS, RECORDS, REPLAY, BundleWriter, Manifest, Recording
from replay.bundle.manifest import FOLDER, FORMAT, VERSION, to_line
from replay.clock import to_seconds
from replay.document import sequence
from replay.errors import Unavailable
from replay.formats import labels, page, reaper
from replay.log.chain import Sealed
from replay.recordings.kinds import kind_of
from replay.recordings.looks import digest
from replay.session import FOLD_VERSION, Session
from replay.timeline.evidence import Description
from replay.timeline.resting import looked_at
from server.access import Identity
from server.questions.read import asked
from server.questions.sessions import BundleQuestion
from server.reads import replays
from server.services import Services
from server.tasks import to_its_end

PAGE = 500
PLACED = ("log", "as_of", "recordings")
"""Parameters of a bundle that are none of the replay's, or are said otherwise."""
CHANGED = "the log does not have what the read models say"
PIECE = 1024 * 1024
README = b"""A listening session, taken along from Playhead.

session.html    look at it, in any browser, offline
session.rpp     hear it in REAPER; the recordings lie in recordings/ when they came along
labels.txt      labels for Audacity
replay.json     the session, field by field; findings.json: what is wrong with it
records.ndjson  the records that it rests on, each with its seal
recordings.json what is known of the recordings; peaks/: their waveforms, where there were any
manifest.json   what is in here, with SHA-256

`playhead import FILE --data FOLDER` takes it in again.
"""

_encode = msgspec.json.Encoder().encode


class Bundled(msgspec.Struct, frozen=True):
    """What a bundle is made of, beside its records: whole entries, and files to copy."""

    positions: list[int]
    entries: dict[str, bytes]
    files: dict[str, Path]
    manifest: dict[str, Any]


class Found(msgspec.Struct, frozen=True):
    """One asset's recording: what is told of it, and the files to copy by their entries."""

    recording: Recording
    files: dict[str, Path]


async def bundle(
    services: Services, identity: Identity, id: str, question: BundleQuestion
) -> tuple[AsyncGenerator[bytes, None], str, int]:
    """The pieces of a bundle, its entity tag, and where the views stood. Raises what `replays.replay` does."""
    told = await replays.told(services, identity, id, question, lambda session: session)
    session = told.value
    found = await _recordings(services, session, with_files=question.recordings == "yes")
    positions = await _positions(services, session)
    made = await asyncio.to_thread(_made, session, found, positions, question, services.log.epoch)
    state = hashlib.sha256(_encode([each.recording for each in found])).hexdigest()[:16]
    return _pieces(services, made), told.tag(f"zip-{state}"), told.position


async def _positions(services: Services, session: Session) -> list[int]:
    """Where the records are that the session rests on, those included that tell of its erasures."""
    evidence = session.evidence
    positions = looked_at(evidence)
    if evidence.erased:
        erasures = await services.projections.timelines.erasures(evidence.log, evidence.session)
        for record in await services.log.get(erasures):
            if any(_any_within(evidence.erased, *each) for each in record.event().data["positions"]):
                positions.append(record.position)
    return sorted(positions)


def _any_within(positions: Sequence[int], first: int, last: int) -> bool:
    """Whether any of some positions, which are in order, lies in a range."""
    return bisect_left(positions, first) < bisect_right(positions, last)


async def _recordings(services: Services, session: Session, *, with_files: bool) -> list[Found]:
    described = sorted(session.timeline.descriptions.items())
    log = session.timeline.log
    return [await _found(services, log, *each, with_files=with_files) for each in described]


async def _found(
    services: Services, log: str, asset: str, description: Description, *, with_files: bool
) -> Found:
    known = await services.media.look(log, description.data)
    there = known.path is not None and known.fault is None
    sha256 = description.data.sha256 if there else None
    if there and sha256 is None and known.path is not None:
        async with services.media.looking:
            sha256 = await to_its_end(partial(digest, known.path))
    files: dict[str, Path] = {}
    name = None
    if there and with_files and known.path is not None:
        name = f"{FOLDER}{sha256}.{kind_of(known.probe).ending}"
        files[name] = known.path
    peaks = await asyncio.to_thread(services.media.drawing.kept, known)
    files |= {f"peaks/{sha256}-{path.name.rpartition('-')[2]}": path for path in peaks if there}
    recording = Recording(
        asset=asset,
        description=description.data,
        position=description.position,
        fault=known.fault,
        sha256=sha256,
        container=known.probe.container if known.probe else None,
        duration=None if known.duration is None else to_seconds(known.duration),
        file=name,
        peaks=[each for each in files if each != name],
    )
    return Found(recording, files)


def _made(
    session: Session, found: list[Found], positions: list[int], question: BundleQuestion, epoch: str
) -> Bundled:
    """Everything that is told of a session, as entries."""
    told = sequence(session)
    media = {each.recording.asset: each.recording.file for each in found if each.recording.file is not None}
    entries = {
        "README.txt": README,
        REPLAY: _encode(told),
        "findings.json": _encode({"findings": told["findings"]}),
        RECORDINGS: _encode({"recordings": [each.recording for each in found]}),
        "labels.txt": labels.write(session),
        "session.rpp": reaper.write(session, media),
        "session.html": page.write(session),
    }
    files = {name: path for each in found for name, path in each.files.items()}
    manifest = {
        "format": FORMAT,
        "version": VERSION,
        "session": session.timeline.session,
        "log": session.timeline.log,
        "query": _query(session, positions, question),
        "fold": FOLD_VERSION,
        "epoch": epoch,
    }
    return Bundled(positions, entries, files, manifest)


def _query(session: Session, positions: list[int], question: BundleQuestion) -> dict[str, str]:
    """What to ask of the adopted records for the same replay.

    A position only where it is needed: when a record was erased after all else that is asked for.
    """
    query = {name: value for name, value in asked(question).items() if name not in PLACED}
    last = looked_at(session.evidence)[-1]
    if question.as_of is not None and positions[-1] > last:
        query["as_of"] = str(last)
    return query


async def _pieces(services: Services, made: Bundled) -> AsyncGenerator[bytes, None]:
    with BundleWriter() as writer:
        async with aclosing(_written(services, made, writer)) as steps:
            async for _ in steps:
                if piece := writer.take():
                    yield piece
    yield writer.take()


async def _written(services: Services, made: Bundled, writer: BundleWriter) -> AsyncGenerator[None, None]:
    """Write a bundle, and pause after every piece."""
    for name, content in made.entries.items():
        await asyncio.to_thread(writer.add, name, content)
        yield
    last: Sealed | None = None
    with writer.entry(RECORDS) as write:
        async for records in _records(services, made.positions):
            last = records[-1]
            await asyncio.to_thread(write, b"".join(map(to_line, records)))
            yield
    for name, path in made.files.items():
        file = await asyncio.to_thread(path.open, "rb")
        with file, writer.entry(name, path.stat().st_size, compress=False) as write:
            while piece := await asyncio.to_thread(file.read, PIECE):
                await asyncio.to_thread(write, piece)
                yield
    if last is None:
        raise Unavailable(CHANGED)
    place = {"position": last.position, "head": last.chain.hex(), "records": len(made.positions)}
    writer.finish(msgspec.convert({**made.manifest, **place, "files": writer.files}, Manifest))


async def _records(services: Services, positions: list[int]) -> AsyncIterator[list[Sealed]]:
    """The sealed records, some at a time; only what follows a gap keeps its anchor."""
    last: Sealed | None = None
    for at in range(0, len(positions), PAGE):
        records = await services.log.excerpt(positions[at : at + PAGE])
        if last is not None and records and records[0].anchor == last.chain:
            records[0] = msgspec.structs.replace(records[0], anchor=None)
        if len(records) != len(positions[at : at + PAGE]):
            raise Unavailable(CHANGED)
        last = records[-1]
        yield records

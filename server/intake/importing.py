"""Taking a bundle in: into an empty data folder, whole or not at all.

Rule 1: all of the bundle is checked before the folder is touched. Then it is put together in a hidden folder
        inside, and moved to its place as the last step, the log after everything else.
Rule 2: the replay of what was taken in must be the replay that came along, if the fold is the same: its findings
        alone may differ, where a recording did not come along.
Rule 3: recordings go where their descriptions say, which is below the folder's own media and nowhere else.
Rule 4: a bundle is a history of its own: its records keep their positions, times and hashes, and another log has
        other records there, also under another log key. So it has a folder of its own.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlencode

import msgspec

from projections import Projections
from replay.bundle import Bundle, Recording, open_bundle
from replay.errors import BadBundle, Conflict, Invalid
from replay.log import SqliteLog
from replay.log.chain import Sealed
from replay.recordings import Recordings
from replay.recordings.inside import Outside, relative_parts
from replay.recordings.prefixes import is_address
from replay.session import FOLD_VERSION
from server.access import FILE as TOKENS
from server.access import ROLES, Identity
from server.lock import HOLDER, LOCK, DataLock
from server.questions.sessions import REPLAY, ReplayQuestion
from server.reads import replays
from server.services import LOG, Services
from server.settings import Settings

STAGE = ".import-"
OURSELVES = Identity("import", "the import", frozenset(ROLES))


class Imported(msgspec.Struct, frozen=True, kw_only=True):
    """What was taken in. `query` holds the parameters of the replay that came along.

    `same` tells that the replay is the same, byte for byte. It may not be when the fold has changed since, or when
    recordings that it tells of did not come along.
    """

    session: str
    log: str
    records: int
    position: int
    recordings: int
    query: dict[str, str]
    same: bool


class Checked(msgspec.Struct, frozen=True):
    """What a bundle holds, checked."""

    records: list[Sealed]
    recordings: list[Recording]
    question: ReplayQuestion
    replay: bytes


async def take_in(path: Path, data: Path) -> Imported:
    """Take a bundle into a data folder, which is made if it is missing.

    Raises `BadBundle` for a file that is none, `Conflict` for a folder that is not empty, `DataLocked` for one that
    is in use, OSError.
    """
    with open_bundle(path) as bundle:
        checked = await asyncio.to_thread(_check, bundle)
        await asyncio.to_thread(data.mkdir, parents=True, exist_ok=True)
        with DataLock(data):
            _check_empty(data)
            stage = data / f"{STAGE}{secrets.token_hex(4)}"
            try:
                imported = await _fill(stage, bundle, checked)
                await asyncio.to_thread(_move, stage, data)
            finally:
                await asyncio.to_thread(shutil.rmtree, stage, ignore_errors=True)
    return imported


def _check(bundle: Bundle) -> Checked:
    query = bundle.manifest.query
    try:
        question = REPLAY.parse(urlencode(query))
    except Invalid as error:
        raise BadBundle(f"the manifest's query is wrong: {error.message}") from None
    recordings = bundle.recordings()
    for recording in recordings:
        told = f"recordings/{recording.sha256}."
        if recording.file is not None and not recording.file.startswith(told):
            raise BadBundle(f"{recording.file} is not what is said of the asset {recording.asset!r}")
    return Checked(bundle.records(), recordings, question, bundle.replay())


def _check_empty(data: Path) -> None:
    """Raise `Conflict` for a folder with anything in it but tokens and what an import that was killed has left."""
    for found in data.iterdir():
        if found.name.startswith(STAGE):
            shutil.rmtree(found, ignore_errors=True)
        elif found.name not in (LOCK, HOLDER) and not found.name.startswith(TOKENS):
            raise Conflict(
                f"a bundle keeps its positions and hashes, so it is taken into an empty folder, and {data} holds "
                f"{found.name}: name a new folder with --data, which commands read and `playhead serve` serves "
                "like any other"
            )


async def _fill(stage: Path, bundle: Bundle, checked: Checked) -> Imported:
    """Put together in a folder of its own what a bundle holds."""
    manifest = bundle.manifest
    await asyncio.to_thread(stage.mkdir)
    log = await SqliteLog.open(stage / LOG)
    try:
        await log.adopt(checked.records)
        placed = await asyncio.to_thread(_place, stage, bundle, checked.recordings)
        replay = await _replay(stage, log, bundle, checked.question)
    finally:
        await log.close()
    if manifest.fold == FOLD_VERSION and _told(replay) != _told(checked.replay):
        raise BadBundle("its records do not give the replay that it tells of them")
    return Imported(
        session=manifest.session,
        log=manifest.log,
        records=len(checked.records),
        position=manifest.position,
        recordings=placed,
        query=manifest.query,
        same=replay == checked.replay,
    )


async def _replay(stage: Path, log: SqliteLog, bundle: Bundle, question: ReplayQuestion) -> bytes:
    """The replay of what was adopted, as a server over it gives it; the read models are built for it."""
    projections = await Projections.open(stage, log)
    services = Services(settings=Settings(data=stage), log=log, projections=projections, read_only=True)
    try:
        await projections.catch_up()
        asked = msgspec.structs.replace(question, log=bundle.manifest.log)
        return (await replays.replay(services, OURSELVES, bundle.manifest.session, asked)).body
    finally:
        await services.media.close()
        await projections.close()


def _told(replay: bytes) -> object:
    """A replay without its findings; None for what is none."""
    try:
        document = msgspec.json.decode(replay, type=dict[str, msgspec.Raw])
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return {name: bytes(value) for name, value in document.items() if name != "findings"}


def _place(stage: Path, bundle: Bundle, recordings: Iterable[Recording]) -> int:
    """Put the recordings that came along where their descriptions say, and count them."""
    folders = Recordings(stage, keep=False)
    placed = 0
    for recording in recordings:
        if recording.file is not None:
            path = _target(folders, bundle.manifest.log, recording)
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as file:
                for piece in bundle.pieces(recording.file):
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            placed += 1
    return placed


def _target(folders: Recordings, log: str, recording: Recording) -> Path:
    url = recording.description.url
    if url is not None and is_address(url):
        return folders.file_of_address(recording.description)
    try:
        return folders.folder(log).joinpath(*relative_parts(url or ""))
    except Outside as error:
        raise BadBundle(f"the recording of {recording.asset!r} has no place: {error}") from None


def _move(stage: Path, data: Path) -> None:
    for found in sorted(stage.iterdir(), key=lambda path: path.name == LOG):
        found.replace(data / found.name)
    descriptor = os.open(data, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

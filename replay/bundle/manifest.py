"""What a bundle says about itself. `docs/formats.md` describes each field.

Rule 1: `manifest.json` comes last in the file and names every other entry with its size and SHA-256: a bundle that
        broke off has none.
Rule 2: a record is a line of `records.ndjson`: its place, its seal in hex, and its body as text, byte for byte.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from replay.events import AssetDescribed, Sha256
from replay.log.chain import Sealed

MANIFEST = "manifest.json"
RECORDS = "records.ndjson"
REPLAY = "replay.json"
RECORDINGS = "recordings.json"
FOLDER = "recordings/"
FORMAT = "playhead-bundle"
VERSION = 1

Hex = Annotated[str, msgspec.Meta(pattern="^([0-9a-f]{2})*$", max_length=128)]
Position = Annotated[int, msgspec.Meta(ge=1, lt=2**53)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=256)]


class Entry(msgspec.Struct, frozen=True):
    """One file of a bundle."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=512)]
    size: Annotated[int, msgspec.Meta(ge=0, lt=2**53)]
    sha256: Sha256


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """Which session a bundle is of, and what is in it.

    `query` holds the parameters under which the replay of the adopted records is `replay.json`. `head` is the chain
    hash of the last record, at `position`, in the log that has the name `epoch`. `fold` is the version of the fold.
    """

    format: str
    version: int
    session: Name
    log: Name
    query: dict[str, str]
    fold: int
    epoch: Annotated[str, msgspec.Meta(max_length=64)]
    position: Position
    head: Hex
    records: Annotated[int, msgspec.Meta(ge=1)]
    files: Annotated[list[Entry], msgspec.Meta(max_length=100_000)]


class Recording(msgspec.Struct, frozen=True, kw_only=True):
    """What was there of an asset's recording; `file` is its entry, when it came along."""

    asset: Name
    description: AssetDescribed
    position: Position
    fault: str | None
    sha256: Sha256 | None
    container: str | None = None
    duration: float | None = None
    file: str | None = None
    peaks: list[str] = []


class Line(msgspec.Struct, frozen=True):
    """A record as a line. `nonce` and `body` are null once it is erased, `anchor` unless it follows a gap."""

    position: Position
    recordedtime: Annotated[int, msgspec.Meta(ge=-(2**62), le=2**62)]
    key: Hex
    nonce: Hex | None
    commitment: Hex
    chain: Hex
    anchor: Hex | None
    body: str | None


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Line).decode


def to_line(record: Sealed) -> bytes:
    """A record as a line of `records.ndjson`."""
    line = Line(
        position=record.position,
        recordedtime=record.recordedtime,
        key=record.key.hex(),
        nonce=None if record.nonce is None else record.nonce.hex(),
        commitment=record.commitment.hex(),
        chain=record.chain.hex(),
        anchor=None if record.anchor is None else record.anchor.hex(),
        body=None if record.body is None else record.body.decode(),
    )
    return _encode(line) + b"\n"


def from_line(text: bytes) -> Sealed:
    """The record of a line. Raises `msgspec.DecodeError`, or its `ValidationError`."""
    line = _decode(text)
    return Sealed(
        position=line.position,
        recordedtime=line.recordedtime,
        key=bytes.fromhex(line.key),
        nonce=None if line.nonce is None else bytes.fromhex(line.nonce),
        commitment=bytes.fromhex(line.commitment),
        chain=bytes.fromhex(line.chain),
        body=None if line.body is None else line.body.encode(),
        anchor=None if line.anchor is None else bytes.fromhex(line.anchor),
    )

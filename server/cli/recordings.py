"""Which files are recordings of which assets.

Rule 1: a file's asset is what `--ids` says, else its name without the ending. Two files never become one asset.
Rule 2: all of that is settled before the first file is stored.
Rule 3: in a folder the endings decide which files are meant; a file that is named is meant whatever its ending.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from replay.envelope import check_name
from replay.errors import Invalid, NotFound
from server.cli.exits import BadInput

ENDINGS = frozenset(
    (
        *(
            "wav",
            "wave",
            "w64",
            "rf64",
            "aif",
            "aiff",
            "aifc",
            "au",
            "snd",
            "caf",
            "flac",
            "mp3",
            "ogg",
            "oga",
        ),
        *("opus", "aac", "ac3", "eac3", "dts", "wv", "ape", "tta", "tak", "mpc", "dsf", "gsm", "amr", "m4a"),
        *("m4b", "mp4", "mov", "mka", "mkv", "webm", "wma", "asf", "avi", "flv", "mpg", "mpeg", "ts"),
    )
)


class RecordingFile(Struct, frozen=True):
    """A file that is to become an asset's recording. `name` is its name below the folder that was given."""

    path: Path
    name: str
    asset: str
    size: int


class Found(Struct, frozen=True):
    """The files that were found, and how many of the folders' others were passed over."""

    files: list[RecordingFile]
    passed_over: int


def find_files(paths: Sequence[str], ids: Path | None) -> Found:
    """The files of paths, each with its asset. Raises `NotFound`, and `BadInput` for what cannot be settled."""
    names = {} if ids is None else read_ids(ids)
    found: dict[str, RecordingFile] = {}
    used: set[str] = set()
    passed_over = 0
    for path, name, named in _files(paths):
        if not named and path.suffix.lower().removeprefix(".") not in ENDINGS:
            passed_over += 1
            continue
        key = next((key for key in (name, path.name) if key in names), None)
        used |= {key} if key else set()
        file = RecordingFile(path, name, _asset(path, names.get(key or "")), path.stat().st_size)
        other = found.setdefault(file.asset, file)
        if other.path != file.path:
            raise BadInput(
                f"{other.path} and {file.path} would both be asset {file.asset!r}: name them apart with --ids"
            )
    for key in names.keys() - used:
        raise BadInput(f"{ids}: there is no file {key!r} among those given")
    return Found(list(found.values()), passed_over)


def read_ids(path: Path) -> Mapping[str, str]:
    """The assets of files, from lines of `file,asset` (CSV). Raises `BadInput`, `NotFound`."""
    names: dict[str, str] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            for number, row in enumerate(csv.reader(file), 1):
                if len(row) not in (0, 2):
                    raise BadInput(f"{path}, line {number}: a line is FILE,ASSET")
                if row and names.setdefault(row[0], row[1]) != row[1]:
                    raise BadInput(f"{path}, line {number}: {row[0]!r} has two assets")
    except FileNotFoundError:
        raise NotFound(f"there is no file {path}") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadInput(f"{path} cannot be read: {error}") from None
    return names


def _files(paths: Sequence[str]) -> Iterator[tuple[Path, str, bool]]:
    """Each file with its name below the folder it was found in, and whether it was named itself."""
    for given in map(Path, paths):
        if given.is_dir():
            for path in sorted(given.rglob("*")):
                relative = path.relative_to(given)
                if path.is_file() and not any(part.startswith(".") for part in relative.parts):
                    yield path, relative.as_posix(), False
        elif given.exists():
            yield given, given.name, True
        else:
            raise NotFound(f"there is no file {given}")


def _asset(path: Path, named: str | None) -> str:
    try:
        return check_name(path.stem if named is None else named, "the asset's id")
    except Invalid as error:
        raise BadInput(f"{path}: {error.message}; name it with --ids") from None

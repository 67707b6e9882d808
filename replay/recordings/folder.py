"""Where recordings lie below a data folder, and finding the one that a description means.

Rule 1: `media/<log>/` holds what was uploaded or put there by hand, `cache/fetched/` what was fetched from the
        addresses that descriptions name. Nothing here speaks to a network.
Rule 2: a description's `url` is a path below its log's folder, percent-encoded as urls are, or an http address on
        a prefix that is allowed. Its `sha256` verifies what is found and never finds anything.
Rule 3: what is wrong with a recording is told as a sentence, never raised: a mix goes on without it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from replay.events import AssetDescribed
from replay.ids import derived_id
from replay.recordings.drafts import sweep
from replay.recordings.inside import Outside, locate, relative_parts
from replay.recordings.known import MISSING, Known, Probe
from replay.recordings.looks import Look, Looks, stamp_of
from replay.recordings.names import folder_name
from replay.recordings.prefixes import check_prefix, is_address, lies_on

MEDIA = "media"
CACHE = "cache"
FETCHED = "fetched"
LOOKS = "recordings"
PEAKS = "peaks"

NOWHERE = "its description has no url"
NOT_THERE = "there is no such file"
NOT_FETCHED = "it has not been fetched"
NOT_ALLOWED = "its url lies on no prefix that may be fetched from"
OTHER = "it does not match its sha256"

Place = tuple[Path, str]
"""A file, and its stamp."""


class Recordings:
    """The recordings of a data folder. Every question blocks, and may be asked from any thread.

    `prefixes` are the http addresses that may be fetched from. With `keep` what files hold is remembered in the
    cache folder; without it nothing is written. Raises `Invalid` for a prefix that is none.
    """

    def __init__(self, data: Path, prefixes: Sequence[str] = (), *, keep: bool = True) -> None:
        self.media = data / MEDIA
        self.fetched = data / CACHE / FETCHED
        self._prefixes = tuple(map(check_prefix, prefixes))
        self._looks = Looks(data / CACHE / LOOKS if keep else None)

    def find(self, log: str, description: AssetDescribed) -> Known:
        """What is there of an asset's recording; looks into the file where nobody has yet since it changed."""
        found = self._place(log, description)
        if isinstance(found, Known):
            return found
        path, stamp = found
        try:
            look = self._looks.at(path, stamp, sha256=description.sha256 is not None)
        except OSError as error:
            return Known(path, stamp, None, f"it cannot be read: {(error.strerror or str(error)).lower()}")
        return _known(path, look, description.sha256)

    def recall(self, log: str, description: AssetDescribed) -> Known | None:
        """The same where it is known already; None where the file would have to be read."""
        found = self._place(log, description)
        if isinstance(found, Known):
            return found
        path, stamp = found
        look = self._looks.recall(path, stamp)
        if look is None or (description.sha256 is not None and look.sha256 is None):
            return None
        return _known(path, look, description.sha256)

    def glance(self, log: str, description: AssetDescribed) -> Known:
        """The same without reading the file: one that nobody has looked into is taken for whole."""
        found = self._place(log, description)
        if isinstance(found, Known):
            return found
        path, stamp = found
        return self.recall(log, description) or Known(path, stamp, None, None)

    def folder(self, log: str) -> Path:
        """Where a log's recordings lie."""
        return self.media / folder_name(log)

    def keeps(self, log: str) -> bool:
        """Whether a log's folder holds anything: its recordings are kept here."""
        try:
            return next(self.folder(log).iterdir(), None) is not None
        except OSError:
            return False

    def file_of_address(self, description: AssetDescribed) -> Path:
        """Where what a description names by an address lies, once it was fetched."""
        return self.fetched / derived_id(description.url or "", description.sha256 or "")

    def may_fetch(self, url: str) -> bool:
        """Whether an address lies on a prefix that may be fetched from."""
        return any(lies_on(url, prefix) for prefix in self._prefixes)

    def learn(self, path: Path, probe: Probe, sha256: str) -> None:
        """Note what a recording holds that was just put below `media`. Raises OSError."""
        stamp = stamp_of(path.relative_to(self.media).as_posix(), path.stat())
        self._looks.learn(path, Look(stamp=stamp, probe=probe, sha256=sha256))

    def sweep(self) -> None:
        """Remove what a process that was killed left behind. Only for the one that may write the data folder."""
        for folder in (self.media, self.fetched, self.fetched.with_name(PEAKS)):
            sweep(folder)

    def remove(self, path: Path) -> None:
        """Remove a recording, and forget what it held. Raises OSError."""
        path.unlink(missing_ok=True)
        self._looks.forget(path)

    def _place(self, log: str, description: AssetDescribed) -> Place | Known:
        """The file that a description names; or that there is none, and why."""
        try:
            return _state(*self._named(log, description))
        except Outside as error:
            return Known(None, MISSING, None, str(error))

    def _named(self, log: str, description: AssetDescribed) -> tuple[Path, tuple[str, ...], str]:
        """Below which folder a description's file lies, the names that lead to it, and what its absence means."""
        url = description.url
        if url is None:
            raise Outside(NOWHERE)
        if not is_address(url):
            return self.media, (folder_name(log), *relative_parts(url)), NOT_THERE
        if not self.may_fetch(url):
            raise Outside(NOT_ALLOWED)
        return self.fetched, (self.file_of_address(description).name,), NOT_FETCHED


def _state(root: Path, names: tuple[str, ...], absent: str) -> Place:
    """The file that names lead to. Raises `Outside`, also when there is none."""
    found = locate(root, names)
    if found is None:
        raise Outside(absent)
    path, state = found
    return path, stamp_of("/".join(names), state)


def _known(path: Path, look: Look, sha256: str | None) -> Known:
    if sha256 is not None and look.sha256 != sha256:
        return Known(path, look.stamp, None, OTHER)
    duration = None if look.probe is None else look.probe.duration
    return Known(path, sha256 or look.stamp, duration, look.fault, look.probe)

"""The recordings of one mix, as tapes from the spool.

Rule 1: a recording that is missing, broken or too long for the spool is silence, and `faults` says why.
Rule 2: only some files are open at once, however many recordings sound together.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from concurrent.futures import TimeoutError as NotYet
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from replay.errors import Unavailable
from replay.mixdown.spool import Abandoned, Loading, Spool
from replay.mixdown.tape import Tape
from replay.recordings import Known, Unplayable
from replay.recordings.known import UNDESCRIBED

MOST_OPEN = 16
LOOKS_EVERY = 0.1
"""Seconds after which who waits for a recording sees whether it is still wanted."""


class SpooledTapes:
    """The tapes of one mix at one rate; `close` it. `stop` may be called from another thread."""

    def __init__(self, spool: Spool, recordings: Mapping[str, Known], rate: int) -> None:
        self.faults: dict[str, str] = {}
        self.surprised = False
        """Whether a recording turned out to be silent that nothing was wrong with before."""
        self._spool = spool
        self._recordings = recordings
        self._rate = rate
        self._stopped = threading.Event()
        self._open: OrderedDict[str, Tape] = OrderedDict()
        self._loads: dict[str, Loading] = {}

    def soon(self, asset: str) -> None:
        """Have a recording decoded meanwhile, if it is not there."""
        if asset in self._open or asset in self._loads or asset in self.faults:
            return
        tape = self._find(asset)
        if tape is not None:
            self._keep(asset, tape)

    def tape(self, asset: str) -> Tape | None:
        """A recording, waiting until it is decoded; None when it cannot be had.

        Raises `Unavailable` when the spool cannot be written, and when this was stopped.
        """
        if asset in self._open:
            self._open.move_to_end(asset)
            return self._open[asset]
        while asset not in self.faults:
            tape = self._find(asset)
            if tape is not None:
                return self._keep(asset, tape)
            self._wait(asset)
        return None

    def stop(self) -> None:
        """End whoever waits, with `Unavailable`."""
        self._stopped.set()

    def close(self) -> None:
        """Let files and decoders go."""
        self.stop()
        for tape in self._open.values():
            tape.close()
        self._open.clear()
        for loading in self._loads.values():
            self._spool.release(loading)
        self._loads.clear()

    def __enter__(self) -> SpooledTapes:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _find(self, asset: str) -> Tape | None:
        """The tape that is there; else it is being loaded, or at fault."""
        recording = self._recordings.get(asset, UNDESCRIBED)
        if recording.path is None or recording.fault is not None:
            self.faults[asset] = recording.fault or "it is not there"
            return None
        tape = self._spool.find(recording, self._rate)
        if tape is None and asset not in self._loads:
            self._loads[asset] = self._spool.load(recording, self._rate)
        return tape

    def _keep(self, asset: str, tape: Tape) -> Tape:
        self._open[asset] = tape
        while len(self._open) > MOST_OPEN:
            self._open.popitem(last=False)[1].close()
        return tape

    def _wait(self, asset: str) -> None:
        """Wait until a recording is loaded, or note its fault."""
        loading = self._loads.get(asset)
        if loading is None:
            return
        try:
            with suppress(Abandoned):  # by others, just before: it is begun again
                self._result(loading)
        except Unplayable as error:
            self._turned_out(asset, error.message)
        except OSError as error:
            self._turned_out(asset, f"it cannot be read: {error.strerror or error}")
        finally:
            self._spool.release(self._loads.pop(asset))

    def _turned_out(self, asset: str, fault: str) -> None:
        self.faults[asset] = fault
        self.surprised = True

    def _result(self, loading: Loading) -> Path:
        while True:
            if self._stopped.is_set():
                raise Unavailable("the sound is not wanted any more")
            try:
                return loading.future.result(LOOKS_EVERY)
            except NotYet:
                if loading.future.done():
                    raise

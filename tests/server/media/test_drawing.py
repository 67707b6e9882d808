"""Waveforms that are being made when their recording is removed."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from replay.errors import Unavailable
from replay.recordings.known import Known, Probe
from replay.recordings.peaks import measure, zooms_of
from replay.recordings.probe import probe as look_into
from replay.recordings.waveform import Waveform
from server.media import drawing
from server.media.drawing import Drawing
from tests.replay.recordings.making import wav


@pytest.mark.parametrize("placed", [0, 1], ids=["before any is there", "when some are there"])
async def test_nothing_stays_of_peaks_that_are_being_made_when_their_recording_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, placed: int
) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def halting(path: Path, probe: Probe, given_up: Callable[[], bool]) -> Iterator[Waveform]:
        for number, waveform in enumerate(measure(path, probe)):
            if number == placed:
                begun.set()
                go_on.wait(30)
            yield waveform

    monkeypatch.setattr(drawing, "measure", halting)
    recording = tmp_path / "bell.wav"
    recording.write_bytes(wav(60))
    probe = look_into(recording)
    known = Known(recording, "bell", probe.duration, None, probe)
    waveforms = Drawing(tmp_path / "data")
    asked = asyncio.ensure_future(waveforms.file(known, zooms_of(probe)[0]))
    await asyncio.to_thread(begun.wait, 30)
    await waveforms.forget(known)
    go_on.set()
    with pytest.raises(Unavailable):
        await asked
    assert waveforms.kept(known) == []
    await waveforms.close()

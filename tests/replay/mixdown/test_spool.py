"""The spool: decoded once, within its budget, whole or not at all, shared without harm."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from replay.errors import Unavailable
from replay.mixdown import Spool, SpooledTapes, spool, write_score
from replay.recordings import Unplayable
from replay.recordings.pcm import Pcm, decode_pcm
from tests.replay.mixdown.studio import RATE, Studio, clip, timeline
from tests.replay.sounds import tone


def files(folder: Path) -> list[Path]:
    return sorted(path for path in (folder / "spool").rglob("*") if path.is_file())


def test_a_recording_is_decoded_once_for_each_rate(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    studio.record("a", tone(440, 1))
    session = timeline(clip("a", 0, 1), clip("a", 0.5, 1))
    first = studio.pcm(write_score(session, RATE))
    assert len(files(studio.folder)) == 1
    monkeypatch.setattr(spool, "decode_pcm", None)
    assert np.array_equal(studio.pcm(write_score(session, RATE)), first)
    monkeypatch.undo()
    studio.pcm(write_score(session, 48000))
    assert len(files(studio.folder)) == 2


def test_a_recording_that_changes_is_decoded_anew(studio: Studio) -> None:
    studio.record("a", np.full((RATE, 1), 0.25))
    session = timeline(clip("a", 0, 1))
    assert studio.mix(session)[0, 0] == pytest.approx(0.25)
    studio.record("a", np.full((RATE, 1), 0.5))
    assert studio.mix(session)[0, 0] == pytest.approx(0.5)


def test_the_longest_unused_goes_when_the_budget_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = Studio(tmp_path, budget=250_000)
    for name in "abc":
        studio.record(name, tone(440, 1))
    for name in "abac":
        studio.mix(timeline(clip(name, 0, 1)))
        time.sleep(0.01)
    with SpooledTapes(studio.spool, studio.recordings, RATE) as tapes:
        monkeypatch.setattr(spool.Spool, "load", lambda *_: pytest.fail("it is decoded again"))
        assert tapes.tape("a") is not None
        assert tapes.tape("c") is not None
    assert sum(path.stat().st_size for path in files(tmp_path)) <= 250_000
    studio.spool.close()


def test_a_mix_of_more_than_the_spool_holds_is_made_all_the_same(tmp_path: Path) -> None:
    studio = Studio(tmp_path, budget=100_000)
    for name in "abc":
        studio.record(name, np.full((RATE, 1), 0.25))
    session = timeline(*(clip(name, 0, 1) for name in "abc"), clip("a", 1, 2))
    assert studio.mix(session)[[100, RATE + 100], 0] == pytest.approx([0.75, 0.25], abs=1e-3)
    studio.spool.close()


def test_a_recording_larger_than_the_spool_is_silent_and_leaves_nothing(tmp_path: Path) -> None:
    studio = Studio(tmp_path, budget=2**20)
    studio.record("long", np.zeros((RATE * 15, 1)))
    assert not studio.mix(timeline(clip("long", 0, 1))).any()
    assert "larger than the spool" in studio.faults["long"]
    assert files(tmp_path) == []
    studio.spool.close()


def test_a_file_that_was_cut_off_or_overwritten_is_made_again(studio: Studio) -> None:
    studio.record("a", np.full((RATE, 1), 0.25))
    session = timeline(clip("a", 0, 1))
    whole = studio.pcm(write_score(session, RATE))
    (path,) = files(studio.folder)
    for damage in (path.read_bytes()[:-100], b"", bytes(5000)):
        path.write_bytes(damage)
        assert np.array_equal(studio.pcm(write_score(session, RATE)), whole)


def test_what_an_earlier_start_and_a_crash_left_behind_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = tmp_path / "spool" / "an-earlier-start"
    old.mkdir(parents=True)
    (old / "x.pcm").write_bytes(b"x")
    now = Spool(tmp_path / "spool", 1000)
    assert files(tmp_path) == []
    monkeypatch.setattr(spool, "_BOOT", tmp_path / "nowhere")
    without = Spool(tmp_path / "spool", 1000)
    part = tmp_path / "spool" / "synced" / ".x.pcm.1.1"
    part.parent.mkdir()
    part.write_bytes(b"x")
    Spool(tmp_path / "spool", 1000).close()
    assert part.exists()
    monkeypatch.setattr(spool, "ABANDONED", -1)
    Spool(tmp_path / "spool", 1000).close()
    assert not part.exists()
    now.close()
    without.close()


def test_many_threads_and_processes_come_to_the_same_file(studio: Studio) -> None:
    studio.record("a", tone(440, 20))
    found: list[bytes] = []

    def use() -> None:
        own = Spool(studio.folder / "spool", 2**30)
        with SpooledTapes(own, studio.recordings, RATE) as tapes:
            tape = tapes.tape("a")
            assert tape is not None
            found.append(tape.read(0, tape.frames).tobytes())
        own.close()

    threads = [threading.Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert len(set(found)) == 1
    assert len(files(studio.folder)) == 1


@pytest.fixture
def going_on(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """What decoding waits for after its first block."""
    event = threading.Event()

    def held(path: Path, rate: int) -> Iterator[Pcm]:
        for block in decode_pcm(path, rate):
            yield block
            event.wait(20)

    monkeypatch.setattr(spool, "decode_pcm", held)
    yield event
    event.set()


def test_who_does_not_wait_any_more_stops_the_decoding(studio: Studio, going_on: threading.Event) -> None:
    studio.record("a", np.zeros((RATE * 5, 2)))
    recording = studio.recordings["a"]
    loading = studio.spool.load(recording, RATE)
    studio.spool.release(loading)
    going_on.set()
    with pytest.raises(spool.Abandoned):
        loading.future.result(20)
    assert files(studio.folder) == []
    assert studio.spool.load(recording, RATE).future.result(60).exists()


def test_a_mix_that_is_stopped_ends_while_it_waits(studio: Studio, going_on: threading.Event) -> None:
    studio.record("a", np.zeros((RATE * 5, 2)))
    tapes = SpooledTapes(studio.spool, studio.recordings, RATE)
    stopping = threading.Timer(0.05, tapes.stop)
    stopping.start()
    with pytest.raises(Unavailable):
        tapes.tape("a")
    stopping.join()
    tapes.close()
    going_on.set()


def test_a_spool_that_cannot_be_written_is_told_as_such(studio: Studio) -> None:
    studio.record("a", tone(440, 1))
    (studio.folder / "spool").write_bytes(b"no folder")
    with pytest.raises(Unavailable, match="spool"):
        studio.mix(timeline(clip("a", 0, 1)))


def test_a_broken_recording_is_a_fault_each_time_it_is_asked_for(studio: Studio) -> None:
    (studio.folder / "a.wav").write_bytes(b"no sound")
    studio.keep("a", studio.folder / "a.wav")
    with pytest.raises(Unplayable):
        studio.spool.load(studio.recordings["a"], RATE).future.result(20)


class Eager(ThreadPoolExecutor):
    """Goes on only when the thread that it starts has done its work."""

    def submit(self, work: Callable[..., Any], /, *given: Any, **more: Any) -> Future[Any]:
        begun = super().submit(work, *given, **more)
        wait({given[0].future}, 20)
        return begun


def test_a_recording_is_wanted_before_its_decoding_begins(studio: Studio) -> None:
    studio.record("a", tone(440, 1))
    studio.spool._decoders = Eager(1)
    assert studio.spool.load(studio.recordings["a"], RATE).future.result(20).exists()


KILLED = """
import sys, os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any
from replay.mixdown import Spool
from replay.recordings import Known
from replay.mixdown import spool
spool.CHECKED_EVERY = 1
made = Spool(Path(sys.argv[1]) / "spool", 2**30)
made._make_room = lambda: os._exit(9)
made.load(Known(Path(sys.argv[1]) / "a.wav", "key", None, None), 44100).future.result()
"""


def test_a_process_killed_while_it_decodes_leaves_nothing_that_is_taken_for_whole(studio: Studio) -> None:
    studio.record("a", tone(440, 5))
    ended = subprocess.run([sys.executable, "-c", KILLED, str(studio.folder)], check=False)
    assert ended.returncode == 9
    (part,) = files(studio.folder)
    assert part.name.startswith(".")
    assert studio.mix(timeline(clip("a", 0, 1))).any()

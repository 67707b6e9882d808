"""Finding the recording that a description means: below its log's folder, verified, and nowhere else."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from threading import Thread

import pytest

from replay.events import AssetDescribed
from replay.recordings import MISSING, Probe, Recordings
from replay.recordings import probe as probing
from tests.replay.recordings.making import wav

CONTENT = wav(0.5)
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def recordings(tmp_path: Path) -> Recordings:
    return Recordings(tmp_path)


def put(recordings: Recordings, name: str, content: bytes = CONTENT, log: str = "default") -> Path:
    path = recordings.folder(log) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def asset(url: str | None, sha256: str | None = None) -> AssetDescribed:
    return AssetDescribed(asset="a", url=url, sha256=sha256)


def test_a_recording_is_found_below_its_logs_folder(recordings: Recordings) -> None:
    path = put(recordings, "a.wav")
    found = recordings.find("default", asset("a.wav"))
    assert (found.path, found.fault, found.duration) == (path, None, 500_000_000)
    assert found.probe is not None
    assert found.probe.codec == "pcm_s16le"


@pytest.mark.parametrize("log", ["a/b", "..", "Ünïcode", "x" * 256])
def test_any_log_has_a_folder(log: str, recordings: Recordings, tmp_path: Path) -> None:
    put(recordings, "a.wav", log=log)
    found = recordings.find(log, asset("a.wav"))
    assert found.fault is None
    assert found.path is not None
    assert found.path.parent.parent == tmp_path / "media"


def test_a_url_may_lead_into_folders_and_is_percent_encoded(recordings: Recordings) -> None:
    path = put(recordings, "walks/the first.wav")
    assert recordings.find("default", asset("walks/the%20first.wav")).path == path


def test_another_logs_recording_is_not_found(recordings: Recordings) -> None:
    put(recordings, "a.wav", log="park")
    assert recordings.find("default", asset("a.wav")).fault == "there is no such file"


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        (None, "its description has no url"),
        ("nowhere.wav", "there is no such file"),
        ("a.wav/b.wav", "its url names no regular file"),
        ("x" * 2000, "there is no such file"),
        ("../default/a.wav", "its url leaves the media folder"),
        ("%2e%2e/default/a.wav", "its url leaves the media folder"),
        ("b%2F..%2Fa.wav", "its url leaves the media folder"),
        ("/etc/passwd", "its url leaves the media folder"),
        ("a%00.wav", "its url leaves the media folder"),
        ("..\\a.wav", "its url leaves the media folder"),
        ("", "its url leaves the media folder"),
        ("%FF", "its url cannot be read"),
        ("http://[", "its url lies on no prefix that may be fetched from"),
        ("//[", "its url cannot be read"),
        ("file:///etc/passwd", "its url is neither http nor a path: file"),
        ("//host/a.wav", "its url is neither http nor a path: host"),
        ("data:audio/wav;base64,AAAA", "its url is neither http nor a path: data"),
        ("http://169.254.169.254/a.wav", "its url lies on no prefix that may be fetched from"),
    ],
)
def test_a_url_that_names_no_recording_is_missing_with_its_reason(
    url: str | None, fault: str, recordings: Recordings
) -> None:
    put(recordings, "a.wav")
    found = recordings.find("default", asset(url, SHA256))
    assert (found.path, found.key, found.duration, found.fault) == (None, MISSING, None, fault)


def test_a_link_is_not_followed_wherever_it_stands(recordings: Recordings, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "a.wav").write_bytes(CONTENT)
    here = put(recordings, "real.wav")
    here.with_name("file.wav").symlink_to(secret / "a.wav")
    here.with_name("near.wav").symlink_to(here)
    here.with_name("folder").symlink_to(secret)
    (recordings.media / "park").symlink_to(secret)
    for log, url in [("default", "file.wav"), ("default", "near.wav"), ("default", "folder/a.wav")]:
        assert recordings.find(log, asset(url)).fault == "its url leads over a symbolic link"
    assert recordings.find("park", asset("a.wav")).fault == "its url leads over a symbolic link"


def test_the_media_folder_itself_may_lie_elsewhere(recordings: Recordings, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    recordings.media.symlink_to(elsewhere)
    put(recordings, "a.wav")
    assert recordings.find("default", asset("a.wav")).fault is None


def test_what_is_no_regular_file_is_not_opened(recordings: Recordings) -> None:
    os.mkfifo(put(recordings, "a.wav").with_name("pipe.wav"))
    assert recordings.find("default", asset("pipe.wav")).fault == "its url names no regular file"


def test_the_sha256_verifies_and_is_then_the_key(recordings: Recordings) -> None:
    put(recordings, "a.wav")
    right = recordings.find("default", asset("a.wav", SHA256))
    assert (right.key, right.fault) == (SHA256, None)
    wrong = recordings.find("default", asset("a.wav", "0" * 64))
    assert (wrong.fault, wrong.duration) == ("it does not match its sha256", None)
    assert wrong.key not in (SHA256, "0" * 64)


def test_the_sha256_never_finds_anything(recordings: Recordings) -> None:
    put(recordings, f"{SHA256}.wav")
    assert recordings.find("default", asset(None, SHA256)).path is None


def test_a_broken_recording_is_a_fault_with_its_file(recordings: Recordings) -> None:
    path = put(recordings, "a.wav", b"hello")
    found = recordings.find("default", asset("a.wav"))
    assert (found.path, found.duration) == (path, None)
    assert found.fault == "it is no sound file, or a broken one"


def test_a_file_that_changes_has_another_key_and_is_looked_into_again(recordings: Recordings) -> None:
    path = put(recordings, "a.wav")
    first = recordings.find("default", asset("a.wav"))
    path.write_bytes(wav(1))
    second = recordings.find("default", asset("a.wav"))
    assert first.key != second.key
    assert second.duration == 1_000_000_000


def test_what_is_known_is_recalled_and_what_would_have_to_be_read_is_not(
    recordings: Recordings, looked: list[Path]
) -> None:
    put(recordings, "a.wav")
    assert recordings.recall("default", asset("a.wav")) is None
    assert looked == []
    found = recordings.find("default", asset("a.wav"))
    assert recordings.recall("default", asset("a.wav")) == found
    assert recordings.recall("default", asset("a.wav", SHA256)) is None
    verified = recordings.find("default", asset("a.wav", SHA256))
    assert recordings.recall("default", asset("a.wav", SHA256)) == verified
    missing = recordings.recall("default", asset("b.wav"))
    assert missing is not None
    assert missing.fault == "there is no such file"


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files that were really looked into."""
    found: list[Path] = []
    probe = probing.probe

    def look(path: Path) -> Probe:
        found.append(path)
        return probe(path)

    monkeypatch.setattr(probing, "probe", look)
    return found


def test_a_file_is_looked_into_once(recordings: Recordings, looked: list[Path]) -> None:
    path = put(recordings, "a.wav")
    threads = [Thread(target=recordings.find, args=("default", asset("a.wav"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    recordings.find("default", asset("a.wav", SHA256))
    assert looked == [path]


def test_what_was_found_outlives_the_process_where_the_cache_may_be_written(
    recordings: Recordings, tmp_path: Path, looked: list[Path]
) -> None:
    put(recordings, "a.wav")
    first = recordings.find("default", asset("a.wav", SHA256))
    assert Recordings(tmp_path).find("default", asset("a.wav", SHA256)) == first
    assert len(looked) == 1
    for file in (tmp_path / "cache" / "recordings").iterdir():
        file.write_bytes(b"{\xff")
    assert Recordings(tmp_path).find("default", asset("a.wav", SHA256)) == first
    assert len(looked) == 2


def test_a_reader_writes_nothing(tmp_path: Path) -> None:
    recordings = Recordings(tmp_path, keep=False)
    put(recordings, "a.wav")
    assert recordings.find("default", asset("a.wav")).fault is None
    assert not (tmp_path / "cache").exists()


def test_a_fault_is_looked_for_again_by_the_next_process(
    recordings: Recordings, tmp_path: Path, looked: list[Path]
) -> None:
    put(recordings, "a.wav", b"hello")
    recordings.find("default", asset("a.wav"))
    recordings.find("default", asset("a.wav"))
    Recordings(tmp_path).find("default", asset("a.wav"))
    assert len(looked) == 2


def test_a_glance_reads_no_file(recordings: Recordings, looked: list[Path]) -> None:
    path = put(recordings, "a.wav", b"hello")
    assert recordings.glance("default", asset("a.wav")).fault is None
    assert recordings.glance("default", asset("b.wav")).fault == "there is no such file"
    assert looked == []
    recordings.find("default", asset("a.wav"))
    assert recordings.glance("default", asset("a.wav")).fault == "it is no sound file, or a broken one"
    path.write_bytes(CONTENT)
    assert recordings.glance("default", asset("a.wav")).fault is None


def test_a_file_that_cannot_be_read_is_a_fault_for_now(
    recordings: Recordings, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = put(recordings, "a.wav")

    def refuse(_: Path) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(probing, "probe", refuse)
        found = recordings.find("default", asset("a.wav"))
        assert (found.path, found.fault) == (path, "it cannot be read: permission denied")
    assert recordings.find("default", asset("a.wav")).fault is None

"""The settings: one table, read from flags, environment and file, and documented as it stands."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest

from replay.findings import Thresholds
from server.settings import SETTINGS, BadSetting, Setting, Settings, load_settings, settings_table

DOCS = Path(__file__).parents[3] / "docs" / "settings.md"
ROWS = {setting.name: setting for setting in SETTINGS}


def write(folder: Path, text: str) -> Path:
    path = folder / "playhead.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_documentation_holds_the_table_of_the_code() -> None:
    assert settings_table() in DOCS.read_text(encoding="utf-8")


def test_the_table_has_every_field_once_with_a_meaning() -> None:
    assert [row.name for row in SETTINGS] == [field.name for field in msgspec.structs.fields(Settings)]
    assert all(row.meaning.endswith(".") for row in SETTINGS)


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda row: str(row.name))
def test_every_default_passes_its_own_check_as_a_value_and_as_text(setting: Setting) -> None:
    assert setting.read(setting.default, "the default") == setting.default
    assert setting.read(setting.show(setting.default), "the default") == setting.default


def test_names_give_flag_variable_and_key() -> None:
    row = ROWS["max_body"]
    assert (row.flag, row.variable) == ("--max-body", "PLAYHEAD_MAX_BODY")


def test_without_anything_the_defaults_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert load_settings({}, {}) == Settings()


def test_a_flag_beats_the_environment_which_beats_the_file_which_beats_the_default(tmp_path: Path) -> None:
    config = write(tmp_path, 'port = 1\nhost = "file"\nmax_events = 3\n')
    settings = load_settings(
        {"port": "3", "host": None}, {"PLAYHEAD_PORT": "2", "PLAYHEAD_HOST": "variable"}, config
    )
    assert (settings.port, settings.host, settings.max_events) == (3, "variable", 3)
    assert settings.max_queue == Settings().max_queue


def test_the_file_of_the_working_folder_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "port = 4000\n")
    monkeypatch.chdir(tmp_path)
    assert load_settings({}, {}).port == 4000


def test_a_variable_names_another_file(tmp_path: Path) -> None:
    config = write(tmp_path, "port = 4000\n")
    assert load_settings({}, {"PLAYHEAD_CONFIG": str(config)}).port == 4000


def test_a_data_folder_in_a_file_starts_where_the_file_lies(tmp_path: Path) -> None:
    config = write(tmp_path, 'data = "kept"\n')
    assert load_settings({}, {}, config).data == tmp_path / "kept"


def test_an_empty_variable_is_absent() -> None:
    assert load_settings({}, {"PLAYHEAD_PORT": ""}).port == Settings().port


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("max_body", "65536", 65536),
        ("max_body", "64 KiB", 65536),
        ("max_body", "1MB", 1_000_000),
        ("hosts", "a.example, b.example,", ("a.example", "b.example")),
        ("access_log", "on", True),
        ("access_log", "NO", False),
        ("wait", "2.5", 2.5),
        ("data", "some/place", Path("some/place")),
    ],
)
def test_a_text_is_read_as_its_type(name: str, text: str, value: object) -> None:
    assert ROWS[name].read(text, "a test") == value


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("port", "65536", "a whole number from 0 to 65535"),
        ("port", "8.5", "a whole number from 0 to 65535"),
        ("wait", "nan", "a number of seconds from 0 to 60"),
        ("max_body", "3 parsecs", "a size from 1 KiB to 1 GiB"),
        ("log_level", "loud", "one of debug, info, warning, error"),
        ("access_log", "perhaps", "yes or no"),
        ("host", "", "a text that is not empty"),
        ("data", os.fsdecode(b"kept-\xff"), "a path that is text"),
    ],
)
def test_a_wrong_value_is_refused_in_words(name: str, text: str, words: str) -> None:
    with pytest.raises(BadSetting) as caught:
        ROWS[name].read(text, "PLAYHEAD_SOMETHING")
    assert caught.value.message == f"{name} must be {words}, not {text!r} (from PLAYHEAD_SOMETHING)"
    assert caught.value.field == name


@pytest.mark.parametrize(
    ("flags", "environ", "origin"),
    [({"port": "x"}, {"PLAYHEAD_PORT": "1"}, "--port"), ({}, {"PLAYHEAD_PORT": "x"}, "PLAYHEAD_PORT")],
)
def test_an_error_names_where_the_value_came_from(
    flags: dict[str, object], environ: dict[str, str], origin: str
) -> None:
    with pytest.raises(BadSetting, match=rf"\(from {origin}\)"):
        load_settings(flags, environ)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("prot = 1", "unknown setting: prot; did you mean port"),
        ("port = ", "cannot be read"),
        ("port = true", "port must be a whole number"),
        ("data = 5", "data must be a path"),
        ("hosts = [1]", "hosts must be names"),
        ("thresholds = 3", "thresholds must be thresholds such as gap=0.1"),
        ('thresholds = "gap=x"', "gap must be a number of seconds from 0 to 86400"),
        ('thresholds = "gab=1"', "'gab' is no threshold; known are gap, overlap"),
        ("thresholds = {gap = -1}", "thresholds must be"),
        ("thresholds = {gab = 1}", "thresholds must be"),
    ],
)
def test_a_bad_file_is_refused_by_name(tmp_path: Path, text: str, words: str) -> None:
    config = write(tmp_path, text)
    with pytest.raises(BadSetting, match=words) as caught:
        load_settings({}, {}, config)
    assert str(config) in caught.value.message


def test_a_file_that_was_asked_for_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="there is no settings file"):
        load_settings({}, {}, tmp_path / "none.toml")


@pytest.mark.parametrize("text", ['"gap=0.1, rate_error = 50"', "{gap = 0.1, rate_error = 50}"])
def test_thresholds_are_a_text_or_a_table(tmp_path: Path, text: str) -> None:
    settings = load_settings({}, {}, write(tmp_path, f"thresholds = {text}"))
    assert settings.thresholds == Thresholds(gap=0.1, rate_error=50)
    assert ROWS["thresholds"].show(settings.thresholds) == "gap=0.1, rate_error=50"

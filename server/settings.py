"""The settings: one table, from which the options, the environment, the file and the documentation come.

Rule 1: a setting is a field of `Settings`; its type, bounds, default and meaning stand there and nowhere
        else. The flag, the variable and the key in the file are made from its name: `max_body` is
        `--max-body`, `PLAYHEAD_MAX_BODY` and `max_body = ...`.
Rule 2: a flag beats the environment, the environment beats the file, the file beats the default.
Rule 3: a wrong value is refused with its setting, what is allowed, and where the value came from.
Rule 4: no secret is a setting. A token for `--url` comes from `--token` or PLAYHEAD_TOKEN.
"""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta, Struct

from replay.errors import Invalid
from replay.findings.thresholds import DEFAULTS, LIMITS, Thresholds, read_thresholds

FILE = "playhead.toml"
PREFIX = "PLAYHEAD_"
LogLevel = Literal["debug", "info", "warning", "error"]

_BYTES = {"unit": "bytes"}
_SECONDS = {"unit": "seconds"}


class Settings(Struct, frozen=True, kw_only=True):
    """How a server runs. Sizes are in bytes, times in seconds."""

    data: Annotated[
        Path, Meta(description="The data folder: the log, the views, the recordings, the tokens.")
    ] = Path("data")
    host: Annotated[str, Meta(min_length=1, description="The address to listen on.")] = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65535, description="The port to listen on; 0 takes a free one.")] = (
        8642
    )
    hosts: Annotated[
        tuple[str, ...],
        Meta(description="Further host names that a request's `Host` header may carry."),
    ] = ()
    origins: Annotated[
        tuple[str, ...],
        Meta(description="Origins whose pages may use Roundware's surface (CORS); `*` is every one."),
    ] = ()
    sign_up: Annotated[
        bool, Meta(description="Let anyone sign up at `/api/2/users/` for a token that sends events.")
    ] = False
    max_body: Annotated[
        int,
        Meta(ge=1024, le=2**30, extra=_BYTES, description="The largest request body, decompressed."),
    ] = 32 * 2**20
    max_recording: Annotated[
        int,
        Meta(
            ge=1024, le=2**40, extra=_BYTES, description="The largest recording that is uploaded or fetched."
        ),
    ] = 2 * 2**30
    max_fetched: Annotated[
        int,
        Meta(
            ge=0, le=2**50, extra=_BYTES, description="What recordings that were fetched may take together."
        ),
    ] = 10 * 2**30
    media_prefixes: Annotated[
        tuple[str, ...],
        Meta(description="Addresses that recordings may be fetched from, each with all below it."),
    ] = ()
    max_events: Annotated[
        int, Meta(ge=1, le=10_000, description="The most events that one request may bring.")
    ] = 10_000
    max_queue: Annotated[
        int,
        Meta(ge=1, le=10_000_000, description="The most events waiting to be written; then 503."),
    ] = 50_000
    wait: Annotated[
        float,
        Meta(ge=0, le=60, extra=_SECONDS, description="How long a read waits for its `min_position`."),
    ] = 5.0
    write_wait: Annotated[
        float,
        Meta(ge=0, le=60, extra=_SECONDS, description="How long a write waits until its events can be read."),
    ] = 2.0
    heartbeat: Annotated[
        float,
        Meta(ge=0.05, le=600, extra=_SECONDS, description="The time between two signs of life of a stream."),
    ] = 15.0
    write_timeout: Annotated[
        float,
        Meta(
            ge=0.05,
            le=600,
            extra=_SECONDS,
            description="How long a slow reader may block a stream or a long answer.",
        ),
    ] = 10.0
    max_streams: Annotated[int, Meta(ge=0, le=100_000, description="The most live streams open at once.")] = (
        1000
    )
    max_renders: Annotated[
        int, Meta(ge=1, le=64, description="The most blocks of sound being made at one moment.")
    ] = 2
    render_wait: Annotated[
        float,
        Meta(ge=0, le=60, extra=_SECONDS, description="How long a sound waits for its turn; then 503."),
    ] = 5.0
    max_sounds: Annotated[
        int, Meta(ge=1, le=1000, description="The most sounds that are being sent at once.")
    ] = 32
    max_spool: Annotated[
        int,
        Meta(ge=2**20, le=2**50, extra=_BYTES, description="What decoded recordings may take on the disk."),
    ] = 8 * 2**30
    max_encoded: Annotated[
        int,
        Meta(
            ge=0,
            le=2**50,
            extra=_BYTES,
            description="What FLAC, MP3 and Opus that were made may take together.",
        ),
    ] = 2 * 2**30
    thresholds: Annotated[
        Thresholds,
        Meta(description="What findings must exceed, where not the defaults of `docs/findings.md`."),
    ] = DEFAULTS
    shutdown: Annotated[
        float,
        Meta(ge=0, le=600, extra=_SECONDS, description="How long open requests may take when it stops."),
    ] = 10.0
    log_level: Annotated[LogLevel, Meta(description="The least weight of what is written to stderr.")] = (
        "info"
    )
    access_log: Annotated[
        bool, Meta(description="Write a line for each request: it costs an eighth of the speed and more.")
    ] = False


class BadSetting(Invalid):
    """A setting that cannot be used: its message names the setting and where the value came from."""


class Setting(Struct, frozen=True):
    """One row of the table."""

    name: str
    type: Any
    bounds: Meta
    default: Any

    @property
    def flag(self) -> str:
        """The option of the command line."""
        return "--" + self.name.replace("_", "-")

    @property
    def variable(self) -> str:
        """The environment variable."""
        return PREFIX + self.name.upper()

    @property
    def meaning(self) -> str:
        """What it is for, in a sentence."""
        return self.bounds.description or ""

    @property
    def unit(self) -> str | None:
        """`bytes` or `seconds`, for a number that has one."""
        return (self.bounds.extra or {}).get("unit")

    @property
    def form(self) -> str:
        """What a value looks like, in words: `a whole number from 0 to 65535`."""
        if self.type in _FORMS:
            return _FORMS[self.type]
        if get_origin(self.type) is Literal:
            return "one of " + ", ".join(get_args(self.type))
        if self.unit == "bytes":
            low, high = _show_size(self.bounds.ge or 0), _show_size(self.bounds.le or 0)
            return f"a size from {low} to {high}"
        kind = "a whole number" if self.type is int else "a number of seconds"
        return f"{kind} from {self.bounds.ge:,} to {self.bounds.le:,}".replace(",", "")

    def show(self, value: Any) -> str:
        """A value as a person writes it: `32 MiB`, `yes`, `127.0.0.1`."""
        if isinstance(value, bool):
            return "yes" if value else "no"
        if self.unit == "bytes":
            return _show_size(value)
        if isinstance(value, tuple):
            return ", ".join(value)
        if isinstance(value, Thresholds):
            changed = {name: getattr(value, name) for name in LIMITS}
            return ", ".join(f"{k}={v:g}" for k, v in changed.items() if v != LIMITS[k].default)
        return f"{value:g}" if isinstance(value, float) else str(value)

    def read(self, value: object, origin: str) -> Any:
        """Check a value that came from `origin`; a text may stand for any type. Raises `BadSetting`."""
        try:
            found = _from_text(self, value) if isinstance(value, str) else value
            if isinstance(found, Path | Thresholds):
                return found
            return msgspec.convert(found, Annotated[self.type, self.bounds])
        except Invalid as error:
            raise BadSetting(self.name, f"{self.name}: {error.message} (from {origin})") from None
        except (msgspec.ValidationError, ValueError, TypeError):
            raise BadSetting(
                self.name, f"{self.name} must be {self.form}, not {_shown(value)} (from {origin})"
            ) from None


_FORMS: dict[Any, str] = {
    Path: "a path that is text",
    str: "a text that is not empty",
    bool: "yes or no",
    tuple[str, ...]: "names separated by commas",
    Thresholds: "thresholds such as gap=0.1, overrun=5",
}
_WORDS = {
    "yes": True,
    "true": True,
    "on": True,
    "1": True,
    "no": False,
    "false": False,
    "off": False,
    "0": False,
}
_UNITS = {"": 1, "b": 1, "kib": 2**10, "mib": 2**20, "gib": 2**30, "kb": 10**3, "mb": 10**6, "gb": 10**9}


def _table() -> tuple[Setting, ...]:
    hints = get_type_hints(Settings, include_extras=True)
    rows = []
    for field in msgspec.structs.fields(Settings):
        bounds = hints[field.name].__metadata__[0]
        rows.append(Setting(field.name, hints[field.name].__origin__, bounds, field.default))
    return tuple(rows)


SETTINGS: tuple[Setting, ...] = _table()


def load_settings(
    flags: Mapping[str, object],
    environ: Mapping[str, str] = os.environ,
    config: Path | None = None,
) -> Settings:
    """The settings of flags, environment and file, in that order.

    A flag that is None and a variable that is empty are absent. `config` is the file to read; without it,
    `playhead.toml` in the working folder when there is one. Raises `BadSetting`.
    """
    path = config or (Path(environ[f"{PREFIX}CONFIG"]) if environ.get(f"{PREFIX}CONFIG") else None)
    in_file = _read_file(path or Path(FILE), required=path is not None)
    values = {}
    for setting in SETTINGS:
        found = _find(setting, flags, environ, in_file)
        if found is not None:
            values[setting.name] = setting.read(*found)
    return Settings(**values)


def settings_table() -> str:
    """The table of `docs/settings.md`, in Markdown."""
    lines = ["| setting | is | default | flag | variable | meaning |", "|---|---|---|---|---|---|"]
    for row in SETTINGS:
        default = f"`{row.show(row.default)}`" if row.show(row.default) else "none"
        cells = (f"`{row.name}`", row.form, default, f"`{row.flag}`", f"`{row.variable}`", row.meaning)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _find(
    setting: Setting, flags: Mapping[str, object], environ: Mapping[str, str], in_file: Mapping[str, Any]
) -> tuple[object, str] | None:
    if flags.get(setting.name) is not None:
        return flags[setting.name], setting.flag
    if environ.get(setting.variable):
        return environ[setting.variable], setting.variable
    return in_file.get(setting.name)


def _read_file(path: Path, *, required: bool) -> dict[str, tuple[object, str]]:
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if required:
            raise BadSetting("config", f"there is no settings file {path}") from None
        return {}
    except (OSError, ValueError) as error:
        raise BadSetting("config", f"the settings file {path} cannot be read: {error}") from None
    names = [setting.name for setting in SETTINGS]
    for key in document.keys() - set(names):
        near = difflib.get_close_matches(key, names, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise BadSetting(key, f"{path} has an unknown setting: {key}{hint}")
    if isinstance(document.get("data"), str):  # a relative path starts where the file lies
        document["data"] = str(path.parent / Path(document["data"]).expanduser())
    return {key: (value, str(path)) for key, value in document.items()}


def _from_text(setting: Setting, text: str) -> object:
    if setting.type is Path:
        text.encode()  # the system allows names that are no text; no file of SQLite's and no JSON could hold them
        return Path(text).expanduser()
    if setting.type is bool:
        return _WORDS.get(text.strip().lower(), text)
    if setting.type is Thresholds:
        return read_thresholds(text)
    if setting.type == tuple[str, ...]:
        return tuple(name.strip() for name in text.split(",") if name.strip())
    if setting.unit == "bytes":
        return _read_size(text)
    return setting.type(text) if setting.type in (int, float) else text


def _read_size(text: str) -> int:
    match = re.fullmatch(r"\s*(\d{1,15})\s*([a-z]*)\s*", text.lower())
    if match is None or match[2] not in _UNITS:
        raise ValueError(text)
    return int(match[1]) * _UNITS[match[2]]


def _show_size(size: float) -> str:
    for unit, factor in (("GiB", 2**30), ("MiB", 2**20), ("KiB", 2**10)):
        if size >= factor and size % factor == 0:
            return f"{size // factor:.0f} {unit}"
    return f"{size:.0f} bytes"


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 64 else text[:61] + "..."

"""The options that commands share, made from the table of settings.

Rule 1: a setting's option takes any text; `server.settings` alone decides whether it is a good one.
Rule 2: a command that reads takes `--data` (a folder, opened read-only) or `--url` (a server, with `--token`);
        a flag beats a variable, and of the two variables PLAYHEAD_URL beats PLAYHEAD_DATA.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin

import click
from msgspec import Struct

from replay.clocks import ClockChoice
from replay.findings import LIMITS
from server.cli.documents import Query
from server.settings import SETTINGS, Setting, Settings, load_settings

F = TypeVar("F", bound=Callable[..., Any])

BY_NAME = {setting.name: setting for setting in SETTINGS}


class Place(Struct, frozen=True):
    """Where a command reads or writes: the server at `url`, or without one the folder of the settings."""

    settings: Settings
    url: str | None = None
    token: str | None = None


def takes_settings(*names: str, **instead: str) -> Callable[[F], Any]:
    """Give a command the options of these settings (without names: of all), and pass it `settings`.

    `instead` is what an option that is not given means for this command, whatever environment and file say.
    """
    rows = [BY_NAME[name] for name in names] if names else list(SETTINGS)

    def decorate(function: F) -> Any:
        @functools.wraps(function)
        def call(config: Path | None, **options: Any) -> Any:
            flags = {row.name: options.pop(row.name) for row in rows}
            flags |= {name: value for name, value in instead.items() if flags[name] is None}
            return function(settings=load_settings(flags, config=config), **options)

        return _with(call, [*(_option(row, instead.get(row.name)) for row in rows), config_option])

    return decorate


def takes_place(function: F) -> Any:
    """Give a command `--data` or `--url` and `--token`, and pass it `place`."""

    @functools.wraps(function)
    def call(
        config: Path | None, data: str | None, url: str | None, token: str | None, **options: Any
    ) -> Any:
        context = click.get_current_context()
        url_is_flag = context.get_parameter_source("url") is click.core.ParameterSource.COMMANDLINE
        if data is not None and url_is_flag:
            raise click.UsageError("--data and --url exclude each other: give one of them.")
        settings = load_settings({"data": data}, config=config)
        return function(place=Place(settings, None if data is not None else url, token), **options)

    return _with(call, [_option(BY_NAME["data"]), url_option, token_option, config_option])


def _with(call: Callable[..., Any], options: list[Callable[[Any], Any]]) -> Any:
    for option in reversed(options):
        call = option(call)
    return call


def _option(row: Setting, instead: str | None = None) -> Callable[[Any], Any]:
    default = row.show(row.default) or "none"
    origin = f"default: {instead}" if instead else f"{row.variable}; default: {default}"
    text = f"{row.meaning} [{origin}]"
    if row.type is bool:
        flags = f"{row.flag}/--no-{row.flag.removeprefix('--')}"
        return click.option(flags, row.name, default=None, help=text)
    return click.option(row.flag, row.name, metavar=_metavar(row), help=text)


def _metavar(row: Setting) -> str:
    if row.unit is not None:
        return {"bytes": "SIZE", "seconds": "SECONDS"}[row.unit]
    if get_origin(row.type) is tuple:
        return "NAMES"
    if row.type is Path:
        return "DIR"
    return "|".join(get_args(row.type)) or ("N" if row.type is int else row.name.upper())


config_option = click.option(
    "--config",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The settings file. [PLAYHEAD_CONFIG; default: playhead.toml in the working folder, if any]",
)
url_option = click.option(
    "--url", envvar="PLAYHEAD_URL", metavar="URL", help="A server, in place of a data folder. [PLAYHEAD_URL]"
)
token_option = click.option(
    "--token", envvar="PLAYHEAD_TOKEN", metavar="TOKEN", help="The token for --url. [PLAYHEAD_TOKEN]"
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, for scripts.")
as_of_option = click.option(
    "--as-of", metavar="POSITION|TIME", help="As it was known at a position, or at a recorded time."
)
clock_option = click.option(
    "--clock",
    type=click.Choice(get_args(ClockChoice)),
    help="In the devices' own times, or in the server's as far as their clocks are known. [default: device]",
)


def _thresholds(_context: click.Context, _option: click.Parameter, given: tuple[str, ...]) -> Query:
    pairs = dict(part.partition("=")[::2] for part in given)
    for name in pairs:
        if name not in LIMITS:
            raise click.BadParameter(f"{name!r} is no threshold; there are {', '.join(LIMITS)}")
    return dict(pairs)


threshold_option = click.option(
    "--threshold",
    "thresholds",
    multiple=True,
    metavar="NAME=NUMBER",
    callback=_thresholds,
    help="What a finding must exceed, such as gap=0.1; several may be given. [default: the setting]",
)
log_option = click.option("--log", metavar="LOG", help="The event log to look in.")


def seconds(text: str) -> float:
    """A moment of a session, in seconds or as a clock shows it: `75`, `1:15`, `1:02:03.5`, `-4`."""
    match = re.fullmatch(r"(-?)(?:(?:(\d{1,6}):)?(\d{1,6}):)?(\d{1,12}(?:\.\d{1,9})?)", text, re.ASCII)
    if match is None:
        raise click.BadParameter(f"{text!r} is no moment, such as 75 or 1:15")
    sign, hours, minutes, rest = match.groups()
    return (-1 if sign else 1) * (int(hours or 0) * 3600 + int(minutes or 0) * 60 + float(rest))

"""Lists of devices: the filters, and the query they become."""

from __future__ import annotations

import msgspec

from projections.listing import Listing, among, holding, one_log


class DeviceFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which devices to list; None means all.

    `logs`: those that may be read. `text`: part of the device's id, in any case.
    """

    logs: frozenset[str] | None = None
    log: str | None = None
    text: str | None = None


class DeviceRow(msgspec.Struct, frozen=True):
    """What a list shows of a device. Times are microseconds UTC.

    `first` and `last` are the positions of its oldest and newest record still there, `recorded` when the newest was
    recorded.
    """

    first: int
    log: str
    device: str
    last: int
    recorded: int
    events: int
    first_time: int
    last_time: int


class DevicePage(msgspec.Struct, frozen=True):
    """Devices, newest first; `next` is the `before` of the next page; `position` is where the view stands."""

    devices: tuple[DeviceRow, ...]
    next: int | None
    position: int


COLUMNS = "first, log, device, last, recorded, events, first_time, last_time"
WIDTH = 8
"""How many `COLUMNS` there are."""


def list_devices(wanted: DeviceFilter) -> Listing:
    """The query for the devices that a filter lets through."""
    log = one_log(wanted.logs, wanted.log)
    if log is None:
        listing = Listing("devices", "first", COLUMNS, WIDTH)
    else:
        source = "devices INDEXED BY devices_by_log"
        listing = Listing(source, "first", COLUMNS, WIDTH, ["log = :log"], parameters={"log": log})
    if wanted.logs is not None:
        listing.only("log IN (SELECT value FROM json_each(:logs))", logs=among(wanted.logs))
    if wanted.text:
        condition, parameters = holding(wanted.text, "device")
        listing.only(f"({condition})", **parameters)
    return listing

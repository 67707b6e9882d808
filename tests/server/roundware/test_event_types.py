"""Every type that Roundware's clients and servers send: what it becomes, and that it comes back as it was."""

from __future__ import annotations

from typing import Any

import pytest

from tests.server.api import Api
from tests.server.roundware.test_writing import post

WEB_CLIENT = {
    "start_session": "session-started",
    "play_stream": "playback-resumed",
    "pause_stream": "playback-paused",
    "filter_stream": "filter_stream",
    "location_update": "location-changed",
    "change_listen_mode": "change_listen_mode",
    "start_record": "start_record",
    "end_record": "end_record",
    "upload_asset": "upload_asset",
}
SERVER = {
    "heartbeat": "heartbeat",
    "request_stream": "request_stream",
    "modify_stream": "modify_stream",
    "move_listener": "location-changed",
    "skip_ahead": "skip_ahead",
    "play_asset_in_stream": "play_asset_in_stream",
    "pause": "playback-paused",
    "resume": "playback-resumed",
    "cleanup_session": "cleanup_session",
    "vote_asset": "vote_asset",
}


@pytest.mark.parametrize(("theirs", "ours"), {**WEB_CLIENT, **SERVER}.items())
async def test_each_type_is_kept_as_what_it_says_and_shown_as_it_was(
    api: Api, theirs: str, ours: str
) -> None:
    told: dict[str, Any] = {
        "session_id": 7,
        "event_type": theirs,
        "latitude": "1.5",
        "longitude": "2",
        "data": "some data",
    }
    posted = (await post(api, "events/", **told)).document
    assert {name: posted[name] for name in told} == told
    assert (await api.get(f"/api/2/events/{posted['id']}/")).document == posted
    [kept] = (await api.get("/api/v1/events")).document["events"]
    assert (kept["type"], kept["session"]) == (ours, "7")


@pytest.mark.parametrize(
    "theirs", [theirs for theirs, ours in {**WEB_CLIENT, **SERVER}.items() if theirs == ours]
)
async def test_a_type_that_says_nothing_of_ours_is_a_mark(api: Api, theirs: str) -> None:
    await post(api, "events/", session_id=7, event_type=theirs)
    replay = (await api.get("/api/v1/sessions/7/replay")).document
    assert [mark["type"] for mark in replay["marks"]] == [theirs]

"""`GET /api/v1/assets` and `/{id}`: what is known of each asset, newest first, in stable pages."""

from __future__ import annotations

from typing import Any

from tests.replay.recordings.making import wav
from tests.server.api import Api, event
from tests.server.assets.conftest import Put


async def describe(api: Api, asset: str, id: str | None = None, log: str = "default", **data: Any) -> None:
    answer = await api.send(
        event(id or f"{log}-{asset}", "asset-described", log=log, data={"asset": asset, **data})
    )
    assert answer.status == 200


async def listed(api: Api, token: str = "admin", **parameters: object) -> list[str]:
    answer = await api.get("/api/v1/assets", parameters, token=token)
    assert answer.status == 200
    return [row["asset"] for row in answer.document["assets"]]


async def test_the_newest_asset_comes_first_and_keeps_its_place(api: Api) -> None:
    for asset in "abc":
        await describe(api, asset)
    assert await listed(api) == ["c", "b", "a"]
    await describe(api, "a", "again", title="A")
    assert await listed(api) == ["c", "b", "a"]
    [*_, first] = (await api.get("/api/v1/assets")).document["assets"]
    assert (first["description"], first["position"]) == ({"asset": "a", "title": "A"}, 4)


async def test_pages_lose_and_repeat_nothing_while_assets_are_described(api: Api) -> None:
    for number in range(10):
        await describe(api, f"a{number}")
    answer = await api.get("/api/v1/assets", {"limit": 4})
    found = [row["asset"] for row in answer.document["assets"]]
    while answer.document["next"]:
        await describe(api, f"new{len(found)}")
        await describe(api, "a0", f"again{len(found)}")
        assert answer.headers["Link"] == f'<{answer.document["next"]}>; rel="next"'
        answer = await api.get(answer.document["next"])
        found += [row["asset"] for row in answer.document["assets"]]
    assert found == [f"a{number}" for number in reversed(range(10))]


async def test_a_list_can_be_of_one_log_and_of_one_text(api: Api) -> None:
    await describe(api, "fountain", log="park")
    await describe(api, "fountain", log="museum")
    await describe(api, "Bell_1", log="park")
    assert await listed(api) == ["Bell_1", "fountain", "fountain"]
    assert await listed(api, log="park") == ["Bell_1", "fountain"]
    assert await listed(api, text="L_1") == ["Bell_1"]
    assert await listed(api, token="park") == ["Bell_1", "fountain"]
    assert await listed(api, text="l%") == []


async def test_the_last_description_counts_as_a_whole(api: Api, put: Put) -> None:
    await put("a", wav())
    await describe(api, "a", title="A")
    one = (await api.get("/api/v1/assets/a")).document
    assert one["description"] == {"asset": "a", "title": "A"}
    assert one["recording"] == {"there": False, "fault": "its description has no url"}


async def test_an_erased_description_leaves_the_one_before_it(api: Api) -> None:
    await describe(api, "a", "1", title="first")
    await describe(api, "a", "2", title="second")
    await api.ask("DELETE", "/api/v1/events/2")
    assert (await api.get("/api/v1/assets/a")).document["description"]["title"] == "first"
    await api.ask("DELETE", "/api/v1/events/1")
    assert (await api.get("/api/v1/assets/a")).status == 404
    assert await listed(api) == []


async def test_one_asset_says_what_its_recording_holds(api: Api, put: Put) -> None:
    await put("a", wav(0.5, 44_100, 2))
    one = (await api.get("/api/v1/assets/a")).document
    assert one["recording"] == {
        "there": True,
        "fault": None,
        "duration": 0.5,
        "container": "wav",
        "codec": "pcm_s16le",
        "channels": 2,
        "rate": 44_100,
        "cut_off": False,
        "media_type": "audio/wav",
    }
    for link in one["links"].values():
        assert (await api.get(link)).status == 200


async def test_a_list_looks_at_what_is_there_and_into_nothing(api: Api) -> None:
    folder = api.services.media.recordings.folder("default")
    folder.mkdir(parents=True)
    (folder / "broken.wav").write_bytes(b"hello")
    await describe(api, "broken", url="broken.wav")
    await describe(api, "gone", url="gone.wav")
    gone, broken = (await api.get("/api/v1/assets")).document["assets"]
    assert gone["recording"] == {"there": False, "fault": "there is no such file"}
    assert broken["recording"] == {"there": True, "fault": None}
    await api.get("/api/v1/assets/broken")
    _, broken = (await api.get("/api/v1/assets")).document["assets"]
    assert broken["recording"]["fault"] == "it is no sound file, or a broken one"


async def test_an_unknown_asset_is_not_found(api: Api) -> None:
    await describe(api, "a", log="park")
    assert (await api.get("/api/v1/assets/a")).status == 404
    assert (await api.get("/api/v1/assets/a", {"log": "park"})).status == 200

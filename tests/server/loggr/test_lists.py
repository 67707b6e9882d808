"""Lists over HTTP: any page, deep ones too, searches that are cut off, logs that grow while they are read."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs

import pytest

from projections import Bounds
from projections.logbook import search
from tests.server.api import Api, Reply, event

PATH = "/logs/shop/events"


def line(number: int, **data: Any) -> dict[str, object]:
    return event(f"{number:024x}", type="log-line", log="shop", data={"text": f"line {number}", **data})


async def fill(api: Api, count: int, **data: Any) -> None:
    assert (await api.send(*(line(number, **data) for number in range(count)))).status == 200


def texts(answer: Reply) -> list[int]:
    assert answer.status == 200, answer.body
    return [int(one["text"].split()[1]) for one in answer.document]


async def listed(api: Api, **parameters: object) -> list[int]:
    return texts(await api.get(PATH, parameters, token="read"))


async def test_a_page_has_a_hundred_lines_unless_asked_otherwise_and_never_above_500(api: Api) -> None:
    await fill(api, 620)
    assert await listed(api) == list(range(100))
    assert await listed(api, pagenum=2) == list(range(100, 200))
    assert await listed(api, pagesize=501) == list(range(500))
    assert await listed(api, pagesize=10**14, pagenum=2) == list(range(500, 620))
    assert await listed(api, pagesize=1, pagenum=620) == [619]
    assert await listed(api, order="desc", pagesize=3, pagenum=2) == [616, 615, 614]


async def test_pages_by_number_of_any_filter_are_parts_of_the_whole(api: Api) -> None:
    await fill(api, 60, tags=["a", "b"], source="web", **{"class": "c"})
    for parameters in ({"tags": "a"}, {"tags": "a b"}, {"text": "line"}, {"text": "[0-9]", "source": "web"}):
        whole = await listed(api, **parameters)
        assert whole == list(range(60))
        pages = [await listed(api, pagesize=25, pagenum=number, **parameters) for number in (1, 2, 3, 4)]
        assert [number for page in pages for number in page] == whole


async def test_who_polls_with_sinceid_misses_nothing_and_gets_nothing_twice(api: Api) -> None:
    await fill(api, 1)
    [last] = (await api.get(PATH, token="read")).document
    seen: list[int] = []
    for number in range(1, 40, 3):
        await api.send(*(line(number + more) for more in range(3)))
        answer = await api.get(PATH, {"sinceid": last["id"]}, token="read")
        seen += texts(answer)
        last = answer.document[-1]
    assert seen == list(range(1, 40))
    assert await listed(api, sinceid=last["id"]) == []


def onward(answer: Reply) -> dict[str, str] | None:
    """The parameters of the link to the rest of a search that was cut off."""
    if "Link" not in answer.headers:
        return None
    found = re.fullmatch(r'<(/logs/shop/events)\?(.*)>; rel="next"', answer.headers["Link"])
    assert found
    assert "apikey" not in found[2]
    return {name: values[-1] for name, values in parse_qs(found[2]).items()}


@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize(("pagenum", "pagesize"), [(1, 100), (2, 5), (3, 4)])
async def test_a_search_that_is_cut_off_says_so_and_its_link_goes_on(
    api: Api, monkeypatch: pytest.MonkeyPatch, order: str, pagenum: int, pagesize: int
) -> None:
    monkeypatch.setattr(search, "FIRST_STEP", 10)
    monkeypatch.setattr(search, "LONGEST_STEP", 20)
    await fill(api, 150)
    api.services.projections.logbook.bounds = Bounds(texts=15)
    truth = [number for number in range(150) if number % 10 == 7]
    if order == "desc":
        truth.reverse()
    parameters: dict[str, Any] | None = {
        "text": "7$", "order": order, "pagenum": pagenum, "pagesize": pagesize, "apikey": api.tokens["read"],
    }  # fmt: skip
    gathered: list[int] = []
    cuts = 0
    while parameters is not None:
        answer = await api.get(PATH, parameters, token="read")
        gathered += texts(answer)
        parameters = onward(answer)
        scanned = answer.headers.get("Playhead-Scanned", "0")
        assert scanned.endswith("; incomplete") == (parameters is not None)
        cuts += parameters is not None
    first = (pagenum - 1) * pagesize
    assert gathered[:pagesize] == truth[first : first + pagesize]
    assert cuts >= 1


async def test_a_link_passes_on_what_a_list_knows_and_nothing_else(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "FIRST_STEP", 10)
    monkeypatch.setattr(search, "LONGEST_STEP", 20)
    await fill(api, 100)
    api.services.projections.logbook.bounds = Bounds(texts=15)
    answer = await api.get(PATH, {"text": "7$", "jsonp": "x" * 5000, "order": "desc"}, token="read")
    assert set(onward(answer) or ()) - {"apikey"} == {"text", "order", "cursor"}


async def test_a_search_tells_what_it_read_and_where_the_index_stood(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "FEW", 0)
    await fill(api, 30)
    position = await api.services.projections.trailing.catch_up()
    answer = await api.get(PATH, {"text": "line 17"}, token="read")
    assert (answer.headers["Playhead-Scanned"], answer.headers["Playhead-Indexed"]) == ("1", str(position))
    assert "Link" not in answer.headers
    plain = await api.get(PATH, token="read")
    assert not {"Playhead-Scanned", "Playhead-Indexed", "Link"} & set(plain.headers)
    status = (await api.get("/readyz")).document["trailing"]
    standing = {view["name"]: (view["position"], view["lag"]) for view in status}
    assert standing["text"] == (position, 0)


async def test_while_nothing_is_indexed_a_search_is_exact_all_the_same(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "FEW", 0)
    await fill(api, 30)
    assert await listed(api, text="line 1") == [1, *range(10, 20)]

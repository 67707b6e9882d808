"""Searching a log: exact, however far the index is; cut off only with a word about it, and a way on."""

from __future__ import annotations

import random
from typing import Any

import msgspec
import pytest

from projections import Bounds, LineFilter, LinePage
from projections.logbook import search
from projections.logbook.candidates import Candidates, Span, TextIndex
from replay.log.contract import Record
from tests.projections.house import House
from tests.projections.logbook.lines import expected, line, wanted

WORDS = ["timeout", "Timeout", "late", "cache miss", "🌿 kort", "a", "", "été", "100 %", '"quoted"', "x\ny"]
EXPRESSIONS = [
    "timeout", "Timeout", "(?i)timeout", "(?i)cache", "cache miss", "time.*late", "timeout|late", "(timeout|late)$",
    "^late", "🌿", "🌿 k", "été", "100 %", '"quoted"', "x\ny", r"x\sy", "nothing like it", "z", ".", "^$", r"\d+ %",
]  # fmt: skip


def found(page: LinePage) -> list[int]:
    return [record.position for record in page.records]


async def index(house: House) -> int:
    return await house.projections.trailing.catch_up()


@pytest.fixture
def always_indexed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The index is asked however few lines there are."""
    monkeypatch.setattr(search, "FEW", 0)


@pytest.fixture(params=["all", "half", "none"])
async def told(request: pytest.FixtureRequest, wide: House) -> tuple[House, list[Record]]:
    """A house with lines of which all, a half or none are indexed; some were erased, before and after."""
    chance = random.Random(11)
    for part in range(4):
        events = [
            line(
                " ".join(chance.choices(WORDS, k=chance.randrange(1, 5))),
                at=number,
                tags=chance.sample(["a", "b", "c"], chance.randrange(3)),
                source=chance.choice([None, "s"]),
                log=chance.choice(["default", "default", "other"]),
            )
            for number in range(60)
        ]
        positions = await wide.tell(*events)
        await wide.erase(*chance.sample(positions, 5))
        if (request.param, part) in (("half", 1), ("all", 3)):
            await index(wide)
            await wide.erase(*chance.sample(positions, 5))
    return wide, await wide.log.read(0, 10_000)


FILTERS: list[dict[str, Any]] = [{}, {"tags": "a"}, {"tags": "a b"}, {"source": "s", "tags": "c"}]


@pytest.mark.usefixtures("always_indexed")
async def test_a_search_finds_what_reading_every_line_finds(told: tuple[House, list[Record]]) -> None:
    house, records = told
    chance = random.Random(3)
    for expression in EXPRESSIONS:
        for log in ("default", "other"):
            sought = wanted(
                log,
                text=expression,
                ascending=chance.random() < 0.5,
                after=chance.choice([0, 0, records[40].position]),
                **chance.choice(FILTERS),
            )
            truth = expected(records, sought)
            page = await house.projections.logbook.lines(sought, limit=500)
            assert (found(page), page.next, page.complete) == (truth, None, True), (expression, sought)


async def test_lines_that_have_several_labels_are_found(told: tuple[House, list[Record]]) -> None:
    house, records = told
    for more in (
        {"tags": "a b"},
        {"tags": "a b c"},
        {"tags": "b", "source": "s"},
        {"tags": "a", "source": "no"},
    ):
        for ascending in (True, False):
            sought = wanted(ascending=ascending, **more)
            truth = expected(records, sought)
            page = await house.projections.logbook.lines(sought, skip=2, limit=3)
            assert found(page) == truth[2:5]
            assert (page.next is not None) == (len(truth) > 5)


@pytest.mark.usefixtures("always_indexed")
@pytest.mark.parametrize("ascending", [True, False])
async def test_pages_of_a_search_lose_and_repeat_nothing(
    told: tuple[House, list[Record]], ascending: bool
) -> None:
    house, records = told
    sought = wanted(text="timeout", ascending=ascending)
    truth = expected(records, sought)
    gathered: list[int] = []
    while True:
        page = await house.projections.logbook.lines(sought, limit=7)
        gathered += found(page)
        if page.next is None:
            break
        sought = onward(sought, page.next)
    assert gathered == truth


def onward(sought: LineFilter, place: int) -> LineFilter:
    return msgspec.structs.replace(sought, **({"after": place} if sought.ascending else {"before": place}))


@pytest.mark.usefixtures("always_indexed")
async def test_pages_by_number_are_those_of_the_whole(told: tuple[House, list[Record]]) -> None:
    house, records = told
    truth = expected(records, wanted(text="late"))
    for skip in range(0, len(truth) + 5, 5):
        page = await house.projections.logbook.lines(wanted(text="late"), skip=skip, limit=5)
        assert found(page) == truth[skip : skip + 5]


@pytest.mark.parametrize("ascending", [True, False])
@pytest.mark.parametrize("bounds", [Bounds(texts=30), Bounds(lines=30), Bounds(seconds=0)])
@pytest.mark.parametrize("skip", [0, 9])
async def test_a_search_that_is_cut_off_says_so_and_goes_on_where_it_stopped(
    wide: House, monkeypatch: pytest.MonkeyPatch, ascending: bool, bounds: Bounds, skip: int
) -> None:
    monkeypatch.setattr(search, "FIRST_STEP", 10)
    monkeypatch.setattr(search, "LONGEST_STEP", 20)
    await wide.tell(*(line(f"line {number}") for number in range(200)))
    sought = wanted(text="0$", ascending=ascending)
    truth = expected(await wide.log.read(0, 1000), sought)
    gathered: list[int] = []
    cuts, left = 0, skip
    wide.projections.logbook.bounds = bounds
    while True:
        page = await wide.projections.logbook.lines(sought, skip=left, limit=5)
        gathered += found(page)
        if page.next is None:
            break
        cuts += not page.complete
        left = page.skip
        sought = onward(sought, page.next)
        assert page.complete or page.texts <= 40
    assert gathered == truth[skip:]
    assert cuts > 2


async def test_a_page_that_is_full_before_the_bound_is_complete(wide: House) -> None:
    await wide.tell(*(line(f"line {number}") for number in range(50)))
    wide.projections.logbook.bounds = Bounds(texts=1)
    page = await wide.projections.logbook.lines(wanted(text="."), limit=10)
    assert (len(page.records), page.complete) == (10, True)


async def test_an_answer_says_how_many_texts_it_read_and_where_the_index_stands(
    wide: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "FEW", 0)
    await wide.tell(*(line(f"line {number}") for number in range(120)))
    book = wide.projections.logbook
    assert (await book.lines(wanted())).indexed is None
    unread = await book.lines(wanted(text="line 77"))
    assert (unread.indexed, unread.texts) == (0, 120)
    indexed = await index(wide)
    assert indexed == wide.projections.position
    read = await book.lines(wanted(text="line 77"))
    assert (read.indexed, read.texts) == (indexed, 1)
    await wide.tell(line("line 77 again"))
    more = await book.lines(wanted(text="line 77"))
    assert (more.indexed, more.texts, len(more.records)) == (indexed, 2, 2)


@pytest.mark.usefixtures("always_indexed")
async def test_what_demands_too_much_or_nothing_is_read_line_by_line(wide: House) -> None:
    await wide.tell(*(line(f"line {number}") for number in range(50)))
    await index(wide)
    for text in ("l.n.", "|".join(f"line {number:04}" for number in range(70))):
        page = await wide.projections.logbook.lines(wanted(text=text))
        assert page.indexed is None
        assert page.texts == 50


@pytest.mark.usefixtures("always_indexed")
async def test_a_small_log_is_searched_within_a_large_server_by_its_mark(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.tell(
        *(line("the same text", log="large") for _ in range(100)), line("the same text", log="small")
    )
    await index(house)
    asked: list[tuple[str, int]] = []
    find = TextIndex.find

    async def noting(self: TextIndex, match: str, span: Span, limit: int) -> Candidates:
        candidates = await find(self, match, span, limit)
        asked.append((match, len(candidates.positions)))
        return candidates

    monkeypatch.setattr(TextIndex, "find", noting)
    assert len((await house.projections.logbook.lines(wanted("small", text="same"))).records) == 1
    assert asked[-1][1] == 1
    assert len((await house.projections.logbook.lines(wanted("large", text="same"))).records) == 100
    assert asked[-1] == ('("sam" AND "ame")', 101)


@pytest.mark.usefixtures("always_indexed")
async def test_letters_with_several_other_forms_are_found_in_any_case(wide: House) -> None:
    texts = ["KELVIN", "\u212aelvin sign", "kelvin", "LONG s", "long \u017f", "ÉTÉ", "été"]
    positions = await wide.tell(*(line(text) for text in texts))
    await index(wide)
    for expression, many in (("(?i)kelvin", 3), ("(?i)long s", 2), ("(?i)été", 2), ("kelvin", 1)):
        page = await wide.projections.logbook.lines(wanted(text=expression))
        assert len(found(page)) == many, expression
    assert len(positions) == 7


@pytest.mark.usefixtures("always_indexed")
async def test_texts_with_zeros_and_of_any_length_are_found(wide: House) -> None:
    texts = ["before\0after", "ab", "x" * 60_000 + "needle", "needle" * 300]
    positions = await wide.tell(*(line(text) for text in texts))
    await index(wide)
    for expression, at in (
        ("after", [0]),
        (r"e\x00a", [0]),
        ("ab", [1]),
        ("needle", [2, 3]),
        ("needle" * 120, [3]),
    ):
        page = await wide.projections.logbook.lines(wanted(text=expression))
        assert found(page) == [positions[place] for place in at]

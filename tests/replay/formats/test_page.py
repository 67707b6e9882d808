"""The page: nothing from outside, nothing of a stranger's text is markup, and the data is the replay."""

from __future__ import annotations

import base64
import hashlib
from html.parser import HTMLParser

import msgspec

from replay.document import sequence
from replay.formats import page
from replay.session import Session
from tests.replay.formats.sessions import any_session, full

VOID = {"meta", "rect", "path"}


class Reader(HTMLParser):
    """Gathers the elements, what their attributes ask for, and the text of scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.asks: list[str] = []
        self.attributes: set[str] = set()
        self.raw: list[tuple[str, dict[str, str | None], str]] = []
        self._open: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        self.asks += [value or "" for name, value in attrs if name in ("src", "href", "xlink:href", "action")]
        if tag in ("script", "style"):
            self._open.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if self._open:
            self.raw.append((*self._open[-1], data))


KNOWN = {
    *(
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "h1",
        "h2",
        "p",
        "figure",
        "output",
        "script",
        "span",
    ),
    *("svg", "defs", "pattern", "rect", "path", "g", "text", "table", "thead", "tbody", "tr", "th", "td"),
}


@any_session
def test_whatever_a_session_holds_the_page_is_the_same_elements_and_the_data_is_the_replay(
    session: Session,
) -> None:
    read = Reader(page.write(session).decode())
    assert set(read.tags) <= KNOWN
    assert read.tags.count("script") == 2
    assert read.asks == []
    assert not {name for name in read.attributes if name.startswith("on")}
    [(_, attributes, data)] = [raw for raw in read.raw if raw[1].get("type") == "application/json"]
    assert attributes["id"] == "replay"
    assert msgspec.json.decode(data) == msgspec.json.decode(msgspec.json.encode(sequence(session)))


def test_the_policy_allows_the_pages_own_script_and_styles_and_nothing_else() -> None:
    read = Reader(page.write(full()).decode())
    assert page.POLICY.startswith("default-src 'none'; ")
    for _, attributes, text in read.raw:
        if "type" not in attributes:
            digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
            assert f"'sha256-{digest}'" in page.POLICY


def test_a_long_list_is_cut_and_says_so() -> None:
    session = full()
    many = msgspec.structs.replace(session.timeline, clips=session.timeline.clips[:1] * (page.MOST_ROWS + 5))
    text = page.write(msgspec.structs.replace(session, timeline=many)).decode()
    assert "and 5 more, in the data" in text

"""A client written from Loggr's own document, as someone would who knows nothing else: posts, polls, cleans up.

    python poster.py URL LOGKEY POSTING_KEY READING_KEY ADMIN_KEY TEXT...

The document says how events are listed, fetched and deleted, what they look like, and that they are posted
elsewhere; how is its agents' common knowledge: a form with an `apikey`, to `/1/logs/{logkey}/events`.
"""

from __future__ import annotations

import json
import re
import sys
import urllib.error
import urllib.parse
import urllib.request
from datetime import UTC, datetime
from typing import Any

Line = dict[str, Any]


class Loggr:
    """One log of a server."""

    def __init__(self, url: str, logkey: str) -> None:
        self.url = url
        self.logkey = logkey

    def post(self, apikey: str, text: str, **fields: str) -> None:
        form = urllib.parse.urlencode({"apikey": apikey, "text": text, **fields}).encode()
        with urllib.request.urlopen(f"{self.url}/1/logs/{self.logkey}/events", form) as answer:
            assert answer.status == 201

    def list(self, apikey: str, **parameters: object) -> list[Line]:
        query = urllib.parse.urlencode({"apikey": apikey, **parameters})
        with urllib.request.urlopen(f"{self.url}/logs/{self.logkey}/events?{query}") as answer:
            return [checked(line) for line in json.load(answer)]

    def one(self, apikey: str, id: str) -> Line:
        with urllib.request.urlopen(f"{self.url}/logs/{self.logkey}/events/{id}?apikey={apikey}") as answer:
            return checked(json.load(answer))

    def delete(self, apikey: str, id: str) -> int:
        target = f"{self.url}/logs/{self.logkey}/events/{id}?apikey={apikey}"
        try:
            with urllib.request.urlopen(urllib.request.Request(target, method="DELETE")) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            with error:
                return error.code


def checked(line: Line) -> Line:
    """A line that has every field of the document, in its form."""
    assert re.fullmatch("[0-9a-f]{24}", line["id"])
    assert isinstance(line["text"], str)
    assert isinstance(line["link"], str)
    assert isinstance(line["hash"], str)
    assert isinstance(line["tags"], list)
    assert isinstance(line["log"], str)
    assert isinstance(line["data"], bool)
    assert {"source", "class", "geo", "value"} <= line.keys()
    created(line)
    return line


def created(line: Line) -> datetime:
    found = re.fullmatch(r"/Date\((\d+)\)/", line["created"])
    assert found
    return datetime.fromtimestamp(int(found[1]) / 1000, UTC)


def main(url: str, logkey: str, posting: str, reading: str, admin: str, *texts: str) -> None:
    log = Loggr(url, logkey)
    log.post(posting, "began", tags="poster begin")
    [begin] = log.list(reading, tags="begin")
    for number, text in enumerate(texts):
        log.post(posting, text, tags="poster", source="poster", value=str(number))
    new = log.list(reading, sinceid=begin["id"], pagesize=500)
    assert [line["text"] for line in new] == list(texts)
    assert [line["value"] for line in new] == list(range(len(texts)))
    assert new == log.list(reading, source="poster")
    assert new[::-1] == log.list(reading, source="poster", order="desc")
    assert [created(line) for line in new] == sorted(created(line) for line in new)
    assert sorted(line["id"] for line in new) == [line["id"] for line in new]
    bottom = re.sub(r"\D", "", begin["created"])
    assert len(log.list(reading, created=bottom, tags="poster")) == len(texts) + 1
    for line in new:
        assert log.one(reading, line["id"]) == line
        assert log.delete(reading, line["id"]) == 403
        assert log.delete(admin, line["id"]) == 204
        assert log.delete(admin, line["id"]) == 404
    assert log.list(reading, source="poster") == []
    print(f"posted, listed and deleted {len(new)} events")


if __name__ == "__main__":
    main(*sys.argv[1:])

"""A client written from Vinli's own document alone, as someone would who knows nothing else: it reads a history.

    python pager.py URL DEVICE LIMIT AUTHORIZATION [TYPE]

The document shows the path, the parameters, the envelope and one link. How to log in stands elsewhere: the
header is given as a whole.
"""

from __future__ import annotations

import json
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from datetime import datetime
from typing import Any

Event = dict[str, Any]


class Events:
    """The event service at a URL."""

    def __init__(self, url: str, authorization: str) -> None:
        self.url = url
        self.headers = {"Accept": "application/json", "Authorization": authorization}

    def pages(self, device: str, **parameters: object) -> Iterator[list[Event]]:
        """A device's events, newest first, a page at a time, by the link to the prior one."""
        link: str | None = f"{self.url}/api/v1/device/{device}/events?{urllib.parse.urlencode(parameters)}"
        while link:
            page = self.get(link)
            pagination = page["meta"]["pagination"]
            assert len(page["events"]) <= pagination["limit"]
            yield [checked(event, device) for event in page["events"]]
            link = pagination["links"].get("prior")
            assert (link is None) == (pagination["remaining"] == 0)

    def one(self, link: str) -> Event:
        """The event that a link leads to."""
        event: Event = self.get(link)["event"]
        return event

    def get(self, link: str) -> Any:
        with urllib.request.urlopen(urllib.request.Request(link, headers=self.headers)) as answer:
            assert answer.headers["Content-Type"].startswith("application/json")
            return json.load(answer)

    def refusal(self, link: str) -> Any:
        """What is said of a request that fails."""
        try:
            self.get(link)
        except urllib.error.HTTPError as error:
            with error:
                return json.load(error)
        raise AssertionError(f"{link} leads somewhere")


def checked(event: Event, device: str) -> Event:
    """An event that has every field of the document, in its form."""
    assert isinstance(event["id"], str)
    assert isinstance(event["eventType"], str)
    assert event["deviceId"] == device
    assert event["object"] is None or {"id", "type"} <= event["object"].keys()
    assert isinstance(event.get("meta", {}), dict)
    assert event["links"]["notifications"] == event["links"]["self"] + "/notifications"
    latency = moment(event["stored"]) - moment(event["timestamp"])
    assert event["storageLatency"] == round(latency * 1000)
    return event


def moment(text: str) -> float:
    """Seconds since 1970 of a date as the document writes it: three decimals and Z."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%f%z").timestamp()


def main(url: str, device: str, limit: str, authorization: str, type: str = "") -> None:
    service = Events(url, authorization)
    wanted = {"limit": limit, **({"type": type} if type else {})}
    pages = list(service.pages(device, **wanted))
    events = [event for page in pages for event in page]
    assert len({event["id"] for event in events}) == len(events)
    times = [event["timestamp"] for event in events]
    assert times == sorted(times, reverse=True)
    assert all(event["eventType"] == type for event in events if type)
    newest = events[0]
    assert service.one(newest["links"]["self"]) == newest
    since = [event for event in events if event["timestamp"] > times[-1]]
    assert since == [event for page in service.pages(device, **wanted, since=times[-1]) for event in page]
    missing = service.refusal(f"{url}/api/v1/device/{device}-nobody-knows/events")
    assert (missing["statusCode"], missing["error"]) == (404, "Not Found")
    print(f"{len(events)} events on {len(pages)} pages")


if __name__ == "__main__":
    main(*sys.argv[1:])

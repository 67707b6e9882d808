"""The same thing told twice. Reported, never dropped: the fold counts each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from replay.findings.model import NS, Case, Found
from replay.findings.words import titled
from replay.timeline import Placed
from replay.words import lasting, number


def duplicate(case: Case) -> Iterable[Found]:
    """Events of one device with the same `sequence` and another id, unless the counter began again between them."""
    for device, own in case.evidence.by_device.items():
        members = [placed for placed in own if placed.event.sequence is not None]
        if device is None or len({placed.event.sequence for placed in members}) == len(members):
            continue
        for group in _same_number(members):
            if len(group) > 1:
                event = group[0].event
                message = (
                    f"{device} counted {number(len(group), 'event')} as its number {event.sequence}, the first a "
                    f"{event.type}: they have other ids, so each was kept and counts"
                )
                positions = tuple(placed.position for placed in group)
                yield Found(group[0].time * NS, group[-1].time * NS, message, positions, len(group) - 1)


def _same_number(members: Sequence[Placed]) -> Iterable[list[Placed]]:
    """Records that share a number while the counter went on."""
    groups: dict[tuple[int, int], list[Placed]] = defaultdict(list)
    run = 0
    for index, placed in enumerate(members):
        run += _begins_again(members, index)
        groups[run, placed.event.sequence or 0].append(placed)
    return groups.values()


def _begins_again(members: Sequence[Placed], index: int) -> bool:
    """Whether the counter falls here and goes on from there: a repeat falls too, but goes back to where it was."""
    if index == 0 or index + 1 == len(members):
        return False
    before, here, after = (members[i].event.sequence or 0 for i in (index - 1, index, index + 1))
    return here < before and here < after <= before


def suspected_duplicate(case: Case) -> Iterable[Found]:
    """Starts of the same recording on one device within moments of each other, under other ids."""
    limit = case.ns("suspected_duplicate")
    starts: dict[tuple[str | None, object], list[Placed]] = defaultdict(list)
    for placed in case.by_type["listen-started"]:
        starts[placed.event.device, placed.event.data.get("asset")].append(placed)
    for members in starts.values():
        for chain in _near(members, limit):
            if len(chain) > 1:
                yield _suspected(case, chain)


def _near(members: Sequence[Placed], limit: int) -> Iterable[list[Placed]]:
    """Starts in chains: each within the limit of the one before, and not the same number told again."""
    chain: list[Placed] = []
    for placed in members:
        if chain and (placed.time - chain[-1].time) * NS > limit:
            yield chain
            chain = []
        if not chain or placed.event.sequence is None or placed.event.sequence != chain[-1].event.sequence:
            chain.append(placed)
    yield chain


def _suspected(case: Case, chain: list[Placed]) -> Found:
    first, last = chain[0].time * NS, chain[-1].time * NS
    title = titled(case.timeline, str(chain[0].event.data.get("asset")))
    message = (
        f"{title} was told to start {len(chain):,} times within {lasting(last - first)}, under other ids: "
        "it may have played once"
    )
    return Found(first, last, message, tuple(placed.position for placed in chain), len(chain) - 1)

"""A page that shows a session offline: one file, the drawing and what it means, as tables.

Rule 1: it asks for nothing from outside, and cannot: its policy allows its own two style sheets and its own script,
        each by its hash, and nothing else.
Rule 2: every text is escaped; the data for the script is JSON in which no `<` stands.
Rule 3: without the script everything is there to read; the script tells what was heard where one points.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from html import escape

import msgspec

from replay.clock import format_time
from replay.document import sequence
from replay.formats import drawing
from replay.formats.decimal import seconds
from replay.formats.naming import one_line, title
from replay.session import Session

MOST_ROWS = 2000
"""How many clips and findings a table lists; the data has them all."""

STYLE = """
body{font:14px/1.45 system-ui,sans-serif;color:#22262b;background:#fff;margin:24px auto;max-width:1240px;
padding:0 16px}
h1{font-size:20px;margin:0 0 2px}h2{font-size:15px;margin:24px 0 6px}p{margin:0 0 14px;color:#5b636d}
figure{margin:0;overflow-x:auto}figure svg{display:block}output{display:block;min-height:1.5em;font-weight:600}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:3px 10px 3px 0;vertical-align:top}
th{color:#5b636d;font-weight:500;border-bottom:1px solid #d8dce1}td{border-bottom:1px solid #eef0f2}
td:first-child,.n{font-variant-numeric:tabular-nums;white-space:nowrap}tr[data-at]{cursor:pointer}
tr[data-at]:hover,tr[data-at]:focus{background:#f2f6fa;outline:none}
span.error{color:#a81529}span.warning{color:#8a5a00}
""".strip()

SCRIPT = """
"use strict";
const replay = JSON.parse(document.getElementById("replay").textContent);
const svg = document.querySelector("figure svg"), out = document.querySelector("output");
const { begin, length, left, right } = svg.dataset;
const line = svg.appendChild(document.createElementNS(svg.namespaceURI, "path"));
line.setAttribute("class", "at");
const clock = (s) => {
  const [sign, t] = [s < 0 ? "-" : "", Math.abs(s)];
  const parts = [Math.floor(t / 3600), Math.floor(t / 60) % 60].map((n) => String(n).padStart(2, "0"));
  return sign + parts.join(":") + ":" + (t % 60).toFixed(1).padStart(4, "0");
};
const within = (list, at) => list.filter((x) => x.offset <= at && at < x.offset + x.duration);
const told = (at) => {
  const clips = within(replay.clips, at);
  const name = (clip) => (clip.title || clip.asset || clip.listen) + " (lane " + clip.lane + ")";
  if (clips.length) return clips.map(name).join(" + ");
  for (const kind of ["stalls", "pauses", "silences", "unknown"])
    if (within(replay[kind], at).length)
      return { stalls: "stalled", pauses: "paused", silences: "silence", unknown: "unknown: no data" }[kind];
  return "nothing is known here";
};
const show = (at) => {
  const x = +left + ((at - begin / 1e9) / (length / 1e9)) * (right - left);
  line.setAttribute("d", "M" + x.toFixed(2) + " 16V" + svg.viewBox.baseVal.height);
  out.textContent = clock(at) + "  " + told(at);
};
svg.addEventListener("pointermove", (event) => {
  const box = svg.getBoundingClientRect(), x = ((event.clientX - box.left) / box.width) * svg.viewBox.baseVal.width;
  const share = Math.min(1, Math.max(0, (x - left) / (right - left)));
  show(begin / 1e9 + share * (length / 1e9));
});
for (const row of document.querySelectorAll("tr[data-at]")) {
  const go = () => { show(+row.dataset.at); svg.scrollIntoView({ block: "nearest" }); };
  row.tabIndex = 0;
  row.addEventListener("click", go);
  row.addEventListener("keydown", (event) => { if (event.key === "Enter") go(); });
}
""".strip()


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


POLICY = "; ".join(
    (
        "default-src 'none'",
        f"script-src {_hash(SCRIPT)}",
        f"style-src {_hash(STYLE)} {_hash(drawing.STYLE)}",
        "base-uri 'none'",
        "form-action 'none'",
    )
)
"""The page's Content-Security-Policy."""


def write(session: Session) -> bytes:
    """The page."""
    timeline = session.timeline
    name = escape(one_line(timeline.session))
    begins = format_time(timeline.zero // 1000)
    told = f"log {one_line(timeline.log)}, as of position {timeline.position}, from {begins}"
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        f'<meta name="viewport" content="width=device-width">\n<title>Session {name}</title>\n'
        f"<style>{STYLE}</style>\n</head>\n<body>\n<h1>Session {name}</h1>\n<p>{escape(told)}</p>\n"
        f"<figure>{drawing.draw(session)}</figure>\n<output>&nbsp;</output>\n"
        f"{_findings(session)}{_clips(session)}{_totals(session)}"
        f'<script type="application/json" id="replay">{_data(session)}</script>\n'
        f"<script>{SCRIPT}</script>\n</body>\n</html>\n"
    ).encode()


def _data(session: Session) -> str:
    """The replay as JSON that can stand within an element: `<` is written as its escape."""
    return msgspec.json.encode(sequence(session)).decode().replace("<", "\\u003c")


def _findings(session: Session) -> str:
    zero = session.timeline.zero
    rows = (
        _row(
            finding.start - zero,
            [
                drawing.told_time(finding.start - zero),
                f'<span class="{finding.severity}">{finding.severity}</span>',
                escape(finding.rule),
                escape(one_line(finding.message)),
                " ".join(map(str, finding.positions)),
            ],
        )
        for finding in session.findings[:MOST_ROWS]
    )
    heads = ("at", "severity", "rule", "", "positions")
    return _table("Findings", heads, rows, len(session.findings)) if session.findings else ""


def _clips(session: Session) -> str:
    timeline = session.timeline
    rows = (
        _row(
            clip.start - timeline.zero,
            [
                drawing.told_time(clip.start - timeline.zero),
                f'<span class="n">{seconds(clip.stop - clip.start, 3)} s</span>',
                escape(title(timeline, clip)),
                escape(one_line(clip.lane)),
                clip.end + (f", {clip.cut}" if clip.cut else ""),
                " ".join(map(str, clip.positions)),
            ],
        )
        for clip in timeline.clips[:MOST_ROWS]
    )
    heads = ("at", "lasts", "recording", "lane", "end", "positions")
    return _table("Clips", heads, rows, len(timeline.clips)) if timeline.clips else ""


def _totals(session: Session) -> str:
    totals = msgspec.structs.asdict(session.timeline.totals)
    cells = [f'<span class="n">{seconds(value, 3)} s</span>' for value in totals.values()]
    return _table(
        "Totals", tuple(totals), ["<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"], 1
    )


def _table(name: str, heads: Iterable[str], rows: Iterable[str], count: int) -> str:
    head = "".join(f"<th>{cell}</th>" for cell in heads)
    more = f"<p>and {count - MOST_ROWS:,} more, in the data</p>\n" if count > MOST_ROWS else ""
    return f"<h2>{name}</h2>\n<table><thead><tr>{head}</tr></thead><tbody>\n{''.join(rows)}</tbody></table>\n{more}"


def _row(moment: int, cells: Iterable[str]) -> str:
    """A row, at a moment in nanoseconds from zero. The cells are HTML."""
    return f'<tr data-at="{seconds(moment)}">' + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>\n"

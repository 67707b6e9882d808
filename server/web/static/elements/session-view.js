// One session: its drawing, its totals, its clips as a table, and its JSON.

import "./timeline-drawing.js";
import { get, sessionPath } from "../lib/api.js";
import { heading, make } from "../lib/dom.js";
import { clock, length, moment } from "../lib/time.js";

const TOTALS = ["duration", "heard", "overlapping", "silent", "paused", "stalled", "unknown"];
const COLUMNS = ["#", "At", "Length", "Asset", "Lane", "In", "End"];
const NUMBERS = new Set(["#", "At", "Length", "In"]);
const ENDS = {
  observed: "end seen", length: "by its length", next: "by the next start", session: "with the session", open: "never ended",
};

class SessionView extends HTMLElement {
  async connectedCallback() {
    const [log, session] = [this.getAttribute("log"), this.getAttribute("session")];
    this.asking = new AbortController();
    this.replaceChildren(make("p", { class: "quiet" }, "Loading …"));
    try {
      this.show(await get(sessionPath(log, session, "/replay"), this.asking.signal), log, session);
    } catch (error) {
      if (error.name !== "AbortError") this.dispatchEvent(new CustomEvent("trouble", { bubbles: true, detail: error }));
    }
  }

  disconnectedCallback() {
    this.asking?.abort();
  }

  show(replay, log, session) {
    const drawing = make("timeline-drawing");
    drawing.replay = replay;
    this.replaceChildren(
      make("h1", {}, session),
      make("p", { class: "quiet" },
        `${moment(replay.zero)} · log ${log} · as of position ${replay.position} · ${replay.ended ? "ended" : "not ended"} · `,
        make("a", { href: sessionPath(log, session, "/replay") }, "JSON")),
      drawing,
      make("dl", { class: "totals" },
        ...TOTALS.map((name) => make("div", { class: name }, make("dt", {}, name), make("dd", {}, length(replay.totals[name]))))),
      ...findings(replay.findings),
      make("h2", {}, "Clips"),
      make("div", { class: "scroll" }, clipTable(replay.clips)),
      make("details", {}, make("summary", {}, "The whole replay as JSON"), make("pre", {}, JSON.stringify(replay, null, 2))),
    );
  }
}

function findings(list) {
  if (!list.length) return [];
  const items = list.map((one) =>
    make("li", { class: one.severity }, make("b", {}, one.severity), ` at ${clock(one.offset)}: ${one.message} (${one.rule})`));
  return [make("h2", {}, "Findings"), make("ul", { class: "findings" }, ...items)];
}

function clipTable(clips) {
  const rows = clips.map((clip) =>
    make("tr", {},
      make("td", { class: "number" }, String(clip.sequence)),
      make("td", { class: "number" }, clock(clip.offset)),
      make("td", { class: "number" }, length(clip.duration)),
      make("th", { scope: "row" }, clip.title ?? clip.asset ?? "unknown"),
      make("td", {}, clip.lane),
      make("td", { class: "number" }, length(clip.in)),
      make("td", {}, clip.cut ?? ENDS[clip.end])));
  return make("table", {}, heading(COLUMNS, NUMBERS), make("tbody", {}, ...rows));
}

customElements.define("session-view", SessionView);

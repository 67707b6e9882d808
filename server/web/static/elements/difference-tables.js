// What differs between two sessions, a difference a row, and what their times went into.

import { gravity, SIDES } from "../lib/comparison.js";
import { make, nothing } from "../lib/dom.js";
import { Part } from "../lib/part.js";
import { renew } from "../lib/renew.js";
import { clock, length } from "../lib/time.js";

const TOTALS = ["duration", "heard", "overlapping", "silent", "paused", "stalled", "unknown"];

class DifferenceTables extends Part {
  arrive() {
    this.list = make("div", {
      class: "scroll",
      tabindex: "0",
      role: "region",
      "aria-label": "Differences",
    });
    this.totals = make("div", { class: "scroll" });
    this.replaceChildren(this.list, this.totals);
    this.watch(this.comparison, ["found"], ({ found }) => this.show(found));
  }

  // The one that somebody went to stays chosen, as long as it is there.
  show(found) {
    this.differences = found.differences ?? [];
    this.at = this.differences.findIndex((each) => key(each) === this.chosen);
    renew(this.list, this.table());
    renew(this.totals, totals(found));
  }

  // To the next difference, or the one before: what it says.
  step(by) {
    const at = Math.min(Math.max(this.at + by, 0), this.differences.length - 1);
    if (at < 0) return null;
    this.go(this.differences[at]);
    return this.differences[at].message;
  }

  go(difference) {
    const { offset, duration } = difference.a ?? difference.b;
    this.at = this.differences.indexOf(difference);
    this.chosen = key(difference);
    renew(this.list, this.table());
    this.comparison.model.seek(offset);
    this.comparison.model.lookAround(offset, offset + duration);
  }

  // A session is compared with itself at one position, and differs in nothing.
  table() {
    if (!this.differences.length) return nothing("Nothing differs.");
    return make(
      "table",
      { class: "differences" },
      head(["kind", "what differs", "in a", "in b"]),
      make("tbody", {}, ...this.differences.map((each, index) => this.row(each, index === this.at))),
    );
  }

  row(difference, chosen) {
    const { kind, message } = difference;
    return make(
      "tr",
      { "data-key": key(difference) },
      make("td", {}, make("span", { class: `sign ${gravity(kind)}` }, kind)),
      make(
        "th",
        { scope: "row" },
        make(
          "button",
          {
            type: "button",
            class: "link difference",
            "aria-current": String(chosen),
            onclick: () => this.go(difference),
          },
          message,
        ),
      ),
      ...SIDES.map((side) => make("td", { class: "number", "data-side": side }, place(difference[side]))),
    );
  }
}

// What tells a difference from the others, also when both are told anew.
function key({ kind, message, a, b }) {
  return [kind, a?.listen, b?.listen, message].join(" ");
}

function place(play) {
  return play ? `${clock(play.offset)}, for ${length(play.duration)}` : "–";
}

function totals({ totals: all }) {
  const rows = TOTALS.map((name) =>
    make(
      "tr",
      {},
      make("th", { scope: "row" }, name),
      ...["a", "b", "difference"].map((column) =>
        make(
          "td",
          { class: "number" },
          column === "difference" && all[name][column] === 0 ? "–" : length(all[name][column]),
        ),
      ),
    ),
  );
  return make(
    "table",
    { class: "narrow" },
    head(["", "a", "b", "b − a"], { class: "number" }),
    make("tbody", {}, ...rows),
  );
}

function head(names, more = {}) {
  return make(
    "thead",
    {},
    make("tr", {}, ...names.map((name) => make("th", { scope: "col", ...more }, name))),
  );
}

customElements.define("difference-tables", DifferenceTables);

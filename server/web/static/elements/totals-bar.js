// What the session's time went into, each instant counted once: a bar to scale, which is the legend of the
// drawing too.

import { make } from "../lib/dom.js";
import { Part } from "../lib/part.js";
import { renew } from "../lib/renew.js";
import { length } from "../lib/time.js";

const KINDS = [
  ["heard", "clip"],
  ["silent", "silence"],
  ["paused", "pause"],
  ["stalled", "stall"],
  ["unknown", "unknown"],
];

class TotalsBar extends Part {
  arrive() {
    this.watch(this.model, ["scene"], ({ scene }) => this.show(scene.replay.totals));
  }

  show(totals) {
    const parts = KINDS.map(([name, kind]) => [name, kind, totals[name]]);
    const bar = make(
      "div",
      { class: "bar", "aria-hidden": "true" },
      ...parts.filter(([, , seconds]) => seconds > 0).map(([, kind, seconds]) => slice(kind, seconds)),
    );
    const items = parts.map(([name, kind, seconds]) => item(name, kind, seconds));
    const overlapping =
      totals.overlapping > 0 ? [item("of it two or more at once", "overlap", totals.overlapping)] : [];
    renew(
      this,
      bar,
      make("dl", {}, item("duration", "whole", totals.duration), items[0], ...overlapping, ...items.slice(1)),
    );
  }
}

function slice(kind, seconds) {
  const part = make("i", { class: kind });
  part.style.flexGrow = String(seconds);
  return part;
}

function item(name, kind, seconds) {
  return make(
    "div",
    { class: `${kind}${seconds ? "" : " none"}` },
    make("dt", {}, name),
    make("dd", {}, length(seconds)),
  );
}

customElements.define("totals-bar", TotalsBar);

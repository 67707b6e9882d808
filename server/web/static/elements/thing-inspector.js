// What is chosen, whole: a record with its latency and what it did to the timeline, or a thing of the drawing
// with the records that show it.

import "./silence-reason.js";
import { make, nothing } from "../lib/dom.js";
import { Part } from "../lib/part.js";
import { effects } from "../lib/records.js";
import { renew } from "../lib/renew.js";
import { span } from "../lib/time.js";
import { words } from "../lib/words.js";

const QUIET = new Set(["silence", "unknown", "pause", "stall"]);

class ThingInspector extends Part {
  arrive() {
    this.setAttribute("role", "region");
    this.setAttribute("aria-label", "Inspector");
    this.watch(this.model, ["chosen", "clock", "scene", "records"], () => this.show());
  }

  show() {
    const { chosen, records } = this.model.state;
    if (!chosen)
      return renew(this, nothing("Choose an event, a clip or a finding to see all of it."));
    if (chosen.kind === "reason")
      return renew(
        this,
        Object.assign(make("silence-reason"), { reason: chosen.reason, model: this.model }),
      );
    const record =
      chosen.position === undefined ? null : records.find(({ position }) => position === chosen.position);
    return renew(this, ...(record ? this.record(record) : this.thing(chosen)));
  }

  record(entry) {
    const { record } = entry;
    const did = effects(entry, this.model.replay);
    return [
      make("h3", {}, entry.type),
      facts([
        ["happened", `${record.time ?? record.recordedtime}`],
        ["recorded", `${record.recordedtime}${later(entry.lag)}`],
        ["position", String(entry.position)],
        ["source", record.source],
      ]),
      make("h4", {}, "What it did to the timeline"),
      did.length
        ? make("ul", { class: "effects" }, ...did.map((one) => make("li", {}, this.effect(one))))
        : make("p", { class: "quiet" }, "Nothing that is drawn at this position."),
      make("h4", {}, "The record"),
      make("pre", { tabindex: "0", "aria-label": "The record as JSON" }, JSON.stringify(record, null, 2)),
    ];
  }

  effect({ kind, item, does }) {
    if (kind === "asset") return `${does} ${item.title ?? item.asset}`;
    const { heading, when } = words(item, this.model.state);
    return make("span", {}, `${does} `, this.link(item, `${kind === "mark" ? item.type : heading}, ${when}`));
  }

  thing(item) {
    const { heading, when, facts: all } = words(item, this.model.state);
    const positions = item.positions ?? [];
    return [
      make("h3", {}, heading),
      make("p", { class: "when" }, when),
      facts(all.filter(([name]) => name !== "positions")),
      QUIET.has(item.kind)
        ? make(
            "p",
            {},
            make("button", { type: "button", onclick: () => this.ask(item) }, "Why was it silent here?"),
          )
        : null,
      positions.length ? make("h4", {}, "Shown by") : null,
      positions.length
        ? make(
            "ul",
            { class: "effects" },
            ...positions.slice(0, 50).map((position) => make("li", {}, this.evidence(position))),
          )
        : null,
    ].filter(Boolean);
  }

  ask({ offset, duration }) {
    const { time } = this.model.state;
    const at = time >= offset && time < offset + duration ? time : offset + duration / 2;
    this.attempt(() => this.keeper.explain(at));
  }

  evidence(position) {
    const entry = this.model.state.records.find((one) => one.position === position);
    if (!entry) return `position ${position}`;
    const text = `${entry.type} at position ${position}`;
    return make(
      "button",
      {
        type: "button",
        class: "link",
        onclick: () => this.model.seek(entry.offset, { choose: { kind: "record", duration: 0, ...entry } }),
      },
      text,
    );
  }

  link(item, text) {
    return make("button", { type: "button", class: "link", onclick: () => this.model.visit(item) }, text);
  }
}

// How long after it happened it was recorded; before, where the sender's clock is ahead.
function later(lag) {
  if (lag === null) return "";
  return lag < 0 ? ` (${span(-lag)} before its time)` : ` (${span(lag)} later)`;
}

function facts(pairs) {
  return make(
    "dl",
    { class: "facts" },
    ...pairs.map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, String(value)))),
  );
}

customElements.define("thing-inspector", ThingInspector);

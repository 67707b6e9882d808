// Why was it silent here? What the server says of a moment: one sentence, the records that it rests on, what
// else happened meanwhile, and whether it was known in time.

import { make } from "../lib/dom.js";
import { teller } from "../lib/clocks.js";
import { Part } from "../lib/part.js";

const STATES = { sounding: "clip", silent: "silence", unknown: "unknown", outside: "" };
const CAUSES = { paused: "pause", stalled: "stall" };

class SilenceReason extends Part {
  // `reason` is the server's answer, `model` the session's.
  arrive() {
    const { reason } = this;
    const tell = teller(this.model.state.clock, this.model.state.scene);
    this.replaceChildren(
      make(
        "h3",
        {},
        make("span", { class: `sign ${CAUSES[reason.cause] ?? STATES[reason.state]}` }, reason.cause),
        ` at ${tell(reason.offset)}`,
      ),
      make("p", { class: "sentence" }, reason.sentence),
      reason.late ? make("p", { class: "late-note" }, reason.late.sentence) : "",
      ...this.list("It rests on", reason.records, (one) => this.record(one, tell)),
      ...this.list("Meanwhile", reason.others, (one) => this.record(one, tell)),
      ...this.list("Found there", reason.findings, (one) => this.finding(one)),
      this.stretch(reason, tell),
    );
  }

  list(name, items, row) {
    return items.length
      ? [
          make("h4", {}, name),
          make("ul", { class: "effects" }, ...items.map((item) => make("li", {}, row(item)))),
        ]
      : [];
  }

  record({ position, type, offset, data }, tell) {
    const text = data?.text ?? data?.asset ?? data?.listen ?? "";
    return make(
      "span",
      {},
      make(
        "button",
        { type: "button", class: "link", onclick: () => this.go(position, offset) },
        `${tell(offset)} ${type}`,
      ),
      text ? ` ${text}` : "",
    );
  }

  finding({ rule, severity, message, offset }) {
    return make(
      "button",
      { type: "button", class: `link sign ${severity}`, onclick: () => this.model.seek(offset) },
      `${message} (${rule})`,
    );
  }

  stretch({ from, to }, tell) {
    if (!from || !to) return "";
    return make(
      "p",
      {},
      make(
        "button",
        { type: "button", onclick: () => this.model.lookAround(from.offset, to.offset) },
        `Look at ${tell(from.offset)} – ${tell(to.offset)}`,
      ),
    );
  }

  go(position, offset) {
    const entry = this.model.state.records.find((one) => one.position === position);
    this.model.seek(offset, { choose: entry ? { kind: "record", duration: 0, ...entry } : null });
  }
}

customElements.define("silence-reason", SilenceReason);

// Two sessions above each other, on one axis of time from each one's own zero; what differs stands in the
// line of findings, and in a table. Zoom, pan and playhead go together.

import "./timeline-view.js";
import "./totals-bar.js";
import { format, remember } from "../lib/address.js";
import { make, nothing, sentence } from "../lib/dom.js";
import { run } from "../lib/commands.js";
import { command, COMPARE_KEYS } from "../lib/keys.js";
import { Model } from "../lib/model.js";
import { Part } from "../lib/part.js";
import { SessionSource } from "../lib/session-source.js";
import { clock, length } from "../lib/time.js";
import { clamp } from "../lib/viewport.js";

const TOTALS = ["duration", "heard", "overlapping", "silent", "paused", "stalled", "unknown"];
const GRAVE = new Set(["missing", "extra", "truncated"]);
const SIDES = ["a", "b"];

class CompareView extends Part {
  async arrive() {
    const { log, session, other } = this.of;
    this.replaceChildren(
      make("p", { class: "loading", role: "status" }, `Comparing ${session} with ${other} …`),
    );
    const sources = [session, other].map(
      (name) => new SessionSource({ log, session: name }, this.leaving.signal),
    );
    await this.attempt(async () => {
      const [found, ...known] = await Promise.all([
        sources[0].compare(other, {}),
        ...sources.map((source) => source.now()),
      ]);
      if (!this.leaving.signal.aborted)
        this.open(
          found,
          known.map(({ replay }) => replay),
        );
    });
  }

  open(found, replays) {
    this.differences = found.differences ?? [];
    this.at = -1;
    this.models = SIDES.map((side, index) => this.modelOf(found, side, replays[index]));
    this.together();
    const { log } = this.of;
    const names = [this.of.session, this.of.other];
    const sides = this.models.map((model, index) =>
      make(
        "section",
        { "aria-label": `Session ${SIDES[index]}` },
        make(
          "h2",
          {},
          make("span", { class: "side" }, SIDES[index]),
          " ",
          make("a", { href: format("session", { log, session: names[index] }) }, names[index]),
        ),
        Object.assign(make("totals-bar"), { model }),
        make(
          "div",
          { class: "drawing" },
          Object.assign(make("timeline-view"), { model, of: { log, session: names[index] } }),
        ),
      ),
    );
    this.replaceChildren(
      make("h1", {}, `${names[0]} and ${names[1]}`),
      make(
        "p",
        { class: "verdict" },
        sentence(found.message),
        found.shift
          ? ` All of b is ${length(Math.abs(found.shift))} ${found.shift > 0 ? "later" : "earlier"}.`
          : "",
      ),
      ...sides,
      make(
        "div",
        { class: "scroll", tabindex: "0", role: "region", "aria-label": "Differences" },
        this.table(),
      ),
      make("div", { class: "scroll" }, totals(found)),
    );
    this.listen(window, "keydown", (event) => this.press(event));
  }

  // What a key moves: one side, which the other goes with.
  get model() {
    return this.models[0];
  }

  press(event) {
    const found = command(event, COMPARE_KEYS);
    if (!found) return;
    event.preventDefault();
    run(found, this);
  }

  // To the next difference of the table, or the one before.
  step(by) {
    const at = Math.min(Math.max(this.at + by, 0), this.differences.length - 1);
    if (at < 0) return;
    const difference = this.differences[at];
    this.go(difference);
    this.dispatchEvent(new CustomEvent("said", { bubbles: true, detail: sentence(difference.message) }));
  }

  // One side's model, on the reach of both; its findings are what differs.
  modelOf(found, side, replay) {
    const model = new Model();
    model.show({
      ...replay,
      compared: true,
      findings: (found.differences ?? []).flatMap((difference) => marked(difference, side)),
    });
    model.side = side;
    return model;
  }

  // What is seen of one is seen of the other, and their playheads stand at the same time.
  together() {
    const reach = {
      start: Math.min(...this.models.map(({ state }) => state.scene.reach.start)),
      stop: Math.max(...this.models.map(({ state }) => state.scene.reach.stop)),
    };
    for (const model of this.models) model.set({ scene: { ...model.state.scene, reach } });
    const query = this.query.t ? Number(this.query.t) : reach.start;
    for (const model of this.models) {
      model.set({
        view: clamp({ start: reach.start - 1, stop: reach.stop + 1 }, reach),
        time: Number.isFinite(query) ? query : reach.start,
      });
      const [other] = this.models.filter((each) => each !== model);
      this.watch(model, ["view", "time"], ({ view, time }) => other.set({ view, time }));
    }
    this.watch(this.models[0], ["time"], ({ time }) =>
      remember("compare", this.of, { t: time === reach.start ? null : time.toFixed(3) }),
    );
  }

  // A session is compared with itself at one position, and differs in nothing.
  table() {
    if (!this.differences.length) return nothing("Nothing differs.");
    const rows = this.differences.map((difference) =>
      make(
        "tr",
        {},
        make(
          "td",
          {},
          make(
            "span",
            { class: `sign ${GRAVE.has(difference.kind) ? "error" : "warning"}` },
            difference.kind,
          ),
        ),
        make(
          "th",
          { scope: "row" },
          make(
            "button",
            { type: "button", class: "link difference", onclick: () => this.go(difference) },
            difference.message,
          ),
        ),
        ...SIDES.map((side) =>
          make(
            "td",
            { class: "number", "data-side": side },
            difference[side]
              ? `${clock(difference[side].offset)}, for ${length(difference[side].duration)}`
              : "–",
          ),
        ),
      ),
    );
    return make(
      "table",
      { class: "differences" },
      make(
        "thead",
        {},
        make(
          "tr",
          {},
          ...["kind", "what differs", "in a", "in b"].map((name) => make("th", { scope: "col" }, name)),
        ),
      ),
      make("tbody", {}, ...rows),
    );
  }

  go(difference) {
    const { offset, duration } = difference.a ?? difference.b;
    this.at = this.differences.indexOf(difference);
    for (const [index, button] of this.querySelectorAll("button.difference").entries())
      button.setAttribute("aria-current", String(index === this.at));
    this.models[0].seek(offset);
    this.models[0].lookAround(offset, offset + duration);
  }
}

// A difference as the drawing takes it: at the play of that side.
function marked({ kind, message, a, b }, side) {
  const play = side === "a" ? a : b;
  if (!play) return [];
  return [
    {
      rule: kind,
      severity: GRAVE.has(kind) ? "error" : "warning",
      message,
      offset: play.offset,
      duration: play.duration,
      positions: play.positions,
      threshold: null,
      count: 1,
    },
  ];
}

function totals({ totals: all }) {
  const rows = TOTALS.map((name) =>
    make(
      "tr",
      {},
      make("th", { scope: "row" }, name),
      ...["a", "b", "difference"].map((key) =>
        make(
          "td",
          { class: "number" },
          key === "difference" && all[name][key] === 0 ? "–" : length(all[name][key]),
        ),
      ),
    ),
  );
  return make(
    "table",
    { class: "narrow" },
    make(
      "thead",
      {},
      make(
        "tr",
        {},
        ...["", "a", "b", "b − a"].map((name) => make("th", { scope: "col", class: "number" }, name)),
      ),
    ),
    make("tbody", {}, ...rows),
  );
}

customElements.define("compare-view", CompareView);

// Two sessions above each other, on one axis of time from each one's own zero; what differs stands in the
// line of findings, and in a table. Zoom, pan and playhead go together, and one of the two is heard.

import "./ab-bar.js";
import "./difference-tables.js";
import "./timeline-view.js";
import "./totals-bar.js";
import { format, remember } from "../lib/address.js";
import { run } from "../lib/commands.js";
import { Comparison, fromQuery, SIDES, toQuery } from "../lib/comparison.js";
import { tellNow } from "../lib/controls.js";
import { make, sentence } from "../lib/dom.js";
import { command, COMPARE_KEYS } from "../lib/keys.js";
import { Part } from "../lib/part.js";
import { SessionSource } from "../lib/session-source.js";
import { state } from "../lib/scene.js";
import { length } from "../lib/time.js";

const LINKED = ["time", "view", "selection", "loop"];
const SOON = 250;

class CompareView extends Part {
  async arrive() {
    const { log, session, other } = this.of;
    const { signal } = this.leaving;
    this.replaceChildren(
      make("p", { class: "loading", role: "status" }, `Comparing ${session} with ${other} …`),
    );
    const sources = [session, other].map((name) => new SessionSource({ log, session: name }, signal));
    this.comparison = new Comparison(sources, (error) => this.complain(error), signal);
    await this.attempt(() => this.comparison.open(fromQuery(this.query)));
    if (!signal.aborted && this.comparison.state.found) this.build();
  }

  leave() {
    clearTimeout(this.linking);
  }

  // What keys and commands move.
  get model() {
    return this.comparison.model;
  }

  build() {
    const { comparison } = this;
    this.differences = Object.assign(make("difference-tables"), { comparison });
    this.verdict = make("p", { class: "verdict" });
    this.replaceChildren(
      make("h1", {}, `${this.of.session} and ${this.of.other}`),
      this.verdict,
      Object.assign(make("ab-bar"), { comparison, of: this.of }),
      ...comparison.models.map((_, index) => this.side(index)),
      this.differences,
    );
    this.watch(comparison, ["found"], ({ found }) => this.judge(found));
    this.watch(comparison, ["heard"], () => this.link());
    this.watch(this.model, LINKED, () => this.link());
    this.listen(window, "keydown", (event) => this.press(event));
    this.listen(this, "command", ({ detail }) => this.attempt(() => run(detail, this)));
    // A button that the mouse pressed does not keep the keyboard: Space plays on.
    this.listen(this, "mousedown", (event) => event.target.closest("button") && event.preventDefault());
  }

  // One of the two sessions: its name, what is true at the playhead, its drawing.
  side(index) {
    const model = this.comparison.models[index];
    const session = [this.of.session, this.of.other][index];
    const of = { log: this.of.log, session };
    const told = make("span", { class: "state" });
    const now = make("span", { class: "now" });
    const section = make(
      "section",
      { "aria-label": `Session ${SIDES[index]}` },
      make(
        "header",
        {},
        make(
          "h2",
          {},
          make("span", { class: "side" }, SIDES[index]),
          " ",
          make("a", { href: format("session", of) }, session),
        ),
        told,
        now,
      ),
      Object.assign(make("totals-bar"), { model }),
      make("div", { class: "drawing" }, Object.assign(make("timeline-view"), { model, of })),
    );
    this.watch(model, ["summary"], ({ summary }) => {
      told.className = `state ${summary.state}`;
      told.textContent = summary.state;
    });
    this.watch(model, ["time", "scene"], ({ scene, time }) =>
      tellNow(now, state({ ...scene, reach: scene.own }, time)),
    );
    this.watch(this.comparison, ["heard"], ({ heard }) => section.classList.toggle("heard", heard === index));
    return section;
  }

  judge({ message, shift }) {
    const later = shift > 0 ? "later" : "earlier";
    this.verdict.textContent = `${sentence(message)}${
      shift ? ` All of b is ${length(Math.abs(shift))} ${later}.` : ""
    }`;
  }

  press(event) {
    const found = command(event, COMPARE_KEYS);
    if (!found) return;
    event.preventDefault();
    this.attempt(() => run(found, this));
  }

  // To the next difference of the table, or the one before.
  step(by) {
    const said = this.differences.step(by);
    if (said) this.dispatchEvent(new CustomEvent("said", { bubbles: true, detail: sentence(said) }));
  }

  // Hear the other one.
  flip() {
    this.comparison.hear(1 - this.comparison.state.heard);
  }

  // The address follows, a moment behind and not while it plays: browsers limit how often it may change.
  link() {
    clearTimeout(this.linking);
    this.linking = setTimeout(() => (this.model.state.playing ? this.link() : this.remember()), SOON);
  }

  remember() {
    remember("compare", this.of, toQuery(this.comparison));
  }
}

customElements.define("compare-view", CompareView);

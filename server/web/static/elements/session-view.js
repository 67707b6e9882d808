// One session: its head, its drawing, the transport, its events, and what is chosen. It loads what they show, and keeps
// the address a link to this very view.

import "./event-list.js";
import "./session-head.js";
import "./tab-panes.js";
import "./thing-inspector.js";
import "./thing-tables.js";
import "./timeline-overview.js";
import "./timeline-view.js";
import "./totals-bar.js";
import "./transport-bar.js";
import { remember } from "../lib/address.js";
import { CLOCKS } from "../lib/clocks.js";
import { run } from "../lib/commands.js";
import { make } from "../lib/dom.js";
import { command, SESSION_KEYS } from "../lib/keys.js";
import { fromQuery, toQuery } from "../lib/link.js";
import { Model, SPEEDS } from "../lib/model.js";
import { Part } from "../lib/part.js";
import { Player } from "../lib/player.js";
import { inOrder } from "../lib/records.js";
import { SessionSource } from "../lib/session-source.js";
import { TABLE_NAMES } from "./thing-tables.js";
import { Track } from "../lib/track.js";

const LINKED = ["scene", "time", "view", "selection", "known", "filters", "clock", "muted", "solo", "loop", "skip", "speed"];
const SOON = 250;

class SessionView extends Part {
  async arrive() {
    this.source = new SessionSource(this.of, this.leaving.signal);
    this.model = new Model({ filters: { text: "", type: "" }, summary: null });
    this.replaceChildren(make("p", { class: "loading", role: "status" }, `Loading ${this.of.session} …`));
    await this.attempt(async () => {
      const [summary, replay] = await Promise.all([this.source.summary(), this.source.replay()]);
      this.open(summary, replay);
      await this.gather();
    });
  }

  leave() {
    clearTimeout(this.linking);
    this.model?.player?.close();
  }

  open(summary, replay) {
    if (this.leaving.signal.aborted) return;
    this.model.set({ summary });
    this.model.show(replay);
    this.restore(fromQuery(this.query, replay.zero));
    this.player = new Player(this.model);
    this.build();
    this.listen(window, "keydown", (event) => this.press(event));
    this.listen(this, "command", ({ detail }) => run(detail, this));
    this.watch(this.model, LINKED, () => this.link());
  }

  // What the address says, where it holds.
  restore({ time, view, clock, speed, known, ...rest }) {
    const { reach } = this.model.state.scene;
    this.model.set({ ...rest, time: reach.start });
    if (clock in CLOCKS) this.model.set({ clock });
    if (SPEEDS.includes(speed)) this.model.set({ speed });
    if (view) this.model.look(view);
    if (time !== undefined) this.model.seek(time);
  }

  build() {
    const parts = Object.fromEntries(["session-head", "totals-bar", "timeline-overview", "timeline-view", "transport-bar", "event-list", "thing-inspector"]
      .map((name) => [name, this.part(name)]));
    const tables = TABLE_NAMES.map((name) => [name, name, Object.assign(this.part("thing-tables"), { table: name })]);
    this.events = parts["event-list"];
    this.panes = Object.assign(make("tab-panes"), { panes: [["events", "events", this.events], ...tables] });
    this.drawing = parts["timeline-view"];
    this.replaceChildren(
      parts["session-head"], parts["totals-bar"],
      make("section", { class: "drawing", "aria-label": "Timeline" }, parts["timeline-overview"], this.drawing),
      parts["transport-bar"],
      make("div", { class: "below" }, this.panes, parts["thing-inspector"]));
    this.watch(this.model, ["scene", "records"], (state) => this.count(state));
  }

  part(name) {
    return Object.assign(make(name), { model: this.model, of: this.of, source: this.source });
  }

  count({ scene, records }) {
    this.panes.badge("events", String(records.length || ""));
    this.panes.badge("clips", String(scene.clips.size));
    this.panes.badge("quiet", String(scene.stretches.size));
    this.panes.badge("findings", String(scene.findings.size));
  }

  // All records, page by page; the drawing does not wait for them.
  async gather() {
    const found = [];
    for await (const page of this.source.records()) {
      found.push(...page);
      this.take(found);
    }
  }

  take(records) {
    const entries = inOrder(records, this.model.replay);
    this.model.set({ records: entries, lags: new Track(entries.filter(({ lag }) => lag !== null)) });
  }

  press(event) {
    const found = command(event, SESSION_KEYS);
    if (!found) return;
    event.preventDefault();
    run(found, this);
  }

  // The address follows, a moment behind and not while it plays: browsers limit how often it may change.
  link() {
    clearTimeout(this.linking);
    this.linking = setTimeout(() => {
      if (this.model.state.playing) return this.link();
      return remember("session", this.of, toQuery(this.model.state));
    }, SOON);
  }
}

customElements.define("session-view", SessionView);

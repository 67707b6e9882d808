// One session: its head, its drawing, the transport, its events, and what is chosen. lib/keeper.js keeps what
// they show true; this puts them together, and keeps the address a link to this very view.

import "./change-list.js";
import "./event-list.js";
import "./known-bar.js";
import "./session-head.js";
import "./tab-panes.js";
import "./thing-inspector.js";
import "./thing-tables.js";
import "./timeline-overview.js";
import "./timeline-view.js";
import "./totals-bar.js";
import "./transport-bar.js";
import { remember } from "../lib/address.js";
import { advice } from "../lib/advice.js";
import { CLOCKS } from "../lib/clocks.js";
import { run } from "../lib/commands.js";
import { make, sentence } from "../lib/dom.js";
import { Keeper } from "../lib/keeper.js";
import { command, SESSION_KEYS } from "../lib/keys.js";
import { fromQuery, toQuery } from "../lib/link.js";
import { Model, SPEEDS } from "../lib/model.js";
import { Part } from "../lib/part.js";
import { Player } from "../lib/player.js";
import { Sounding } from "../lib/sounding.js";
import { SessionSource } from "../lib/session-source.js";
import { TABLE_NAMES } from "./thing-tables.js";

const LINKED = [
  "scene",
  "time",
  "view",
  "selection",
  "known",
  "filters",
  "clock",
  "muted",
  "solo",
  "loop",
  "skip",
  "speed",
];
const PARTS = [
  "session-head",
  "totals-bar",
  "timeline-overview",
  "timeline-view",
  "known-bar",
  "transport-bar",
  "event-list",
  "thing-inspector",
];
const SOON = 250;

class SessionView extends Part {
  async arrive() {
    this.source = new SessionSource(this.of, this.leaving.signal);
    this.model = new Model({
      filters: { text: "", type: "" },
      clock: this.query.clock in CLOCKS ? this.query.clock : "session",
    });
    const refused = (error) => this.complain(error);
    this.keeper = new Keeper(this.source, this.model, refused, this.leaving.signal);
    this.replaceChildren(make("p", { class: "loading", role: "status" }, `Loading ${this.of.session} …`));
    await this.attempt(() => this.load());
  }

  leave() {
    clearTimeout(this.linking);
    this.player?.close();
  }

  async load() {
    await this.keeper.open();
    if (this.leaving.signal.aborted) return;
    const { known, ...wanted } = fromQuery(this.query, this.model.replay.zero);
    this.player = new Player(this.model);
    this.restore(wanted);
    this.sounding = new Sounding(this.of, this.model, this.player, this.leaving.signal);
    this.build();
    await this.keeper.gather();
    if (known !== undefined) await this.keeper.know(known);
    this.watch(this.model, LINKED, () => this.link());
  }

  // What the address says, where it holds.
  restore({ time, view, clock: _clock, speed, ...rest }) {
    this.model.set({ ...rest, time: this.model.state.scene.core.start });
    if (SPEEDS.includes(speed)) this.model.set({ speed });
    if (view) this.model.look(view);
    if (time !== undefined) this.model.seek(time);
  }

  build() {
    const parts = Object.fromEntries(PARTS.map((name) => [name, this.part(name)]));
    const tables = TABLE_NAMES.map((name) => [
      name,
      name,
      Object.assign(this.part("thing-tables"), { table: name }),
    ]);
    this.events = parts["event-list"];
    this.panes = Object.assign(make("tab-panes"), {
      panes: [
        ["events", "events", this.events],
        ...tables,
        ["changed", "changed since", this.part("change-list")],
      ],
    });
    this.replaceChildren(
      parts["session-head"],
      parts["totals-bar"],
      make(
        "section",
        { class: "drawing", "aria-label": "Timeline" },
        parts["timeline-overview"],
        parts["timeline-view"],
        parts["known-bar"],
      ),
      parts["transport-bar"],
      make("div", { class: "below" }, this.panes, parts["thing-inspector"]),
    );
    this.watch(this.model, ["scene", "records"], (state) => this.count(state));
    this.watch(this.model, ["clock"], (state) => this.tellIn(state));
    this.listen(this, "trouble", (event) => this.soften(event));
    this.listen(window, "keydown", (event) => this.press(event));
    // A button that the mouse pressed does not keep the keyboard: Space plays on.
    this.listen(this, "mousedown", (event) => event.target.closest("button") && event.preventDefault());
    this.listen(this, "command", ({ detail }) => this.attempt(() => run(detail, this)));
  }

  // What fails while the session is looked at is said beside it; only a login or the session itself is worth
  // a page of its own.
  soften(event) {
    const error = event.detail;
    if (!this.panes || error.status === 401 || error.status === 410) return;
    event.stopPropagation();
    this.dispatchEvent(
      new CustomEvent("said", { bubbles: true, detail: `${sentence(error.message)} ${advice(error)}` }),
    );
  }

  part(name) {
    return Object.assign(make(name), {
      model: this.model,
      of: this.of,
      source: this.source,
      keeper: this.keeper,
    });
  }

  count({ scene, records }) {
    this.panes.badge("events", String(records.length || ""));
    this.panes.badge("clips", String(scene.clips.size));
    this.panes.badge("quiet", String(scene.stretches.size));
    this.panes.badge("findings", String(scene.findings.size));
  }

  // The one clock that the server must tell the session in.
  tellIn({ clock, scene }) {
    if ((clock === "corrected") !== (scene.replay.clock === "corrected"))
      this.attempt(() => this.keeper.retell());
  }

  press(event) {
    const found = command(event, SESSION_KEYS);
    if (!found) return;
    event.preventDefault();
    this.attempt(() => run(found, this));
  }

  // The address follows, a moment behind and not while it plays: browsers limit how often it may change.
  link() {
    clearTimeout(this.linking);
    this.linking = setTimeout(() => {
      if (this.model.state.playing) this.link();
      else this.remember();
    }, SOON);
  }

  remember() {
    remember("session", this.of, toQuery(this.model.state));
  }
}

customElements.define("session-view", SessionView);

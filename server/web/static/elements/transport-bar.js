// Play, pause, where the playhead stands, speed, silence, loop, volume, clock, zoom.

import { CLOCKS, named, sayer, teller } from "../lib/clocks.js";
import {
  choice,
  playButton,
  selectionTools,
  speedChoice,
  tellNow,
  toggle,
  volumeRange,
  zoomButtons,
} from "../lib/controls.js";
import { button, make } from "../lib/dom.js";
import { Part } from "../lib/part.js";
import { renew } from "../lib/renew.js";
import { state } from "../lib/scene.js";
import { length } from "../lib/time.js";

class TransportBar extends Part {
  arrive() {
    const { model } = this;
    // What changes sixty times a second is no news to who hears the page.
    this.time = make("output", { class: "time", "aria-label": "Time", "aria-live": "off" });
    this.now = make("span", { class: "now" });
    this.clock = choice("Clock", Object.entries(CLOCKS), (clock) => model.set({ clock }));
    this.skip = toggle("Skip silence", () => model.set({ skip: !model.state.skip }));
    this.sound = make("span", { class: "sound quiet" });
    this.replaceChildren(
      make(
        "div",
        { class: "group" },
        button("start", "To the start", () => model.seek(model.state.scene.reach.start)),
        playButton(this, model),
        button("next", "Next event", () => this.command("event", 1)),
      ),
      make(
        "div",
        { class: "where" },
        this.time,
        this.now,
        make(
          "button",
          { type: "button", title: "Why was it silent here? (w)", onclick: () => this.command("why") },
          "Why?",
        ),
      ),
      make(
        "div",
        { class: "group" },
        speedChoice(this, model),
        this.skip,
        volumeRange(this, model),
        this.sound,
      ),
      selectionTools(this, model, (offset) => teller(model.state.clock, model.state.scene)(offset)),
      make("div", { class: "group end" }, this.clock, ...zoomButtons(model)),
    );
    this.watch(model, ["time", "scene", "clock"], (now) => this.tell(now));
    this.watch(model, ["clock", "skip", "sounding", "waiting"], (now) => this.settle(now));
  }

  command(name, argument) {
    this.dispatchEvent(new CustomEvent("command", { bubbles: true, detail: { name, argument } }));
  }

  tell({ time, scene, clock }) {
    const { day, time: told } = sayer(clock, scene)(time, 3);
    renew(
      this.time,
      day ? make("span", { class: "day" }, `${day} `) : "",
      make("b", {}, told),
      make("span", { class: "quiet" }, ` / ${length(scene.reach.stop - Math.min(0, scene.reach.start))}`),
    );
    this.time.title = named(clock, scene.replay);
    tellNow(this.now, state(scene, time));
  }

  settle({ clock, skip, sounding, waiting }) {
    this.clock.value = clock;
    this.skip.setAttribute("aria-pressed", String(skip));
    this.sound.textContent = waiting ? "waits for what comes" : sounding;
  }
}

customElements.define("transport-bar", TransportBar);

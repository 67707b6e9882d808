// Play, pause, where the playhead stands, speed, silence, loop, volume, clock, zoom.

import { CLOCKS, named, teller } from "../lib/clocks.js";
import { button, make } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { SPEEDS } from "../lib/model.js";
import { Part } from "../lib/part.js";
import { renew } from "../lib/renew.js";
import { state } from "../lib/scene.js";
import { length } from "../lib/time.js";

class TransportBar extends Part {
  arrive() {
    const { model } = this;
    this.play = button("play", "Play", () => model.player.toggle(), { class: "icon play" });
    // What changes sixty times a second is no news to who hears the page.
    this.time = make("output", { class: "time", "aria-label": "Time", "aria-live": "off" });
    this.now = make("span", { class: "now" });
    this.speed = choice(
      "Speed",
      SPEEDS.map((speed) => [speed, `${speed}×`]),
      (value) => model.set({ speed: Number(value) }),
    );
    this.clock = choice("Clock", Object.entries(CLOCKS), (clock) => model.set({ clock }));
    this.skip = toggle("Skip silence", () => model.set({ skip: !model.state.skip }));
    this.loop = toggle("Loop", () => model.set({ loop: !model.state.loop }));
    this.volume = make("input", {
      type: "range",
      min: 0,
      max: 1,
      step: 0.05,
      "aria-label": "Volume",
      title: "Volume",
      class: "volume",
      oninput: () => model.set({ volume: Number(this.volume.value) }),
    });
    this.sound = make("span", { class: "sound quiet" });
    this.replaceChildren(
      make(
        "div",
        { class: "group" },
        button("start", "To the start", () => model.seek(model.state.scene.reach.start)),
        this.play,
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
      make("div", { class: "group" }, this.speed, this.skip, this.loop, this.volume, this.sound),
      make(
        "div",
        { class: "group end" },
        this.clock,
        button("farther", "Farther", () => model.zoom(2)),
        button("closer", "Closer", () => model.zoom(0.5)),
        button("whole", "The whole session", () => model.fit()),
      ),
    );
    this.watch(model, ["time", "scene", "clock"], (now) => this.tell(now));
    this.watch(model, ["playing"], ({ playing }) => this.turn(playing));
    const settings = ["speed", "clock", "skip", "loop", "selection", "volume", "sounding", "waiting"];
    this.watch(model, settings, (now) => this.settle(now));
  }

  command(name, argument) {
    this.dispatchEvent(new CustomEvent("command", { bubbles: true, detail: { name, argument } }));
  }

  tell({ time, scene, clock }) {
    const tell = teller(clock, scene.replay);
    renew(
      this.time,
      make("b", {}, tell(time, 3)),
      make("span", { class: "quiet" }, ` / ${length(scene.reach.stop - Math.min(0, scene.reach.start))}`),
    );
    this.time.title = named(clock, scene.replay);
    const { kind, says } = state(scene, time);
    this.now.className = `now ${kind ?? ""}`;
    this.now.textContent = says;
    this.now.title = says;
  }

  turn(playing) {
    this.play.replaceChildren(icon(playing ? "pause" : "play"));
    this.play.setAttribute("aria-label", playing ? "Pause" : "Play");
    this.play.title = playing ? "Pause (Space)" : "Play (Space)";
  }

  settle({ speed, clock, skip, loop, selection, volume, sounding, waiting }) {
    this.speed.value = String(speed);
    this.clock.value = clock;
    this.skip.setAttribute("aria-pressed", String(skip));
    this.loop.setAttribute("aria-pressed", String(loop));
    this.loop.disabled = !selection;
    this.loop.title = selection ? "Loop the selection" : "Select a stretch first: Shift and drag, or [ and ]";
    this.volume.value = String(volume);
    this.volume.setAttribute("aria-valuetext", `${Math.round(volume * 100)} %`);
    this.sound.textContent = waiting ? "waits for what comes" : sounding;
  }
}

function choice(name, options, chosen) {
  // What was chosen with the mouse does not keep the keyboard: Space plays on.
  let pointed = false;
  const select = make(
    "select",
    {
      "aria-label": name,
      title: name,
      onpointerdown: () => (pointed = true),
      onkeydown: () => (pointed = false),
      onchange: () => {
        chosen(select.value);
        if (pointed) select.blur();
      },
    },
    ...options.map(([value, text]) => make("option", { value }, text)),
  );
  return select;
}

function toggle(name, onclick) {
  return make("button", { type: "button", class: "toggle", "aria-pressed": "false", onclick }, name);
}

customElements.define("transport-bar", TransportBar);

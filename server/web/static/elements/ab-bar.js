// The transport of a comparison: play, which of the two is heard, where the playhead stands, speed, volume,
// what is selected, zoom.

import {
  playButton,
  selectionTools,
  speedChoice,
  toggle,
  volumeRange,
  zoomButtons,
} from "../lib/controls.js";
import { SIDES } from "../lib/comparison.js";
import { button, make } from "../lib/dom.js";
import { Part } from "../lib/part.js";
import { clock, steadyClock } from "../lib/time.js";

class AbBar extends Part {
  arrive() {
    const { comparison } = this;
    const { model } = comparison;
    this.sides = [this.of.session, this.of.other].map((name, index) => this.choose(name, index));
    // What changes sixty times a second is no news to who hears the page.
    this.time = make("b");
    this.whole = make("span", { class: "quiet" });
    this.sound = make("span", { class: "sound quiet", role: "status" });
    this.replaceChildren(
      make(
        "div",
        { class: "group" },
        button("start", "To the start", () => model.seek(model.state.scene.reach.start)),
        playButton(this, model),
      ),
      make("div", { class: "group sides", role: "group", "aria-label": "Heard" }, ...this.sides),
      make(
        "output",
        { class: "time", "aria-label": "Time", "aria-live": "off", title: "from each session's own zero" },
        this.time,
        this.whole,
      ),
      make("div", { class: "group" }, speedChoice(this, model), volumeRange(this, model), this.sound),
      selectionTools(this, model, clock),
      make("div", { class: "group end" }, ...zoomButtons(model)),
    );
    this.watch(model, ["time"], ({ time }) => (this.time.textContent = steadyClock(time)));
    this.watch(model, ["scene"], ({ scene }) => (this.whole.textContent = ` / ${clock(scene.reach.stop)}`));
    this.watch(comparison, ["heard"], ({ heard }) => this.hear(heard));
    for (const each of comparison.models) this.watch(each, ["sounding", "waiting"], () => this.tell());
  }

  choose(name, index) {
    const side = toggle("", () => this.comparison.hear(index));
    side.append(make("span", { class: "side" }, SIDES[index]), make("span", { class: "name" }, name));
    side.setAttribute("aria-label", `Hear ${SIDES[index]}: ${name}`);
    side.title = `Hear ${SIDES[index]}: ${name} (x: the other)`;
    return side;
  }

  hear(heard) {
    this.sides.forEach((side, index) => side.setAttribute("aria-pressed", String(index === heard)));
    this.tell();
  }

  tell() {
    const { sounding, waiting } = this.comparison.heard.state;
    this.sound.textContent = waiting ? "waits for what comes" : sounding;
  }
}

customElements.define("ab-bar", AbBar);

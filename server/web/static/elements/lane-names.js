// The names of the drawing's lines, left of them; each lane can be muted and heard alone.

import { make } from "../lib/dom.js";
import { Part } from "../lib/part.js";
import { renew } from "../lib/renew.js";

const MOST = 400;

class LaneNames extends Part {
  arrive() {
    this.head = make("div", { class: "head" });
    this.lanes = make("div", { class: "lanes" });
    this.replaceChildren(this.head, this.lanes);
    this.watch(this.model, ["layout"], ({ layout }) => this.show(layout));
    this.watch(this.model, ["layout", "muted", "solo"], (state) => this.press(state));
  }

  show(layout) {
    renew(
      this.head,
      ...layout.bands.map(({ name, top, height }) =>
        place(make("div", { class: "band" }, name), top, height),
      ),
    );
    this.head.style.height = `${layout.head}px`;
    this.lanes.style.height = `${layout.height}px`;
    renew(this.lanes, ...layout.lanes.slice(0, MOST).map((lane) => this.lane(lane)));
  }

  lane({ lane, top, height }) {
    const switches = [
      ["muted", "M", "Mute"],
      ["solo", "S", "Hear alone:"],
    ].map(([set, glyph, says]) =>
      make(
        "button",
        {
          type: "button",
          class: "switch",
          "data-set": set,
          "data-lane": lane,
          "aria-label": `${says} lane ${lane}`,
          title: `${says} lane ${lane}`,
          onclick: () => this.model.toggleLane(set, lane),
        },
        glyph,
      ),
    );
    const name = make("span", { class: "name", title: `lane ${lane}` }, lane);
    return place(
      make(
        "div",
        {
          class: "lane",
          "data-key": lane,
          role: "group",
          "aria-label": `Lane ${lane}`,
        },
        name,
        ...switches,
      ),
      top,
      height,
    );
  }

  press(state) {
    for (const each of this.lanes.querySelectorAll("button")) {
      each.setAttribute("aria-pressed", String(state[each.dataset.set].has(each.dataset.lane)));
    }
  }
}

function place(element, top, height) {
  element.style.top = `${top}px`;
  element.style.height = `${height}px`;
  return element;
}

customElements.define("lane-names", LaneNames);

// The names of the drawing's lines, left of them; each lane can be muted and heard alone. However many lanes
// there are, those near the ones in sight are made, and the one that has the focus.

import { make } from "../lib/dom.js";
import { seen } from "../lib/layout.js";
import { Part } from "../lib/part.js";
import { renew } from "../lib/renew.js";

const NEAR = 500; // pixels above and below what is in sight: Tab finds the next lane there

class LaneNames extends Part {
  arrive() {
    this.head = make("div", { class: "head" });
    this.lanes = make("div", { class: "lanes" });
    this.replaceChildren(this.head, this.lanes);
    this.watch(this.model, ["layout"], ({ layout }) => this.settle(layout));
    this.watch(this.model, ["layout", "muted", "solo"], () => this.show());
    this.listen(this.scroller, "scroll", () => this.scrolled());
    this.listen(this.lanes, "focusin", () => this.show());
    new ResizeObserver(() => this.scrolled()).observe(this.scroller);
  }

  // What the lanes scroll in, with the drawing.
  get scroller() {
    return this.parentElement;
  }

  settle(layout) {
    renew(
      this.head,
      ...layout.bands.map(({ name, top, height }) =>
        place(make("div", { class: "band" }, name), top, height),
      ),
    );
    this.head.style.height = `${layout.head}px`;
    this.lanes.style.height = `${layout.height}px`;
  }

  // The lanes that are to be there, from the top down.
  near() {
    const { layout } = this.model.state;
    const { scrollTop, clientHeight } = this.scroller;
    const near = new Set(seen(layout, scrollTop - NEAR, clientHeight + 2 * NEAR));
    const focused = this.lanes.querySelector(".lane:focus-within")?.dataset.key;
    return layout.lanes.filter((lane) => near.has(lane) || lane.lane === focused);
  }

  scrolled() {
    const near = this.near();
    const same = (lane, index) => lane === this.shown[index];
    if (near.length !== this.shown.length || !near.every(same)) this.show(near);
  }

  show(near = this.near()) {
    this.shown = near;
    renew(this.lanes, ...near.map((lane) => this.lane(lane, this.model.state)));
  }

  lane({ lane, top, height }, state) {
    const switches = [
      ["muted", "M", "Mute"],
      ["solo", "S", "Hear alone:"],
    ].map(([set, glyph, says]) =>
      make(
        "button",
        {
          type: "button",
          class: "switch",
          "aria-pressed": String(state[set].has(lane)),
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
}

function place(element, top, height) {
  element.style.top = `${top}px`;
  element.style.height = `${height}px`;
  return element;
}

customElements.define("lane-names", LaneNames);

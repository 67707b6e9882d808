// The second playhead: it runs over the session's records in the order they were recorded, and shows what was
// known then.

import { make } from "../lib/dom.js";
import { fresh, palette } from "../lib/paint/frame.js";
import { LATE } from "../lib/paint/lag.js";
import { Part } from "../lib/part.js";
import { lastUpTo } from "../lib/records.js";
import { brief, span } from "../lib/time.js";

const INSET = 8; // half of the range's thumb: where its first and last value lie

class KnownBar extends Part {
  arrive() {
    const { model } = this;
    this.canvas = make("canvas", { "aria-hidden": "true" });
    this.range = make("input", {
      type: "range",
      min: 0,
      max: 0,
      value: 0,
      step: 1,
      "aria-label": "Known up to",
      oninput: () => this.know(Number(this.range.value)),
    });
    this.says = make("span", { class: "says" });
    this.all = make("button", { type: "button", onclick: () => this.know(Infinity) }, "All that is known");
    this.replaceChildren(
      make("span", { class: "label" }, "known"),
      make("div", { class: "track" }, this.canvas, this.range),
      this.says,
      this.all,
    );
    new ResizeObserver(() => this.draw()).observe(this);
    this.listen(window, "themechange", () => this.draw());
    this.watch(model, ["positions", "known"], () => this.settle());
    this.watch(model, ["records", "positions"], () => this.draw());
  }

  know(index) {
    const { positions } = this.model.state;
    this.keeper.know(index >= positions.length - 1 ? null : positions[index]);
  }

  settle() {
    const { positions, known, records } = this.model.state;
    const last = Math.max(0, positions.length - 1);
    const index = known === null ? last : Math.max(0, lastUpTo(positions, known));
    this.range.max = String(last);
    this.range.value = String(index);
    this.range.disabled = last === 0;
    this.all.hidden = known === null;
    const entry = records.find(({ position }) => position === positions[index]);
    const text = this.words(entry, known, last - index);
    this.range.setAttribute("aria-valuetext", text);
    this.says.textContent = text;
    this.classList.toggle("past", known !== null);
  }

  words(entry, known, later) {
    if (!entry) return "";
    const when = `position ${entry.position}, ${brief(entry.record.recordedtime)}`;
    if (known === null) return `all: ${when}`;
    return `${when} · ${later} not known yet`;
  }

  // A tick for each record; what came late is as high as it was late.
  draw() {
    const { records } = this.model.state;
    const [width, height] = [this.canvas.clientWidth, this.canvas.clientHeight];
    if (!width || !records.length) return;
    const context = fresh(this.canvas, width, height, devicePixelRatio);
    const colours = palette(devicePixelRatio);
    const order = [...records].sort((a, b) => a.position - b.position);
    const step = (width - 2 * INSET) / Math.max(1, order.length - 1);
    let painted = -1;
    order.forEach((entry, index) => {
      const x = Math.round(INSET + index * step);
      const late = entry.lag > LATE;
      if (x === painted && !late) return;
      painted = x;
      context.fillStyle = late ? colours.warning : colours.quiet;
      context.globalAlpha = late ? 1 : 0.6;
      const high = late ? height - 2 : 6;
      context.fillRect(x - 0.75, height - high, 1.5, high);
    });
    const late = records.filter(({ lag }) => lag > LATE);
    const most = late.reduce((most, { lag }) => Math.max(most, lag), 0);
    this.title = late.length
      ? `${late.length} records came late, up to ${span(most)}`
      : "No record came late";
  }
}

customElements.define("known-bar", KnownBar);

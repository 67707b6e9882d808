// The whole session in a strip, and on it the part that is seen: drag it to pan, its edges to zoom, click to
// go there.

import { make } from "../lib/dom.js";
import { fresh, palette } from "../lib/paint/frame.js";
import { paintOverview } from "../lib/paint/overview.js";
import { Part } from "../lib/part.js";
import { whole } from "../lib/viewport.js";

const EDGE = 7;

class TimelineOverview extends Part {
  arrive() {
    this.canvas = make("canvas");
    this.pane = make("div", { class: "pane" });
    this.needle = make("div", { class: "needle" });
    this.setAttribute("aria-hidden", "true");
    this.replaceChildren(this.canvas, this.pane, this.needle);
    new ResizeObserver(() => this.draw()).observe(this);
    this.listen(window, "themechange", () => this.draw());
    this.watch(this.model, ["scene"], () => this.draw());
    this.watch(this.model, ["scene", "view", "time"], () => this.place());
    this.listen(this, "pointerdown", (event) => this.grab(event));
    this.listen(this, "pointermove", (event) => this.drag(event));
    for (const type of ["pointerup", "pointercancel"]) this.listen(this, type, () => (this.held = null));
  }

  get all() {
    return whole(this.model.state.scene.reach);
  }

  x(at) {
    return ((at - this.all.start) / (this.all.stop - this.all.start)) * this.clientWidth;
  }

  at(event) {
    const { left } = this.getBoundingClientRect();
    return this.all.start + ((event.clientX - left) / this.clientWidth) * (this.all.stop - this.all.start);
  }

  draw() {
    const [width, height] = [this.clientWidth, this.clientHeight];
    if (!width) return;
    const context = fresh(this.canvas, width, height, devicePixelRatio);
    paintOverview({
      context,
      width,
      height,
      scene: this.model.state.scene,
      view: this.all,
      colours: palette(devicePixelRatio),
    });
    this.place();
  }

  place() {
    const { view, time } = this.model.state;
    const from = this.x(view.start);
    this.pane.style.transform = `translateX(${from}px)`;
    this.pane.style.width = `${Math.max(6, this.x(view.stop) - from)}px`;
    this.needle.style.transform = `translateX(${this.x(time)}px)`;
  }

  // What is held: an edge, the pane, or, outside of it, the pane brought here.
  grab(event) {
    if (event.button !== 0) return;
    this.setPointerCapture(event.pointerId);
    const { view } = this.model.state;
    const at = this.at(event);
    const x = this.x(at);
    const edge = ["start", "stop"].find((name) => Math.abs(x - this.x(view[name])) <= EDGE);
    if (!edge && (at < view.start || at > view.stop)) this.model.pan(at - (view.start + view.stop) / 2);
    this.held = { edge, last: at };
  }

  drag(event) {
    if (!this.held) return;
    const at = this.at(event);
    const { view } = this.model.state;
    if (this.held.edge) this.model.look(ordered({ ...view, [this.held.edge]: at }));
    else this.model.pan(at - this.held.last);
    this.held.last = at;
  }
}

function ordered({ start, stop }) {
  return { start: Math.min(start, stop - 0.005), stop: Math.max(stop, start + 0.005) };
}

customElements.define("timeline-overview", TimelineOverview);

// What is selected, over the drawing, with an edge on each side that can be taken hold of.

import { Part } from "../lib/part.js";

const AIR = 20; // pixels beyond the drawing at which an edge is out of sight

class SelectionBand extends Part {
  // `xOf(time)` is where a moment lies, in pixels of a drawing so wide.
  place(xOf, width) {
    const { selection } = this.model.state;
    this.hidden = !selection;
    if (!selection) return;
    const from = Math.max(-AIR, xOf(selection.start));
    const to = Math.min(width + AIR, xOf(selection.stop));
    this.hidden = to < 0 || from > width;
    this.style.transform = `translateX(${from}px)`;
    this.style.width = `${Math.max(1, to - from)}px`;
  }

  // The edge across from the one that lies near a place: {x}; null where none does.
  grip(xOf, x, near) {
    const { selection } = this.model.state;
    if (!selection) return null;
    const [start, stop] = [xOf(selection.start), xOf(selection.stop)];
    const [held, other] = Math.abs(start - x) < Math.abs(stop - x) ? [start, stop] : [stop, start];
    return Math.abs(held - x) <= near ? { x: other } : null;
  }
}

customElements.define("selection-band", SelectionBand);

// The ruler, and the lines that it sends down through everything.

import { decimals, step, ticks } from "../viewport.js";
import { SMALL } from "./frame.js";

const ROOM = 96;

export function paintRuler({ context, view, width, height, layout, colours, clock, phase }) {
  const by = step(view.stop - view.start, Math.max(2, width / ROOM));
  const scale = width / (view.stop - view.start);
  context.font = SMALL;
  context.textBaseline = "middle";
  context.fillStyle = colours.panel;
  context.fillRect(0, 0, width, layout.ruler);
  for (const at of ticks(view, by, phase)) {
    const x = Math.round((at - view.start) * scale) + 0.5;
    context.strokeStyle = colours.line;
    context.beginPath();
    context.moveTo(x, layout.ruler - 7);
    context.lineTo(x, height);
    context.stroke();
    context.fillStyle = colours.quiet;
    const text = clock(at, decimals(by));
    if (x + 4 + context.measureText(text).width <= width) context.fillText(text, x + 4, layout.ruler / 2 - 1);
  }
}

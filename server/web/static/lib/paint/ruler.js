// The ruler, and the lines that it sends down through everything. Where the clock says the day, the first label
// in sight and the first of each day have it; midnight's line is a stronger one.

import { decimals, step, ticks } from "../viewport.js";
import { SMALL } from "./frame.js";

const ROOM = 96;
const DAY = 86400;
const MIDNIGHT = /^00:00:00(\.0*)?$/;

export function paintRuler(frame) {
  const { context, view, width, layout, colours, phase } = frame;
  const by = step(view.stop - view.start, Math.max(2, width / ROOM));
  const scale = width / (view.stop - view.start);
  context.font = SMALL;
  context.textBaseline = "middle";
  context.fillStyle = colours.panel;
  context.fillRect(0, 0, width, layout.ruler);
  let free = -Infinity;
  for (const label of labels(frame, ticks(view, by, phase), by)) {
    const x = Math.round((label.at - view.start) * scale) + 0.5;
    line(frame, x, label.midnight);
    if (x + 4 < free) continue;
    const wide = context.measureText(label.text).width;
    if (x + 4 + wide > width) continue;
    context.fillStyle = label.dated ? colours.ink : colours.quiet;
    context.fillText(label.text, x + 4, layout.ruler / 2 - 1);
    free = x + 4 + wide + 8;
  }
}

// What stands at each tick: {at, text, dated, midnight}.
function labels({ clock }, places, by) {
  let before = null;
  return places.map((at) => {
    const { day, time } = clock(at, decimals(by));
    const midnight = day !== "" && MIDNIGHT.test(time);
    const dated = day !== "" && day !== before;
    before = day;
    const text = midnight && by >= DAY ? day : dated ? `${day} ${time}` : time;
    return { at, text, dated, midnight };
  });
}

function line({ context, layout, height, colours }, x, midnight) {
  context.strokeStyle = midnight ? colours.quiet : colours.line;
  context.beginPath();
  context.moveTo(x, layout.ruler - 7);
  context.lineTo(x, height);
  context.stroke();
}

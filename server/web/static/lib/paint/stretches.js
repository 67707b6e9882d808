// Silence, unknown, pauses and stalls: named in their own line, and tinting every lane below, because where
// nothing sounds is the first thing that is looked for.

import { length } from "../time.js";
import { SMALL, write } from "./frame.js";

const TINT = { silence: 0.16, unknown: 0.45, pause: 0.2, stall: 0.26 };
const NAMES = { silence: "silence", unknown: "unknown", pause: "pause", stall: "stall" };

// In the lanes: what concerns the whole session.
export function paintTints({ context, view, width, scene, colours }, height) {
  scene.whole.columns(view, width, (item, x, w) => {
    context.globalAlpha = TINT[item.kind];
    context.fillStyle = paint(item.kind, colours);
    context.fillRect(x, 0, Math.max(1, w), height);
  });
  context.globalAlpha = 1;
}

// In their own line, with their name and length where there is room.
export function paintStates({ context, view, width, scene, colours, chosen }, { top, height }) {
  context.font = SMALL;
  context.textBaseline = "middle";
  scene.stretches.columns(view, width, (item, x, w) => {
    const wide = Math.max(1.5, w);
    context.globalAlpha = item.kind === "silence" ? 0.55 : 1;
    context.fillStyle = paint(item.kind, colours);
    context.fillRect(x, top + 3, wide, height - 6);
    context.globalAlpha = 1;
    if (item === chosen) outline(context, colours, x, top + 2, wide, height - 4);
    label({ context, colours, width }, item, x, wide, top + height / 2);
  });
}

function label({ context, colours, width }, item, x, wide, y) {
  const from = Math.max(x, 0) + 5;
  const room = Math.min(x + wide, width) - from - 5;
  if (room < 26) return;
  const text = `${NAMES[item.kind]} ${length(item.duration)}`;
  const box = Math.min(context.measureText(text).width, room) + 8;
  context.fillStyle = colours.paper;
  context.globalAlpha = 0.86;
  context.fillRect(from - 4, y - 8, box, 16);
  context.globalAlpha = 1;
  context.fillStyle = colours.ink;
  write(context, text, from, y + 0.5, room);
}

export function paint(kind, colours) {
  return kind === "unknown" ? colours.hatch : colours[kind];
}

export function outline(context, colours, x, y, w, h) {
  context.strokeStyle = colours.ink;
  context.lineWidth = 2;
  context.strokeRect(x + 1, y + 1, Math.max(2, w - 2), h - 2);
  context.lineWidth = 1;
}

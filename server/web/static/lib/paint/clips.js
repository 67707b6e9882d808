// Clips on their rows, over their waveforms. How an end is known can be seen: a seen one is sharp, an
// inferred one dashed, one that nobody told fades away.

import { rowBox, seen } from "../layout.js";
import { title } from "../scene.js";
import { FONT, fitted } from "./frame.js";
import { paintMoves } from "./moves.js";
import { outline } from "./stretches.js";
import { paintWave } from "./wave.js";

const FADE = 28;

export function paintLanes(frame) {
  const { context, layout, colours, width, scrolled, room } = frame;
  for (const lane of seen(layout, scrolled, room)) {
    context.fillStyle = colours.panel;
    context.globalAlpha = frame.silent.has(lane.lane) ? 0.25 : 0.7;
    context.fillRect(0, lane.top, width, lane.height);
    context.globalAlpha = 1;
  }
}

export function paintClips(frame) {
  const { context, layout, scene, view, width, scrolled, room } = frame;
  context.font = FONT;
  context.textBaseline = "middle";
  for (const lane of seen(layout, scrolled, room)) {
    const pale = frame.silent.has(lane.lane);
    for (let row = firstRow(lane, scrolled); row <= lane.last; row++) {
      const { top, height } = rowBox(layout, row);
      if (top > scrolled + room) break;
      const box = { top: top + 1, height: height - 2 };
      scene.rows[row]?.columns(view, width, (clip, x, w) => {
        paintClip(frame, clip, x, w, box);
        if (pale) veil(frame, x, w, box);
      });
    }
  }
}

// What is not heard is pale.
function veil({ context, colours, width }, x, w, { top, height }) {
  const left = Math.max(x, -8);
  context.fillStyle = colours.paper;
  context.globalAlpha = 0.7;
  context.fillRect(left, top, Math.min(x + Math.max(w, 1), width + 8) - left, height);
  context.globalAlpha = 1;
}

function firstRow(lane, scrolled) {
  return lane.first + Math.max(0, Math.floor((scrolled - lane.top) / lane.row));
}

function paintClip(frame, clip, x, w, { top, height }) {
  const { context, colours, width } = frame;
  const left = Math.max(x, -8);
  const right = Math.min(x + Math.max(w, 1), width + 8);
  context.fillStyle =
    clip.end === "open" && !clip.cut && right - left > FADE
      ? fading(context, colours, left, x + w)
      : colours.clip;
  if (w < 5) {
    context.fillRect(left, top, Math.max(1, right - left), height);
  } else {
    context.beginPath();
    context.roundRect(left, top, right - left, height, 3);
    context.fill();
    const named = height >= 34 ? 15 : 0;
    const body = { top: top + named, height: height - named };
    paintWave(frame, clip, left, right, body);
    paintMoves(frame, clip, left, right, body);
    edge(frame, clip, x, w, { top, height });
    if (clip.flag) {
      context.fillStyle = colours[clip.flag];
      context.fillRect(left, top + height - 3, right - left, 3);
    }
    if (height >= 14) label(frame, clip, left, right, named ? { y: top + 9 } : { y: top + height / 2, over: true });
  }
  if (clip === frame.chosen || (clip.sequence === frame.chosen?.sequence && frame.chosen?.kind === "clip")) {
    outline(context, colours, left, top, right - left, height);
  }
}

function fading(context, colours, left, stop) {
  const fill = context.createLinearGradient(stop - FADE, 0, stop, 0);
  fill.addColorStop(0, colours.clip);
  fill.addColorStop(1, "transparent");
  return left < stop - FADE ? fill : colours.clip;
}

function edge({ context, colours }, clip, x, w, { top, height }) {
  if (clip.cut || clip.end === "open") return;
  context.strokeStyle = clip.end === "observed" ? colours["clip-edge"] : colours.open;
  context.lineWidth = clip.end === "observed" ? 1 : 2;
  context.setLineDash(clip.end === "observed" ? [] : [3, 3]);
  context.beginPath();
  context.moveTo(x + w - 1, top + 1);
  context.lineTo(x + w - 1, top + height - 1);
  context.stroke();
  context.setLineDash([]);
  context.lineWidth = 1;
}

// Its name, and before it, where it is never cut off, that it goes round and at which speed it is played.
// `over` a waveform it stands on the clip's colour.
function label({ context, colours, width }, clip, left, right, { y, over = false }) {
  const from = Math.max(left, 0) + 6;
  const room = Math.min(right, width) - from - 6;
  if (room < 16) return;
  const signs = `${clip.loop ? "↻ " : ""}${clip.rate === 1 ? "" : `${Number(clip.rate.toFixed(2))}× `}`;
  const text = fitted(context, signs + title(clip), room);
  if (over && text) {
    context.fillStyle = colours.clip;
    context.fillRect(from - 3, y - 8, context.measureText(text).width + 6, 16);
  }
  context.fillStyle = colours["on-clip"];
  context.fillText(text, from, y + 0.5);
}

// Where two of one lane sound at once: a bracket on the lane's upper edge.
export function paintOverlaps({ context, scene, view, width, layout, colours }) {
  const lanes = new Map(layout.lanes.map((lane) => [lane.lane, lane]));
  context.strokeStyle = colours.ink;
  context.lineWidth = 1.5;
  scene.overlaps.columns(view, width, (item, x, w) => {
    const { top } = lanes.get(item.lane);
    context.beginPath();
    context.moveTo(x, top + 4);
    context.lineTo(x, top - 1.5);
    context.lineTo(x + Math.max(2, w), top - 1.5);
    context.lineTo(x + Math.max(2, w), top + 4);
    context.stroke();
  });
  context.lineWidth = 1;
}

// What moves within a clip: its level as a line, from silence at the bottom to the loudest at the top, its pan
// dotted, left at the top, and a hairline where its recording begins anew. Drawn where something moves at all.

import { loudness } from "../loudness.js";
import { seams, within } from "../turns.js";

const LEAST = 14;
const WIDE = 48; // a clip narrower than that is too small for its moves to be read, and there may be many
const STEP = 2;
const APART = 8; // pixels between two seams, at least
const FAINT = 0.6;

export function paintMoves(frame, clip, left, right, box) {
  if (box.height < LEAST || right - left < WIDE) return;
  if (clip.turn) paintSeams(frame, clip, box);
  const { moves, level, most, pan } = loudness(clip);
  if (!moves) return;
  const { context, colours } = frame;
  context.strokeStyle = colours["on-clip"];
  context.lineWidth = 1.25;
  const full = Math.max(1, most);
  line(frame, clip, left, right, (moment) => box.top + (box.height - 2) * (1 - level(moment) / full) + 1);
  if (pan.moves) {
    context.setLineDash([1.5, 3]);
    line(frame, clip, left, right, (moment) => box.top + (box.height - 2) * ((1 + pan.at(moment)) / 2) + 1);
    context.setLineDash([]);
  }
  context.lineWidth = 1;
}

// A line through a clip, with a point every other column of pixels.
function line({ context, view, width }, clip, left, right, height) {
  const perPixel = (view.stop - view.start) / width;
  context.beginPath();
  for (let x = Math.max(0, Math.floor(left)); x <= Math.min(right, width); x += STEP) {
    const moment = view.start + x * perPixel - clip.offset;
    context.lineTo(x, height(Math.min(Math.max(moment, 0), clip.duration)));
  }
  context.stroke();
}

function paintSeams({ context, colours, view, width, waves }, clip, { top, height }) {
  const turn = within(clip.turn, waves?.get(clip.asset)?.seconds);
  if (!turn) return;
  const perPixel = (view.stop - view.start) / width;
  const [from, to] = [view.start - clip.offset, Math.min(view.stop - clip.offset, clip.duration)];
  context.fillStyle = colours["on-clip"];
  const before = context.globalAlpha;
  context.globalAlpha = before * FAINT;
  for (const at of seams(clip, turn, from, to, APART * perPixel))
    context.fillRect((clip.offset + at - view.start) / perPixel - 0.5, top, 1, height);
  context.globalAlpha = before;
}

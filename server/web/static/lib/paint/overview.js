// The whole session in one strip: how much sounded, in each column of pixels, and where it did not.

import { paint } from "./stretches.js";

const FULL = 3;

export function paintOverview({ context, scene, view, width, height, colours }) {
  const scale = width / (view.stop - view.start);
  const floor = height - 5;
  scene.whole.columns(view, width, (item, x, w) => {
    context.globalAlpha = item.kind === "silence" ? 0.4 : 0.9;
    context.fillStyle = paint(item.kind, colours);
    context.fillRect(x, 8, Math.max(1, w), floor - 8);
  });
  context.globalAlpha = 1;
  context.fillStyle = colours.clip;
  coverage(scene, view, width).forEach((voices, x) => {
    if (!voices) return;
    const high = (floor - 8) * (0.34 + 0.66 * (Math.min(voices, FULL) / FULL));
    context.fillRect(x, floor - high, 1, high);
  });
  scene.findings.columns(view, width, (item, x) => {
    context.fillStyle = colours[item.severity] ?? colours.error;
    context.fillRect(x - 1.5, 0, 3, 6);
  });
  context.fillStyle = colours.line;
  context.fillRect(-view.start * scale, floor + 1, width, 1);
}

// How many clips sound in each column of pixels: differences summed up, so that it costs clips + pixels.
export function coverage(scene, view, width) {
  const scale = width / (view.stop - view.start);
  const steps = new Int32Array(Math.ceil(width) + 2);
  for (const { offset, duration } of scene.clips.items) {
    const from = Math.max(0, Math.floor((offset - view.start) * scale));
    const to = Math.min(
      steps.length - 1,
      Math.max(from + 1, Math.ceil((offset + duration - view.start) * scale)),
    );
    if (from >= steps.length - 1) continue;
    steps[from] += 1;
    steps[to] -= 1;
  }
  let now = 0;
  return Array.from(steps.subarray(0, Math.ceil(width)), (change) => (now += change));
}

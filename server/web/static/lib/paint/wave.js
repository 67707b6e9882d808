// A clip's waveform, from its recording's peaks, as loud as it was played: what part of the recording sounds
// where follows `in`, `rate` and `loop`; how loud, its gains, their moves and its fades.

import { loudness } from "../loudness.js";

const LOUDEST = 0.94;
const SHOWN = 0.5;

export function paintWave({ context, colours, view, width, waves }, clip, left, right, { top, height }) {
  const wave = waves?.get(clip.asset);
  if (!wave || height < 8) return;
  const perPixel = (view.stop - view.start) / width;
  const middle = top + height / 2;
  const half = (height / 2) * LOUDEST;
  const { level } = loudness(clip);
  context.fillStyle = colours["on-clip"];
  const before = context.globalAlpha;
  context.globalAlpha = before * SHOWN;
  context.beginPath();
  for (let x = Math.max(0, Math.ceil(left)); x < Math.min(right, width); x++) {
    const moment = Math.max(0, view.start + x * perPixel - clip.offset);
    const at = clip.in + moment * clip.rate;
    const [low, high] = wave.between(at, at + perPixel * clip.rate, clip.turn);
    const loud = half * level(moment);
    context.rect(
      x,
      middle - Math.min(high * loud, half),
      1,
      Math.max(1, Math.min((high - low) * loud, 2 * half)),
    );
  }
  context.fill();
  context.globalAlpha = before;
}

// A clip's waveform, from its recording's peaks, as loud as it was played: what part of the recording sounds
// where follows `in`, `rate` and `loop`; how loud, its gains and fades. Moves of a gain within a clip are
// left out.

const LOUDEST = 0.94;
const SHOWN = 0.5;

export function paintWave({ context, colours, view, width, waves }, clip, left, right, { top, height }) {
  const wave = waves?.get(clip.asset);
  if (!wave || height < 8) return;
  const perPixel = (view.stop - view.start) / width;
  const middle = top + height / 2;
  const half = (height / 2) * LOUDEST;
  context.fillStyle = colours["on-clip"];
  const before = context.globalAlpha;
  context.globalAlpha = before * SHOWN;
  context.beginPath();
  for (let x = Math.max(0, Math.ceil(left)); x < Math.min(right, width); x++) {
    const at = clip.in + Math.max(0, view.start + x * perPixel - clip.offset) * clip.rate;
    const [low, high] = wave.between(at, at + perPixel * clip.rate, clip.loop);
    const loud = half * level(clip, view.start + x * perPixel - clip.offset);
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

// The factor that a clip is played with, so many seconds into it.
function level({ gain, session_gain: session, fade_in: rise, fade_out: fall, duration }, at) {
  const risen = rise > 0 ? Math.min(1, Math.max(0, at / rise)) : 1;
  const fallen = fall > 0 ? Math.min(1, Math.max(0, (duration - at) / fall)) : 1;
  return gain * session * risen * fallen;
}
